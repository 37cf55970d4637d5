import { hashWork, mintSetupToken, openTicket } from '@gatehouse/services';
import { dueEvents, listEntities } from '@gatehouse/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Browser, PASSWORD, setUpHouse } from './browser.ts';
import { openTestHouse, type TestHouse } from './house.ts';

const ROOT = 'root@example.com';
const MINUTE = 60_000;

let test: TestHouse;
beforeEach(async () => {
  test = await openTestHouse();
});
afterEach(async () => test.close());

async function setupToken(): Promise<string> {
  return (await mintSetupToken(test.house)) ?? '';
}

async function house(): Promise<Browser> {
  return setUpHouse(test, await setupToken());
}

async function lastTicket(topic: string): Promise<string> {
  const events = await test.house.database.read(async (sql) => dueEvents(sql, Number.MAX_SAFE_INTEGER, 1000));
  const event = events.findLast((each) => each.topic === topic);
  return event === undefined ? '' : openTicket(test.house.cipher, event.event);
}

/** A user with a password, by the link of its invitation. */
async function member(name: string, grants: unknown = []): Promise<{ id: string; browser: Browser }> {
  const made = await test.call('POST', '/users', { body: { name, grants } });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const browser = new Browser(test);
  const ticket = await lastTicket('user.invited');
  expect((await browser.post('/password-reset/complete', { ticket, password: PASSWORD })).status).toBe(204);
  expect((await browser.signIn(name, PASSWORD)).status).toBe(200);
  return { id: made.body.id, browser };
}

describe('the first setup', () => {
  it('makes an administrator who is signed in', async () => {
    const browser = await house();
    expect((await browser.call('GET', '/me')).body).toMatchObject({ kind: 'user', name: ROOT });
    expect((await browser.post('/users', { name: 'other@example.com' })).status).toBe(201);
  });

  it('has one winner among many at once', async () => {
    const token = await setupToken();
    const replies = await Promise.all(
      Array.from({ length: 8 }, async (_, n) =>
        new Browser(test).post('/setup', { token, name: `n${n}@example.com`, password: PASSWORD }),
      ),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await test.call('GET', '/users')).body.items).toHaveLength(1);
  });

  it('is offered to nobody once there is a user', async () => {
    await house();
    expect(await mintSetupToken(test.house)).toBeUndefined();
  });

  it.each([
    ['a token that was never made', { token: 'x'.repeat(43) }, 401],
    ['a password of eleven characters', { password: 'short hare!' }, 422],
    ['a password that everybody has', { password: 'passwordpassword' }, 422],
    ['a password of 129 bytes', { password: 'ab cd'.repeat(26) }, 422],
    ['a password of a megabyte', { password: 'abcd'.repeat(250_000) }, 422],
    ['a name that is no address', { name: 'root' }, 422],
    ['members that it does not know', { grants: [{ role: 'admin' }] }, 422],
  ])('refuses %s without hashing anything', async (_, change, status) => {
    const before = hashWork.done;
    const body = { token: await setupToken(), name: ROOT, password: PASSWORD, ...change };
    expect((await new Browser(test).post('/setup', body)).status).toBe(status);
    expect(hashWork.done).toBe(before);
  });

  it('ends after 24 hours, and with the next token', async () => {
    const first = await setupToken();
    const second = await setupToken();
    const body = { name: ROOT, password: PASSWORD };
    expect((await new Browser(test).post('/setup', { ...body, token: first })).status).toBe(401);
    test.clock.nowMs += 24 * 60 * MINUTE;
    expect((await new Browser(test).post('/setup', { ...body, token: second })).status).toBe(401);
  });
});

describe('a password', () => {
  it('is asked for with the same answer and the same work whether there is such a user or not', async () => {
    await house();
    const work: number[] = [];
    const answers: unknown[] = [];
    for (const name of [ROOT, 'nobody@example.com']) {
      const before = hashWork.done;
      const { status, body } = await new Browser(test).signIn(name, 'wrong wrong wrong');
      work.push(hashWork.done - before);
      answers.push([status, body.code, body.detail]);
    }
    expect(work).toEqual([1, 1]);
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toEqual([401, 'admin.unauthenticated', expect.any(String)]);
  });

  it.each([[ROOT], ['nobody@example.com']])('of %s cannot be tried out, neither in a row nor at once', async (name) => {
    await house();
    const before = hashWork.done;
    const replies = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => new Browser(test).signIn(name, `guess number ${n}`)),
    );
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(replies.filter(({ status }) => status === 429)).toHaveLength(15);
    expect(hashWork.done - before).toBe(5);
    const waits: number[] = [];
    for (let round = 0; round < 4; round++) {
      const late = await new Browser(test).signIn(name, PASSWORD);
      expect(late.status).toBe(429);
      expect(late.headers['retry-after']).toBe(String(late.body['retryAfterS']));
      waits.push(Number(late.body['retryAfterS']));
      test.clock.nowMs += Number(late.body['retryAfterS']) * 1000;
      expect((await new Browser(test).signIn(name, 'still a guess')).status).toBe(401);
    }
    expect(waits).toEqual([1, 2, 4, 8]);
  });

  it('is good again after the wait, and then nothing is left of the failures', async () => {
    await house();
    for (let n = 0; n < 5; n++) await new Browser(test).signIn(ROOT, 'wrong wrong wrong');
    test.clock.nowMs += 1000;
    expect((await new Browser(test).signIn(ROOT.toUpperCase(), PASSWORD)).status).toBe(200);
    expect((await new Browser(test).signIn(ROOT, 'wrong wrong wrong')).status).toBe(401);
    expect((await new Browser(test).signIn(ROOT, PASSWORD)).status).toBe(200);
  });

  it('of many accounts cannot be tried out from one address', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 32; n++) statuses.push((await new Browser(test).signIn(`n${n}@example.com`, 'x')).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(30);
    expect(statuses.at(-1)).toBe(429);
  });

  it('is changed by its owner, which ends all other sessions', async () => {
    const [browser, other] = [await house(), new Browser(test)];
    await other.signIn(ROOT, PASSWORD);
    const former = browser.cookie;
    expect((await browser.post('/me/password', { current: 'wrong', password: 'nine dry ferrets' })).status).toBe(401);
    expect((await browser.post('/me/password', { current: PASSWORD, password: 'nine dry ferrets' })).status).toBe(200);
    expect(browser.cookie).not.toBe(former);
    expect((await browser.call('GET', '/me')).status).toBe(200);
    expect((await other.call('GET', '/me')).status).toBe(401);
    expect((await new Browser(test).signIn(ROOT, PASSWORD)).status).toBe(401);
    expect((await new Browser(test).signIn(ROOT, 'nine dry ferrets')).status).toBe(200);
  });

  it('is reset by a link that works once and ends sessions', async () => {
    const browser = await house();
    expect((await new Browser(test).post('/password-reset', { name: ROOT })).status).toBe(204);
    const ticket = await lastTicket('user.password_reset');
    const reset = { ticket, password: 'nine dry ferrets' };
    expect((await new Browser(test).post('/password-reset/complete', { ...reset, password: 'short' })).status).toBe(
      422,
    );
    const both = await Promise.all([1, 2].map(async () => new Browser(test).post('/password-reset/complete', reset)));
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 401]);
    expect((await browser.call('GET', '/me')).status).toBe(401);
    expect((await new Browser(test).signIn(ROOT, 'nine dry ferrets')).status).toBe(200);
  });

  it('has a reset that answers the same for nobody, and sends nothing', async () => {
    await house();
    expect((await new Browser(test).post('/password-reset', { name: 'nobody@example.com' })).status).toBe(204);
    expect(await lastTicket('user.password_reset')).toBe('');
  });

  it('is nowhere to be read: not in the audit, not in the outbox, not in any row', async () => {
    const browser = await house();
    await browser.post('/password-reset', { name: ROOT });
    const ticket = await lastTicket('user.password_reset');
    const rows = await test.house.database.read(async (sql) =>
      Promise.all(
        ['audit_entries', 'outbox', 'entities', 'kept_replies'].map(async (table) => sql.all(`SELECT * FROM ${table}`)),
      ),
    );
    const all = JSON.stringify(rows);
    for (const secret of [PASSWORD, ticket, browser.cookie.split('=')[1] ?? '', browser.csrf]) {
      expect(secret.length).toBeGreaterThan(10);
      expect(all).not.toContain(secret);
    }
    expect(JSON.stringify(rows.slice(0, 2))).not.toContain('argon2');
  });
});

describe('a session', () => {
  it('is a cookie that pages cannot read; with TLS no other host can set it', async () => {
    const reply = await new Browser(test).post('/setup', { token: await setupToken(), name: ROOT, password: PASSWORD });
    expect(reply.headers['set-cookie']).toMatch(/^gatehouse=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(JSON.stringify(reply.body)).not.toContain(String(reply.headers['set-cookie']).slice(10, 53));
  });

  it('is a new one at each sign-in, whatever the browser came with', async () => {
    const browser = await house();
    const planted = browser.cookie;
    await browser.signIn(ROOT, PASSWORD);
    expect(browser.cookie).not.toBe(planted);
    const fixed = new Browser(test);
    fixed.cookie = `gatehouse=${'a'.repeat(43)}`;
    await fixed.signIn(ROOT, PASSWORD);
    expect(fixed.cookie).not.toContain('aaaa');
    const two = new Browser(test);
    two.cookie = `${browser.cookie}; ${fixed.cookie}`;
    expect((await two.call('GET', '/me')).status).toBe(401);
  });

  it.each([
    ['without the header of its pages', { 'x-gatehouse-csrf': '' }],
    ['with that of another session', { 'x-gatehouse-csrf': 'a'.repeat(43) }],
    ['from a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['from a page of a sibling', { 'sec-fetch-site': 'same-site' }],
    ['from another origin', { origin: 'https://evil.example' }],
    ['from no origin', { origin: 'null' }],
  ])('changes nothing %s', async (_, headers) => {
    const browser = await house();
    const body = { name: 'x@example.com' };
    expect((await browser.call('POST', '/users', { body, headers })).status).toBe(403);
    expect((await test.call('GET', '/users')).body.items).toHaveLength(1);
  });

  it('is not opened by pages of others', async () => {
    await house();
    const body = { name: ROOT, password: PASSWORD };
    const headers = { origin: 'https://evil.example' };
    expect((await new Browser(test).call('POST', '/session', { body, headers })).status).toBe(403);
  });

  it('ends when it is not used for 8 hours, and after 7 days whatever happens', async () => {
    const browser = await house();
    test.clock.nowMs += 8 * 60 * MINUTE + 1;
    expect((await browser.call('GET', '/me')).status).toBe(401);
    await browser.signIn(ROOT, PASSWORD);
    let hours = 0;
    while ((await browser.call('GET', '/me')).status === 200) {
      test.clock.nowMs += 7 * 60 * MINUTE;
      hours += 7;
    }
    expect(hours).toBe(175);
  });

  it('is seen and ended by its owner, and by administrators', async () => {
    const root = await house();
    const { id, browser } = await member('worker@example.com');
    const other = new Browser(test);
    test.clock.nowMs += 1;
    await other.signIn('worker@example.com', PASSWORD);
    const { items } = (await browser.call('GET', '/me/sessions')).body;
    expect(items.map((each) => each['current'])).toEqual([true, false]);
    expect((await browser.call('DELETE', `/me/sessions/${items[1]?.id}`)).status).toBe(204);
    expect((await other.call('GET', '/me')).status).toBe(401);
    const [ofRoot] = (await root.call('GET', '/me/sessions')).body.items;
    expect((await browser.call('DELETE', `/me/sessions/${ofRoot?.id}`)).status).toBe(404);
    const { id: rootId } = (await root.call('GET', '/me')).body;
    expect((await browser.call('GET', `/users/${rootId}/sessions`)).status).toBe(403);
    expect((await root.call('GET', `/users/${id}/sessions`)).body.items).toHaveLength(1);
    expect((await root.call('DELETE', `/users/${id}/sessions`)).status).toBe(204);
    expect((await browser.call('GET', '/me')).status).toBe(401);
    expect((await root.call('DELETE', '/session')).headers['set-cookie']).toContain('Max-Age=0');
  });

  it('has to be proved again for what is sensitive, under a new token', async () => {
    const browser = await house();
    const { id } = (await browser.call('GET', '/me')).body;
    const issue = async () => browser.post('/tokens', { name: `t${test.clock.nowMs}`, user: id });
    expect((await issue()).status).toBe(201);
    test.clock.nowMs += 15 * MINUTE + 1;
    expect((await issue()).body).toMatchObject({ code: 'admin.forbidden', needs: 'fresh' });
    const former = new Browser(test);
    Object.assign(former, { cookie: browser.cookie });
    expect((await browser.post('/session/prove', { password: 'wrong' })).status).toBe(401);
    expect((await browser.post('/session/prove', { password: PASSWORD })).status).toBe(200);
    expect((await issue()).status).toBe(201);
    expect((await former.call('GET', '/me')).status).toBe(401);
  });

  it('of a user ends when that is disabled or gets other rights', async () => {
    await house();
    const { id, browser } = await member('worker@example.com');
    const change = async (patch: unknown) => {
      const { revision } = (await test.call('GET', `/users/${id}`)).body;
      return test.call('PATCH', `/users/${id}`, { body: patch, headers: { 'if-match': `"${revision}"` } });
    };
    expect((await change({ title: 'Worker' })).status).toBe(200);
    expect((await browser.call('GET', '/me')).status).toBe(200);
    expect((await change({ grants: [{ role: 'viewer' }] })).status).toBe(200);
    expect((await browser.call('GET', '/me')).status).toBe(401);
    await browser.signIn('worker@example.com', PASSWORD);
    expect((await change({ disabled: true })).status).toBe(200);
    expect((await browser.call('GET', '/me')).status).toBe(401);
    expect((await browser.signIn('worker@example.com', PASSWORD)).status).toBe(401);
    const left = await test.house.database.read(async (sql) =>
      listEntities(sql, { workspace: '', kind: 'session', parent: id, limit: 9 }),
    );
    expect(left).toEqual([]);
  });
});

it('whoever is deleted leaves no password and no session behind, whatever rights they had', async () => {
  const user = (await test.call('POST', '/users', { body: { name: 'nobody@example.com' } })).body;
  await test.house.database.write('house', async (sql) =>
    sql.run(
      `INSERT INTO entities (workspace, kind, id, parent, name, state, lookup, revision, data, created_ms, updated_ms)
       VALUES ('', 'password', 'password_x', ?, 'password_x', '', NULL, 1, '{}', 1, 1)`,
      [user.id],
    ),
  );
  const headers = { 'if-match': `"${user.revision}"` };
  expect((await test.call('DELETE', `/users/${user.id}`, { headers })).status).toBe(204);
  const left = await test.house.database.read(async (sql) =>
    sql.all("SELECT id FROM entities WHERE kind = 'password'"),
  );
  expect(left).toEqual([]);
});
