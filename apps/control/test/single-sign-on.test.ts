import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ownPath } from '../src/routes/single-sign-on-routes.ts';
import { idTokenClaims } from '../src/single-sign-on/id-token.ts';
import { openProvider, PageBrowser } from './open-provider.ts';
import { openTestHouse, type Json, type TestHouse } from './house.ts';

interface Scene {
  readonly test: TestHouse;
  readonly url: string;
}

/** A house that listens, and a certified provider where its people sign in. */
async function scene(spec: object = {}): Promise<Scene> {
  const test = await openTestHouse();
  onTestFinished(async () => test.close());
  test.clock.nowMs = Date.now();
  const url = await test.app.listen({ port: 0, host: '127.0.0.1' });
  const redirect = `${url}/api/v1/single-sign-on/callback`;
  const issuer = await openProvider({ client_secret: 'a secret of the house', redirect_uris: [redirect] });
  const whole = { issuer, clientId: 'house', clientSecret: 'a secret of the house', ...spec };
  const made = await test.call('POST', '/directories', { body: { name: 'work', spec: whole } });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  expect(JSON.stringify(made.body)).not.toContain('a secret');
  return { test, url };
}

const begin = ({ url }: Scene, to = '/api/v1/me') =>
  `${url}/api/v1/single-sign-on/work?return=${encodeURIComponent(to)}`;

async function signedIn(at: Scene, login = 'zoe'): Promise<Json> {
  const browser = new PageBrowser();
  const page = await browser.logIn(begin(at), login);
  return JSON.parse(page.text);
}

describe('a sign-in at an OpenID provider', () => {
  it('makes a user the first time, knows it the next time, and gives it what its groups have', async () => {
    const at = await scene({ groupsClaim: 'email' });
    const grants = [{ role: 'viewer' }];
    const group = await at.test.call('POST', '/groups', { body: { name: 'zoe@example.com', grants } });
    expect(group.status).toBe(201);
    const first = await signedIn(at);
    expect(first).toMatchObject({ kind: 'user', name: 'zoe@example.com' });
    expect((await signedIn(at)).id).toBe(first.id);
    const user = (await at.test.call('GET', `/users/${first.id}`)).body;
    expect(user['groups']).toEqual([group.body.id]);
    expect((await signedIn(at, 'max')).id).not.toBe(first.id);
  });

  it('is offered to whoever is at the door, with nothing else of the directory, and seen in the list of sessions', async () => {
    const at = await scene();
    const host = new URL(at.url).host;
    const ways = await at.test.call('GET', '/session/ways', { token: '', headers: { host } });
    expect(ways.body).toEqual({
      setup: true,
      signUps: [],
      passwords: true,
      passkeys: false,
      directories: [{ name: 'work', title: 'work' }],
    });
    const { id } = await signedIn(at);
    expect((await at.test.call('GET', `/users/${id}/sessions`)).body.items).toMatchObject([{ by: 'single-sign-on' }]);
    const local = await at.test.call('GET', '/session/ways', { token: '', headers: { host: 'localhost:8090' } });
    expect(local.body).toMatchObject({ setup: false, passkeys: true });
  });

  it.each([[false], [true]])(
    'is no way to a user of the same unverified address (linkByEmail: %s)',
    async (linkByEmail) => {
      const at = await scene({ linkByEmail });
      await at.test.call('POST', '/users', { body: { name: 'zoe@example.com', grants: [{ role: 'admin' }] } });
      expect(await signedIn(at)).toMatchObject({ code: 'admin.forbidden' });
    },
  );

  it('is refused to who is disabled', async () => {
    const at = await scene();
    const { id } = await signedIn(at);
    const { revision } = (await at.test.call('GET', `/users/${id}`)).body;
    const headers = { 'if-match': `"${revision}"` };
    await at.test.call('PATCH', `/users/${id}`, { body: { disabled: true }, headers });
    expect(await signedIn(at)).toMatchObject({ code: 'admin.unauthenticated' });
  });

  it('comes back once, to the browser that left, with the state that it left with', async () => {
    const at = await scene();
    const browser = new PageBrowser();
    const left = await browser.once(begin(at));
    const asked = new URL(left.location ?? '').searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(asked.get('nonce')).toMatch(/^[\w-]{43}$/);
    const callback = `${at.url}/api/v1/single-sign-on/callback`;
    const state = asked.get('state') ?? '';
    expect((await new PageBrowser().once(`${callback}?code=x&state=${state}`)).status).toBe(401);
    expect((await browser.once(`${callback}?code=x&state=other`)).status).toBe(401);
    expect((await browser.once(`${callback}?code=x`)).status).toBe(401);
    expect((await browser.once(`${callback}?error=access_denied&state=${state}`)).status).toBe(401);
    expect((await browser.once(`${callback}?code=x&state=${state}`)).text).toContain('was used');
  });

  it('has nothing of its secrets in the audit or the outbox, and asks administrators only to be set up', async () => {
    const at = await scene();
    await signedIn(at);
    const rows = await at.test.house.database.read(async (sql) =>
      Promise.all(['audit_entries', 'outbox', 'entities'].map(async (table) => sql.all(`SELECT * FROM ${table}`))),
    );
    expect(JSON.stringify(rows)).not.toContain('a secret of the house');
    await at.test.call('POST', '/roles', { body: { name: 'clerk', permissions: ['directories:*', 'tokens:*'] } });
    const { id } = (
      await at.test.call('POST', '/users', { body: { name: 'c@example.com', grants: [{ role: 'clerk' }] } })
    ).body;
    const { token } = (await at.test.call('POST', '/tokens', { body: { name: 'c', user: id } })).body;
    const spec = { issuer: 'https://evil.example', clientId: 'x', clientSecret: 'x' };
    expect((await at.test.call('POST', '/directories', { token, body: { name: 'evil', spec } })).status).toBe(403);
  });
});

describe('a way back', () => {
  it.each(['/', '/apis/1?tab=x#y'])('is %s', (path) => expect(ownPath(path)).toBe(path));
  it.each([
    '//evil.example',
    '/\\evil.example',
    '/a\\b',
    'https://evil.example',
    'javascript:alert(1)',
    '',
    '/a\r\nset-cookie: x',
    '/\t/evil.example',
    `/${'a'.repeat(1000)}`,
  ])('is not %j', (path) => expect(() => ownPath(path)).toThrow('return is a path of ours'));
});

describe('an id token', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...publicKey.export({ format: 'jwk' }), kid: 'k' };
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const good = { iss: 'https://a.example', aud: 'house', sub: 'zoe', nonce: 'n', exp: 2000 };
  const expected = { issuer: 'https://a.example', clientId: 'house', nonce: 'n', nowMs: 1_000_000 };
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = (claims: object, header: object = { alg: 'RS256', kid: 'k' }, by = privateKey) => {
    const text = `${part(header)}.${part(claims)}`;
    return `${text}.${sign('sha256', Buffer.from(text), by).toString('base64url')}`;
  };

  it.each([
    ['is good', token(good), true],
    ['has us among its audiences and as its party', token({ ...good, aud: ['house', 'b'], azp: 'house' }), true],
    ['is for others too and names no party', token({ ...good, aud: ['house', 'b'] }), false],
    ['is for another', token({ ...good, aud: 'b' }), false],
    ['is by another', token({ ...good, iss: 'https://b.example' }), false],
    ['has expired', token({ ...good, exp: 900 }), false],
    ['never expires', token({ ...good, exp: 'never' }), false],
    ['is of another sign-in', token({ ...good, nonce: 'm' }), false],
    ['has no nonce', token({ ...good, nonce: undefined }), false],
    ['is about nobody', token({ ...good, sub: '' }), false],
    ['is signed by another key', token(good, undefined, other.privateKey), false],
    ['is not signed', `${part({ alg: 'none' })}.${part(good)}.`, false],
    ['is signed by what everybody knows', token(good, { alg: 'HS256', kid: 'k' }), false],
    ['says what has to be understood', token(good, { alg: 'RS256', kid: 'k', crit: ['x'] }), false],
    ['names another algorithm', token(good, { alg: 'RS512', kid: 'k' }), false],
    ['is called constructor', token(good, { alg: 'constructor', kid: 'k' }), false],
    ['is no token', 'a.b', false],
    ['is garbage', 'a.b.c', false],
    ['is too long', token({ ...good, pad: createHash('sha256').digest('hex').repeat(1000) }), false],
  ])('that %s', (_, text, isGood) => {
    const claims = idTokenClaims(text, [key], expected);
    if (isGood) expect(claims).toMatchObject({ sub: 'zoe' });
    else expect(claims).toBeUndefined();
  });
});
