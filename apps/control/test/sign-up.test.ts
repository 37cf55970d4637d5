import { beforeEach, describe, expect, it } from 'vitest';
import { Browser, invitedBrowser, PASSWORD } from './browser.ts';
import type { Json, Reply, TestHouse } from './house.ts';
import type { MailServer } from '@gatehouse/services/testing';
import { GATE, openMailHouse, type MailHouse } from './mail-house.ts';

const W = '/workspaces/default';
const ZOE = 'zoe@partner.example';
const DAY_MS = 86_400_000;

let test: TestHouse;
let root: Browser;
let post: MailServer;
let settle: MailHouse['settle'];

beforeEach(async () => {
  ({ test, root, post, settle } = await openMailHouse());
});

const mails = (): readonly string[] => post.read;
const lastTicket = (name = ZOE): string => post.ticketFor(name);

async function takes(signUp: object | null, token?: string): Promise<Reply> {
  const [workspace] = (await test.call('GET', '/workspaces')).body.items;
  const headers = { 'if-match': `"${workspace?.revision}"` };
  return test.call('PATCH', `/workspaces/${workspace?.id}`, { body: { signUp }, headers, token });
}

const ask = async (fields: object = {}): Promise<Reply> =>
  new Browser(test).post('/sign-up', { workspace: 'default', name: ZOE, ...fields });

async function signedUp(name = ZOE): Promise<{ readonly browser: Browser; readonly reply: Reply }> {
  expect((await ask({ name })).status).toBe(204);
  await settle();
  const browser = new Browser(test);
  return { browser, reply: await browser.post('/sign-up/complete', { ticket: lastTicket(name), password: PASSWORD }) };
}

async function usersNamed(name: string): Promise<readonly Json[]> {
  return (await test.call('GET', `/users?name=${encodeURIComponent(name)}`)).body.items;
}

describe('whoever signs up', () => {
  it('gets a link, chooses a password, and has a team and rights of their own at once where nobody has to agree', async () => {
    expect((await takes({ approval: 'auto' })).status).toBe(200);
    expect((await ask({ title: 'Zoe', team: 'Partner & Sons' })).status).toBe(204);
    expect(await usersNamed(ZOE)).toEqual([]);
    await settle();
    expect(mails().at(-1)).toContain(`To: ${ZOE}`);
    expect(mails().at(-1)).toContain(`${GATE}/sign-up?ticket=`);
    const browser = new Browser(test);
    const reply = await browser.post('/sign-up/complete', { ticket: lastTicket(), password: PASSWORD });
    expect([reply.status, reply.body['waiting']]).toEqual([200, false]);
    const [user] = await usersNamed(ZOE);
    const [team] = (await test.call('GET', `${W}/teams`)).body.items;
    expect(team).toMatchObject({ title: 'Partner & Sons', members: [user?.id] });
    expect(user).toMatchObject({
      title: 'Zoe',
      grants: [{ role: 'consumer', workspace: 'default', team: team?.id }],
    });
    expect((await browser.post(`${W}/applications`, { name: 'shop', team: team?.id })).status).toBe(201);
    expect((await browser.post(`${W}/applications`, { name: 'other' })).status).toBe(403);
    expect((await browser.call('GET', `${W}/apis`)).status).toBe(403);
    expect((await browser.call('GET', '/users')).status).toBe(403);
    expect((await new Browser(test).signIn(ZOE, PASSWORD)).status).toBe(200);
  });

  it('waits for somebody to agree, who is told, and is told then', async () => {
    await takes({});
    const { browser, reply } = await signedUp();
    expect(reply.body['waiting']).toBe(true);
    expect((await browser.post(`${W}/applications`, { name: 'shop' })).status).toBe(403);
    const { items } = (await root.call('GET', '/approvals')).body;
    expect(items).toMatchObject([{ matter: 'sign-up.request', state: 'waiting' }]);
    const approval = `${W}/approvals/${items[0]?.id}`;
    expect((await browser.post(`${approval}/approve`)).status).toBe(403);
    expect((await root.post(`${approval}/approve`)).status).toBe(200);
    await settle();
    expect(mails().some((mail) => mail.includes(`To: ${ZOE}`) && mail.includes('Your account was approved'))).toBe(
      true,
    );
    // Other rights, another session.
    expect((await browser.signIn(ZOE, PASSWORD)).status).toBe(200);
    const [team] = (await test.call('GET', `${W}/teams`)).body.items;
    expect((await browser.post(`${W}/applications`, { name: 'shop', team: team?.id })).status).toBe(201);
  });

  it('is out where somebody does not agree', async () => {
    await takes({ approval: 'manual' });
    const { browser } = await signedUp();
    const { items } = (await root.call('GET', '/approvals')).body;
    const rejected = await root.post(`${W}/approvals/${items[0]?.id}/reject`, { reason: 'nobody knows you' });
    expect(rejected.status).toBe(200);
    expect((await browser.call('GET', '/me')).status).toBe(401);
    expect((await new Browser(test).signIn(ZOE, PASSWORD)).status).toBe(401);
  });

  it('is decided about by the process of the workspace', async () => {
    await takes({ approval: 'manual' });
    const [workspace] = (await test.call('GET', '/workspaces')).body.items;
    const when = { kind: 'rule', when: 'domain == "partner.example"', verdict: 'approve', otherwise: 'ask' };
    const processes = { 'sign-up.request': [when, { kind: 'group', needs: 1 }] };
    const headers = { 'if-match': `"${workspace?.revision}"` };
    await test.call('PATCH', `/workspaces/${workspace?.id}`, { body: { processes }, headers });
    await signedUp();
    expect(await usersNamed(ZOE)).toMatchObject([{ grants: [{ role: 'consumer' }] }]);
    await signedUp('other@example.com');
    expect((await usersNamed('other@example.com'))[0]?.['grants']).toEqual([]);
  });
});

describe('what the workspace has suspended', () => {
  it('is not resumed by the team whose it is, which resumes what it has suspended itself', async () => {
    await takes({ approval: 'auto' });
    const { browser } = await signedUp();
    const [team] = (await test.call('GET', `${W}/teams`)).body.items;
    const { id } = (await browser.post(`${W}/applications`, { name: 'shop', team: team?.id })).body;
    const move = async (by: Browser, event: string): Promise<number> =>
      (await by.post(`${W}/applications/${id}/${event}`)).status;
    expect([await move(browser, 'suspend'), await move(browser, 'resume')]).toEqual([200, 200]);
    expect([await move(root, 'suspend'), await move(browser, 'resume')]).toEqual([200, 403]);
    expect((await test.call('GET', `${W}/applications/${id}`)).body.state).toBe('suspended');
    expect(await move(root, 'resume')).toBe(200);
    expect((await test.call('GET', `${W}/applications/${id}`)).body['suspension']).toBeUndefined();
  });
});

describe('a sign-up', () => {
  it.each([
    ['where nobody signs up by themselves', undefined, {}, 403],
    ['for a workspace that is not there', {}, { workspace: 'nowhere' }, 403],
    ['of an address of elsewhere', { domains: ['example.com'] }, {}, 403],
    ['of a domain that only ends alike', { domains: ['example.com'] }, { name: 'zoe@notexample.com' }, 403],
    ['of no address', {}, { name: 'zoe' }, 422],
    ['that asks for rights', {}, { grants: [{ role: 'admin' }] }, 422],
  ])('is refused %s', async (_, signUp, fields, status) => {
    if (signUp !== undefined) expect((await takes(signUp)).status).toBe(200);
    expect((await ask(fields)).status).toBe(status);
    await settle();
    expect(post.mails).toEqual([]);
  });

  it('takes addresses of its domains in any case', async () => {
    await takes({ domains: ['Partner.Example'], approval: 'auto' });
    expect((await signedUp('Zoe@PARTNER.example')).reply.status).toBe(200);
  });

  it('is answered alike where there is such a user, who is sent a link for a password', async () => {
    await takes({ approval: 'auto' });
    const { id } = await invitedBrowser(test, { name: ZOE });
    const reply = await ask();
    expect([reply.status, reply.body]).toEqual([204, {}]);
    await settle();
    const [mail = ''] = mails().slice(-1);
    expect(mail).toContain('You have an account at Gatehouse already');
    expect(mail).toContain(`${GATE}/reset?ticket=`);
    expect(
      (await new Browser(test).post('/sign-up/complete', { ticket: lastTicket(), password: PASSWORD })).status,
    ).toBe(401);
    expect((await usersNamed(ZOE)).map((user) => user.id)).toEqual([id]);
  });

  it('is completed once, by one of many at once', async () => {
    await takes({ approval: 'auto' });
    await ask();
    await settle();
    const body = { ticket: lastTicket(), password: PASSWORD };
    const replies = await Promise.all(
      Array.from({ length: 6 }, async () => new Browser(test).post('/sign-up/complete', body)),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await usersNamed(ZOE)).toHaveLength(1);
    expect((await test.call('GET', `${W}/teams`)).body.items).toHaveLength(1);
  });

  it('is over after a day, with the next link, and when the workspace takes no more', async () => {
    await takes({ approval: 'auto' });
    await ask();
    await settle();
    const first = lastTicket();
    await ask();
    await settle();
    const second = lastTicket();
    const complete = async (ticket: string): Promise<number> =>
      (await new Browser(test).post('/sign-up/complete', { ticket, password: PASSWORD })).status;
    expect(await complete(first)).toBe(401);
    await takes(null);
    expect(await complete(second)).toBe(403);
    await takes({ approval: 'auto' });
    test.clock.nowMs += DAY_MS;
    expect(await complete(second)).toBe(401);
    expect(await usersNamed(ZOE)).toEqual([]);
  });

  it('waits for whoever asks too often, and leaves no address in clear', async () => {
    await takes({ approval: 'auto' });
    const statuses = [];
    for (let n = 0; n < 6; n++) statuses.push((await ask()).status);
    expect(statuses).toEqual([204, 204, 204, 204, 204, 429]);
    const rows = await test.house.database.read(async (sql) => sql.all('SELECT * FROM outbox'));
    const tickets = await test.house.database.read(async (sql) =>
      sql.all("SELECT * FROM entities WHERE kind = 'ticket'"),
    );
    expect(rows.length * tickets.length).toBeGreaterThan(0);
    expect(JSON.stringify([rows, tickets])).not.toContain('partner.example');
  });

  it('is offered on the page of those who sign in', async () => {
    expect((await new Browser(test).call('GET', '/session/ways')).body['signUps']).toEqual([]);
    await takes({ domains: ['partner.example'] });
    expect((await new Browser(test).call('GET', '/session/ways')).body['signUps']).toEqual([
      { workspace: 'default', title: 'Default', domains: ['partner.example'], approval: 'manual' },
    ]);
  });

  it('is allowed by nobody who could not give what it gives', async () => {
    const role = { name: 'caretaker', permissions: ['workspaces:read', 'workspaces:update'] };
    await test.call('POST', '/roles', { body: role });
    const user = (
      await test.call('POST', '/users', { body: { name: 'c@example.com', grants: [{ role: 'caretaker' }] } })
    ).body;
    const { token } = (await test.call('POST', '/tokens', { body: { name: 't', user: user.id } })).body;
    expect((await takes({ approval: 'auto' }, token)).status).toBe(403);
    expect((await takes({ approval: 'auto' })).status).toBe(200);
  });
});
