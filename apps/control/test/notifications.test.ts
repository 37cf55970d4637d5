import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { deliver, isSigned, RETRY_MS, signatureHeaders, type Delivered, type Senders } from '@gatehouse/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isPublicAddress, publicFetcher } from '../src/public-fetcher.ts';
import type { Json } from './house.ts';
import { MailServer } from '@gatehouse/services/testing';
import { smtpMailer } from '../src/smtp-mailer.ts';
import { openLifecycleHouse, W, type LifecycleHouse, type Person } from './lifecycle-house.ts';

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

interface Received {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

let house: LifecycleHouse;
let developer: Person;
let publisher: Person;
let receiver: Server;
let post: MailServer;
let senders: Senders;
let status: number;
let received: Received[];

beforeEach(async () => {
  [status, received] = [204, []];
  receiver = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]),
      );
      received.push({ headers, body });
      response.writeHead(status).end();
    })();
  });
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  const opened = await MailServer.open();
  ({ server: post } = opened);
  senders = {
    mailer: smtpMailer({ url: opened.url, from: 'Gatehouse <gate@example.com>' }),
    fetcher: publicFetcher({ allowPrivate: true }),
  };
  house = await openLifecycleHouse();
  developer = await house.person('developer', 'developer');
  publisher = await house.person('publisher', 'publisher');
  await settle();
  post.mails.length = 0;
});
afterEach(async () => {
  await house.test.close();
  receiver.close();
});

const portOf = (server: { address(): AddressInfo | string | null }): number => {
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
};
/** Until there is nothing to tell. */
async function settle(): Promise<Delivered> {
  let last = { told: 0, failed: 0, dead: 0 };
  for (let turn = 0; turn < 20; turn += 1) {
    const { told, failed, dead } = await deliver(house.test.house, senders);
    last = { told: last.told + told, failed: last.failed + failed, dead: last.dead + dead };
  }
  return last;
}
const webhook = async (fields: object = {}): Promise<Json> =>
  house.post(`${W}/webhooks`, {
    name: 'ours',
    url: `http://127.0.0.1:${portOf(receiver)}/hook`,
    topics: ['subscription.*'],
    secret: SECRET,
    ...fields,
  });
async function subscribe(plan: object = {}): Promise<Json> {
  await house.plan('gold', plan);
  const { id } = await house.post(`${W}/applications`, { name: 'mobile' }, developer);
  return house.post(`${W}/subscriptions`, { application: id, api: 'users', plan: 'gold' }, developer);
}

describe('a webhook', () => {
  it('is told what it wants to know, signed, and nothing else', async () => {
    expect((await webhook())['secret']).toBe('***');
    const { id } = await subscribe();
    await settle();
    expect(received).toHaveLength(1);
    const [first] = received;
    expect(JSON.parse(first?.body ?? '')).toMatchObject({ type: 'subscription.request', data: { entity: id } });
    const shown = { headers: first?.headers ?? {}, body: first?.body ?? '' };
    const now = house.test.clock.nowMs;
    expect(isSigned(SECRET, shown, now)).toBe(true);
    expect(isSigned(SECRET, { ...shown, body: `${shown.body} ` }, now)).toBe(false);
    expect(isSigned(`whsec_${Buffer.alloc(24, 8).toString('base64')}`, shown, now)).toBe(false);
    expect(isSigned(SECRET, shown, now + 301_000)).toBe(false);
  });

  it('that fails is tried again under the same id, later each time, and then given up where people see it', async () => {
    await webhook();
    await subscribe();
    status = 500;
    expect(await settle()).toMatchObject({ failed: 1, dead: 0 });
    for (const waitMs of RETRY_MS) {
      house.test.clock.nowMs += waitMs - 1;
      await settle();
      const before = received.length;
      house.test.clock.nowMs += 1;
      await settle();
      expect(received.length).toBe(before + 1);
    }
    expect(received).toHaveLength(RETRY_MS.length + 1);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const [failure] = (await house.get(`${W}/failures`)).items;
    expect(failure).toMatchObject({ state: 'dead', error: 'it answered 500', attempts: RETRY_MS.length + 1 });
    status = 200;
    await house.post(`${W}/failures/${failure?.id}/retry`, {});
    await settle();
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(received).toHaveLength(RETRY_MS.length + 2);
  });

  it('keeps its secret when it is changed otherwise', async () => {
    const hook = await webhook();
    const change = { body: { disabled: false, title: 'Ours' }, headers: { 'if-match': '"1"' } };
    expect((await house.test.call('PATCH', `${W}/webhooks/${hook.id}`, change)).status).toBe(200);
    await subscribe();
    await settle();
    const shown = { headers: received[0]?.headers ?? {}, body: received[0]?.body ?? '' };
    expect(isSigned(SECRET, shown, house.test.clock.nowMs)).toBe(true);
  });

  it('keeps nobody else waiting', async () => {
    await webhook({ name: 'gone', url: 'http://127.0.0.1:1/' });
    await webhook();
    await subscribe();
    await settle();
    expect(received).toHaveLength(1);
  });

  it('is told once by two houses over one database', async () => {
    await webhook();
    await subscribe();
    for (let turn = 0; turn < 10; turn += 1)
      await Promise.all([deliver(house.test.house, senders), deliver(house.test.house, senders)]);
    expect(received).toHaveLength(1);
  });

  it('on a private address is told nothing unless that is allowed', async () => {
    senders = { ...senders, fetcher: publicFetcher({ allowPrivate: false }) };
    await webhook();
    await webhook({ name: 'by-name', url: `http://localhost:${portOf(receiver)}/hook` });
    await subscribe();
    expect(await settle()).toMatchObject({ failed: 2 });
    expect(received).toEqual([]);
  });

  it.each(['no secret', 'whsec_', 'whsec_***', '***'])('is not made with the secret %s', async (secret) => {
    const asked = { name: 'bad', url: 'http://example.com', topics: [], secret };
    expect(await house.refused(`${W}/webhooks`, asked)).toContain('422 admin.invalid');
  });
});

describe('a webhook as a step of an approval', () => {
  const process = [{ kind: 'webhook', webhook: 'ours' }];
  async function ask(): Promise<{ path: string; step: number; subscription: string }> {
    await webhook({ topics: [] });
    const { id } = await subscribe({ approval: 'manual', process });
    await settle();
    const { type, data } = JSON.parse(received[0]?.body ?? '{}');
    expect(type).toBe('approval.ask');
    return {
      path: `${W}/approvals/${String(data.approval)}/webhook-answer`,
      step: Number(data.step),
      subscription: id,
    };
  }
  const answer = async (path: string, body: object, secret = SECRET): Promise<string> => {
    const signed = { id: 'msg_1', atMs: house.test.clock.nowMs, body: JSON.stringify(body) };
    const reply = await house.test.call('POST', path, { token: '', body, headers: signatureHeaders(secret, signed) });
    return `${reply.status} ${reply.body.code ?? reply.body.state}`;
  };

  it('answers with its signature, and a person has the last word', async () => {
    const { path, step, subscription } = await ask();
    expect(await answer(path, { step, decision: 'approve' })).toBe('200 waiting');
    expect(await answer(path, { step, decision: 'approve' })).toBe('401 admin.unauthenticated');
    expect((await house.post(`${W}/subscriptions/${subscription}/approve`, {}, publisher)).state).toBe('active');
  });

  it('may say no by itself', async () => {
    const { path, step, subscription } = await ask();
    expect(await answer(path, { step, decision: 'reject', reason: 'fraud' })).toBe('200 rejected');
    expect((await house.get(`${W}/subscriptions/${subscription}`)).state).toBe('rejected');
  });

  it('is not believed with another secret, without one, or at another step', async () => {
    const { path, step } = await ask();
    const other = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
    expect(await answer(path, { step, decision: 'approve' }, other)).toBe('401 admin.unauthenticated');
    const bare = await house.test.call('POST', path, { token: '', body: { step, decision: 'approve' } });
    expect(bare.status).toBe(401);
    expect(await answer(path, { step: step + 1, decision: 'approve' })).toBe('409 admin.illegal');
  });
});

describe('people', () => {
  it('are told what waits for them and what became of what they asked for, in the console and by mail', async () => {
    const { id } = await subscribe({ approval: 'manual' });
    await settle();
    const [waits] = (await house.get('/notifications', publisher)).items;
    expect(waits).toMatchObject({ topic: 'approval.request', state: 'unread', workspace: 'default' });
    expect((await house.get('/notifications', developer)).items).toEqual([]);
    expect(post.mails.join('\n')).toContain('To: publisher@example.com');
    expect(post.mails.join('\n')).toContain('Subject: Something waits for your approval');
    await house.post(`${W}/subscriptions/${id}/approve`, {}, publisher);
    await settle();
    const told = (await house.get('/notifications', developer)).items.map(({ topic }: Json) => String(topic));
    expect(told.toSorted()).toEqual(['approval.approve', 'subscription.approve']);
  });

  it('mark their own as read, and nobody else does', async () => {
    await subscribe({ approval: 'manual' });
    await settle();
    const [note] = (await house.get('/notifications', publisher)).items;
    expect(await house.refused(`/notifications/${note?.id}/read`, {}, developer)).toContain('404');
    expect((await house.post(`/notifications/${note?.id}/read`, {}, publisher)).state).toBe('read');
    expect((await house.get('/notifications?state=unread', publisher)).items).toEqual([]);
  });

  it('get their mail when the server takes it again', async () => {
    post.refusal = 'later, please';
    await subscribe({ approval: 'manual' });
    expect((await settle()).failed).toBeGreaterThan(0);
    post.refusal = undefined;
    house.test.clock.nowMs += RETRY_MS[0] ?? 0;
    await settle();
    expect(post.mails.filter((mail) => mail.includes('To: publisher@example.com'))).toHaveLength(1);
  });

  it('cannot write into the head of a mail by a name', async () => {
    const { id } = await house.post(`${W}/applications`, { name: 'mobile' }, developer);
    const key = await house.post(`${W}/credentials`, { name: 'ci', application: id }, developer);
    await house.post(`${W}/credentials/${key.id}/report-leak`, { reason: 'x\r\nBcc: evil@example.com' }, developer);
    await settle();
    expect(post.mails).toHaveLength(1);
    expect(post.mails[0]).toContain('Subject: The key ci has leaked and was revoked');
    expect(post.mails[0]).not.toContain('Bcc:');
  });
});

it.each([
  ['8.8.8.8', true],
  ['2606:4700:4700::1111', true],
  ['127.0.0.1', false],
  ['10.1.2.3', false],
  ['169.254.169.254', false],
  ['::1', false],
  ['::ffff:8.8.8.8', false],
  ['fd00::1', false],
  ['64:ff9b::8.8.8.8', false],
  ['255.255.255.255', false],
  ['localhost', false],
])('%s is public: %s', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});
