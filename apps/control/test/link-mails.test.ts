import { RETRY_MS, type Senders } from '@gatehouse/services';
import { beforeEach, describe, expect, it } from 'vitest';
import { Browser, PASSWORD } from './browser.ts';
import type { Reply, TestHouse } from './house.ts';
import type { MailServer } from '@gatehouse/services/testing';
import { GATE, openMailHouse, type MailHouse } from './mail-house.ts';

const ROOT = 'root@example.com';
const HOUR_MS = 3_600_000;

let test: TestHouse;
let root: Browser;
let post: MailServer;
let senders: Senders;
let house: MailHouse;

beforeEach(async () => {
  house = await openMailHouse();
  ({ test, root, post, senders } = house);
});

const settle = async (): Promise<void> => house.settle(senders);

const read = (): readonly string[] => post.read;
const linksIn = (mails: readonly string[]): readonly string[] =>
  mails.flatMap((mail) => [...mail.matchAll(/https?:\/\/\S+\?ticket=[\w-]{43}/g)].map(([link]) => link));
const ticketOf = (link: string): string => new URL(link).searchParams.get('ticket') ?? '';

async function invite(name: string): Promise<string> {
  const reply = await test.call('POST', '/users', { body: { name, grants: [] } });
  expect(reply.status).toBe(201);
  return reply.body.id;
}

const choose = async (ticket: string): Promise<number> =>
  (await new Browser(test).post('/password-reset/complete', { ticket, password: PASSWORD })).status;

describe('a mail', () => {
  it('invites a user by a link to the console, which works once', async () => {
    await invite('zoe@example.com');
    await settle();
    const [mail = ''] = read();
    expect(mail).toContain('To: zoe@example.com');
    expect(mail).toContain('Subject: You are invited to Gatehouse');
    const [link = '', ...more] = linksIn(read());
    expect(more).toEqual([]);
    expect(link).toMatch(/^https:\/\/gate\.example\.com\/invitation\?ticket=/);
    expect(await choose(ticketOf(link))).toBe(204);
    expect((await new Browser(test).signIn('zoe@example.com', PASSWORD)).status).toBe(200);
    expect(await choose(ticketOf(link))).toBe(401);
  });

  it('brings the link of a reset, for an hour, in place of the one before', async () => {
    const ask = async () => new Browser(test).post('/password-reset', { name: ROOT });
    await ask();
    await settle();
    await ask();
    await settle();
    const [first = '', second = ''] = linksIn(read());
    expect(second).toMatch(/^https:\/\/gate\.example\.com\/reset\?ticket=/);
    expect(await choose(ticketOf(first))).toBe(401);
    test.clock.nowMs += HOUR_MS;
    expect(await choose(ticketOf(second))).toBe(401);
  });

  it('is sent to nobody who is not there, disabled, or a program; and the answer is the same', async () => {
    const disabled = await invite('off@example.com');
    const { revision } = (await test.call('GET', `/users/${disabled}`)).body;
    const headers = { 'if-match': `"${revision}"` };
    await test.call('PATCH', `/users/${disabled}`, { body: { disabled: true }, headers });
    await test.call('POST', '/users', { body: { name: 'bot@example.com', bot: true } });
    await settle();
    post.mails.length = 0;
    const answers: unknown[] = [];
    for (const name of ['nobody@example.com', 'off@example.com', 'bot@example.com', ROOT]) {
      const { status, body, headers: fields }: Reply = await new Browser(test).post('/password-reset', { name });
      answers.push([status, body, Object.keys(fields).toSorted()]);
    }
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    await settle();
    expect(read().map((mail) => /^To: (.*)$/m.exec(mail)?.[1])).toEqual([ROOT]);
  });

  it('is not sent to whoever was disabled since, nor when its link has ended', async () => {
    post.refusal = 'later, please';
    const id = await invite('zoe@example.com');
    await new Browser(test).post('/password-reset', { name: ROOT });
    await settle();
    const { revision } = (await test.call('GET', `/users/${id}`)).body;
    const headers = { 'if-match': `"${revision}"` };
    await test.call('PATCH', `/users/${id}`, { body: { disabled: true }, headers });
    post.refusal = undefined;
    test.clock.nowMs += HOUR_MS;
    await settle();
    expect(linksIn(read())).toEqual([]);
  });

  it('comes when the server takes it again, within the life of its link', async () => {
    post.refusal = 'later, please';
    await invite('zoe@example.com');
    await settle();
    expect(post.mails).toEqual([]);
    post.refusal = undefined;
    test.clock.nowMs += RETRY_MS[0] ?? 0;
    await settle();
    expect(linksIn(read())).toHaveLength(1);
  });

  it('with a link is not sent by a house that knows no address of its own', async () => {
    senders = { ...senders, linkUrl: undefined };
    await invite('zoe@example.com');
    await settle();
    expect(post.mails).toEqual([]);
    senders = { ...senders, linkUrl: GATE };
    test.clock.nowMs += RETRY_MS[0] ?? 0;
    await settle();
    expect(linksIn(read())).toHaveLength(1);
  });

  it('leaves its ticket nowhere in the clear', async () => {
    await invite('zoe@example.com');
    await settle();
    const ticket = ticketOf(linksIn(read())[0] ?? '');
    expect(ticket).toHaveLength(43);
    const rows = await test.house.database.read(async (sql) =>
      Promise.all(['audit_entries', 'outbox', 'entities'].map(async (table) => sql.all(`SELECT * FROM ${table}`))),
    );
    expect(JSON.stringify(rows)).not.toContain(ticket);
  });

  it.each([
    [
      'a new password',
      '/me/password',
      { current: PASSWORD, password: 'nine dry ferrets' },
      'Your password was changed',
    ],
    ['passkeys that are removed', undefined, {}, 'The passkeys of your account were removed'],
  ])('tells of %s', async (_, path, body, subject) => {
    const id = (await root.call('GET', '/me')).body.id;
    if (path === undefined) await test.call('DELETE', `/users/${id}/passkeys`);
    else expect((await root.post(path, body)).status).toBe(200);
    await settle();
    expect(read().join('\n')).toContain(`Subject: ${subject}`);
    expect((await test.call('GET', `/users/${id}`)).status).toBe(200);
  });
});

describe('an invitation that is made again', () => {
  it('is shown to whoever makes it, ends the one before, and is mailed too', async () => {
    const id = await invite('zoe@example.com');
    await settle();
    const first = ticketOf(linksIn(read())[0] ?? '');
    const again = await root.post(`/users/${id}/invitation`);
    expect(again).toMatchObject({ status: 200, body: { expiresAt: '2026-12-03T12:00:00.000Z' } });
    const path = String(again.body['path']);
    expect(path).toMatch(/^\/invitation\?ticket=[\w-]{43}$/);
    await settle();
    expect(linksIn(read()).at(-1)).toBe(`${GATE}${path}`);
    expect(await choose(first)).toBe(401);
    expect(await choose(path.split('=')[1] ?? '')).toBe(204);
  });

  it('is made by those alone who have all rights of its user, a short while after they have shown who they are', async () => {
    const rootId = (await root.call('GET', '/me')).body.id;
    await test.call('POST', '/roles', { body: { name: 'clerk', permissions: ['users:*'] } });
    const clerk = { name: 'clerk@example.com', grants: [{ role: 'clerk' }] };
    const { id: user } = (await test.call('POST', '/users', { body: clerk })).body;
    const { token } = (await test.call('POST', '/tokens', { body: { name: 'c', user } })).body;
    expect((await test.call('POST', `/users/${rootId}/invitation`, { token })).status).toBe(403);
    const id = await invite('zoe@example.com');
    expect((await test.call('POST', `/users/${id}/invitation`, { token })).status).toBe(200);
    test.clock.nowMs += HOUR_MS;
    expect((await root.post(`/users/${id}/invitation`)).body).toMatchObject({ needs: 'fresh' });
  });
});
