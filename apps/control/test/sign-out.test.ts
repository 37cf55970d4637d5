import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loggedOut } from '../src/single-sign-on/logout-token.ts';
import { openTestHouse, type Json, type TestHouse } from './house.ts';
import { openProvider, PageBrowser, type Page } from './open-provider.ts';

const CLIENT = { client_secret: 'a secret of the house' };

interface Scene {
  readonly test: TestHouse;
  readonly url: string;
  readonly issuer: string;
}

/** A house that listens, and a certified provider that knows where it wants to hear of sign-outs. */
async function scene(): Promise<Scene> {
  const test = await openTestHouse();
  onTestFinished(async () => test.close());
  test.clock.nowMs = Date.now();
  const url = await test.app.listen({ port: 0, host: '127.0.0.1' });
  const issuer = await openProvider({
    ...CLIENT,
    redirect_uris: [`${url}/api/v1/single-sign-on/callback`],
    post_logout_redirect_uris: [`${url}/`],
    backchannel_logout_uri: `${url}/api/v1/single-sign-on/work/sign-out`,
    backchannel_logout_session_required: true,
  });
  const spec = { issuer, clientId: 'house', clientSecret: CLIENT.client_secret };
  await test.call('POST', '/directories', { body: { name: 'work', spec } });
  return { test, url, issuer };
}

async function signedIn({ url }: Scene, login = 'zoe', browser = new PageBrowser()): Promise<PageBrowser> {
  const page = await browser.logIn(`${url}/api/v1/single-sign-on/work?return=/api/v1/me`, login);
  expect(JSON.parse(page.text)).toMatchObject({ name: `${login}@example.com` });
  return browser;
}

async function statusOf({ url }: Scene, browser: PageBrowser): Promise<number> {
  return (await browser.once(`${url}/api/v1/me`)).status;
}

/** As a page of the console does it. */
async function signOut({ url, test }: Scene, browser: PageBrowser): Promise<{ status: number; body: Json }> {
  const headers = { cookie: browser.cookies };
  const { csrf } = (await test.call('GET', '/session', { token: '', headers })).body;
  const own = { ...headers, host: new URL(url).host, 'x-gatehouse-csrf': String(csrf) };
  return test.call('DELETE', '/session', { token: '', headers: own });
}

/** The provider's page asks whether its session is to end as well. */
async function confirmed(browser: PageBrowser, location: string): Promise<Page> {
  const page = await browser.open(location);
  const [, action = ''] = /action="([^"]+)"/.exec(page.text) ?? [];
  const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(page.text) ?? [];
  return browser.once(action, { xsrf, logout: 'yes' });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; !(await isSo()); turn++) {
    if (turn > 100) throw new Error('it does not come to be so');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a sign-out by whoever signed in at a directory', () => {
  it('ends the session here, and then the one there, and comes back', async () => {
    const at = await scene();
    const browser = await signedIn(at);
    const { status, body } = await signOut(at, browser);
    expect(status).toBe(200);
    expect(await statusOf(at, browser)).toBe(401);
    const location = new URL(String(body['location']));
    expect(location.origin).toBe(at.issuer);
    expect(location.searchParams.get('id_token_hint')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect((await confirmed(browser, location.href)).location).toBe(`${at.url}/`);
    // Whoever comes again has to say anew who they are.
    const again = await browser.open(`${at.url}/api/v1/single-sign-on/work?return=/api/v1/me`);
    expect(again.text).toContain('name="login"');
  });

  it('ends the session here also when the directory does not answer', async () => {
    const at = await scene();
    const browser = await signedIn(at);
    const [directory] = (await at.test.call('GET', '/directories')).body.items;
    const headers = { 'if-match': `"${directory?.revision}"` };
    const spec = { issuer: 'http://127.0.0.1:9', clientId: 'house', clientSecret: 'x' };
    await at.test.call('PATCH', `/directories/${directory?.id}`, { body: { spec }, headers });
    expect((await signOut(at, browser)).status).toBe(204);
    expect(await statusOf(at, browser)).toBe(401);
  });

  it('needs a token of the directory, which is kept sealed', async () => {
    const at = await scene();
    await signedIn(at);
    const rows = await at.test.house.database.read(async (sql) => sql.all('SELECT * FROM entities'));
    expect(JSON.stringify(rows)).toContain('elsewhere');
    expect(JSON.stringify(rows)).not.toMatch(/eyJ[\w-]+\.eyJ/);
  });
});

describe('a sign-out at the directory', () => {
  it('ends the sessions that began with it, and no others', async () => {
    const at = await scene();
    const [browser, elsewhere, other] = [await signedIn(at), await signedIn(at), await signedIn(at, 'max')];
    await confirmed(browser, `${at.issuer}/session/end?client_id=house`);
    await until(async () => (await statusOf(at, browser)) === 401);
    expect(await statusOf(at, elsewhere)).toBe(200);
    expect(await statusOf(at, other)).toBe(200);
  });

  it('of many at once ends them all', async () => {
    const at = await scene();
    const people = await Promise.all(Array.from({ length: 40 }, async (_, n) => signedIn(at, `p${n}`)));
    await Promise.all(people.map(async (each) => confirmed(each, `${at.issuer}/session/end?client_id=house`)));
    await until(async () =>
      (await Promise.all(people.map(async (each) => statusOf(at, each)))).every((s) => s === 401),
    );
  }, 30_000);

  it.each([
    ['no token', ''],
    ['garbage', 'logout_token=a.b.c'],
    ['two parameters', 'logout_token=a&logout_token=b'],
    ['a token by nobody', `logout_token=${unsigned({ events: {} })}`],
    ['JSON', '{"logout_token":"a.b.c"}'],
    ['a lot', `logout_token=${'a'.repeat(100_000)}`],
  ])('is not told by %s', async (_, payload) => {
    const { test, url } = await scene();
    const reply = await fetch(`${url}/api/v1/single-sign-on/work/sign-out`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: payload,
    });
    expect([reply.status, await reply.json()]).toEqual([400, { error: 'invalid_request' }]);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    const json = await test.call('POST', '/single-sign-on/work/sign-out', { token: '', body: { logout_token: 'a' } });
    expect(json.status).toBe(400);
    expect((await test.call('POST', '/single-sign-on/none/sign-out', { token: '' })).status).toBe(400);
  });
});

it('forms are taken where directories send them, and nowhere else', async () => {
  const { url } = await scene();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const reply = await fetch(`${url}/api/v1/session`, { method: 'POST', headers, body: '{"name":"x","password":"y"}' });
  expect(reply.status).toBe(415);
});

function unsigned(claims: object): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}

describe('a logout token', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys = [{ ...publicKey.export({ format: 'jwk' }) }];
  const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
  const good = { iss: 'https://a.example', aud: 'house', sub: 'zoe', sid: 's', iat: 1000, exp: 2000, jti: 'j' };
  const events = { [EVENT]: {} };
  const expected = { issuer: 'https://a.example', clientId: 'house', nowMs: 1_000_000 };
  const token = (claims: object): string => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'ES256', typ: 'logout+jwt' })}.${part(claims)}`;
    const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `${text}.${signature.toString('base64url')}`;
  };

  it.each([
    ['a session of a user', { events }, { subject: 'zoe', sid: 's' }],
    ['all sessions of a user', { events, sid: undefined }, { subject: 'zoe', sid: undefined }],
    ['a session alone', { events, sub: undefined }, { subject: undefined, sid: 's' }],
  ])('names %s', (_, claims, expectedEnd) => {
    expect(loggedOut(token({ ...good, ...claims }), keys, expected)).toEqual(expectedEnd);
  });

  it.each([
    ['names nobody', { events, sub: undefined, sid: undefined }],
    ['is no event', {}],
    ['is another event', { events: { 'urn:other': {} } }],
    ['has an event that is none', { events: { [EVENT]: 'yes' } }],
    ['has events that are a list', { events: [EVENT] }],
    ['has a nonce, as id tokens have', { events, nonce: 'n' }],
    ['is for another', { events, aud: 'other' }],
    ['is by another', { events, iss: 'https://b.example' }],
    ['has expired', { events, exp: 900 }],
    ['was made long ago', { events, iat: 100 }],
    ['was made tomorrow', { events, iat: 90_000 }],
    ['was made at no time', { events, iat: undefined }],
    ['has a subject that is no text', { events, sub: 5 }],
    ['has a session that is no text', { events, sid: { $ne: '' } }],
  ])('that %s is none', (_, claims) => {
    expect(loggedOut(token({ ...good, ...claims }), keys, expected)).toBeUndefined();
  });

  it('that is signed by nobody is none', () => {
    expect(loggedOut(unsigned({ ...good, events }), keys, expected)).toBeUndefined();
    expect(loggedOut(token({ ...good, events }), [], expected)).toBeUndefined();
  });
});
