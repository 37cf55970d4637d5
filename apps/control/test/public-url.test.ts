import { mintSetupToken } from '@gatehouse/services';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openTestHouse, type Reply, type TestHouse } from './house.ts';
import { openProvider } from './open-provider.ts';
import { Browser, PASSWORD } from './browser.ts';

const GATE = 'https://gate.example.com';
const ROOT = 'root@example.com';

async function houseAt(publicUrl?: string): Promise<TestHouse> {
  const test = await openTestHouse(':memory:', publicUrl === undefined ? {} : { publicUrl });
  onTestFinished(async () => test.close());
  return test;
}

async function setUp(test: TestHouse, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
  const body = { token: (await mintSetupToken(test.house)) ?? '', name: ROOT, password: PASSWORD };
  return new Browser(test).call('POST', '/setup', { body, headers });
}

describe('the public address of a house', () => {
  it.each([
    ['https:', GATE, /^__Host-gatehouse=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/],
    ['http:', 'http://gate.internal', /^gatehouse=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/],
    ['none', undefined, /^gatehouse=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/],
  ])('with %s makes cookies of sessions that are for it', async (_, publicUrl, cookie) => {
    const reply = await setUp(await houseAt(publicUrl));
    expect(reply.status).toBe(200);
    expect(reply.headers['set-cookie']).toMatch(cookie);
  });

  it('keeps a session by its prefixed cookie alone', async () => {
    const test = await houseAt(GATE);
    await setUp(test);
    const browser = new Browser(test);
    await browser.signIn(ROOT, PASSWORD);
    expect((await browser.call('GET', '/me')).body).toMatchObject({ name: ROOT });
    browser.cookie = browser.cookie.replace('__Host-', '');
    expect((await browser.call('GET', '/me')).status).toBe(401);
  });

  it.each([
    [GATE, GATE, 'gate.internal:8090', 200],
    [GATE, 'https://gate.example.com:8443', 'gate.example.com:8443', 403],
    [GATE, 'http://gate.example.com', 'gate.example.com', 403],
    [GATE, 'https://evil.example', 'evil.example', 403],
    [GATE, 'null', 'gate.example.com', 403],
    [undefined, 'http://127.0.0.1:8090', '127.0.0.1:8090', 200],
    [undefined, 'http://gate.internal:8090', 'gate.internal:8090', 200],
    [undefined, 'http://evil.example', '127.0.0.1:8090', 403],
  ])('%s lets pages of %s, who asked %s, in: %i', async (publicUrl, origin, host, status) => {
    expect((await setUp(await houseAt(publicUrl), { origin, host })).status).toBe(status);
  });

  it('binds changes by a session to its own pages', async () => {
    const test = await houseAt(GATE);
    await setUp(test);
    const browser = new Browser(test);
    await browser.signIn(ROOT, PASSWORD);
    const make = async (headers: Readonly<Record<string, string>>) =>
      (await browser.call('POST', '/users', { body: { name: `${headers['origin']?.length}@example.com` }, headers }))
        .status;
    expect(await make({ origin: GATE, host: '127.0.0.1:8090' })).toBe(201);
    expect(await make({ origin: 'https://other.example', host: 'other.example' })).toBe(403);
  });
});

describe('where a directory sends browsers back to', () => {
  async function leave(publicUrl: string | undefined, host: string): Promise<Reply> {
    const test = await houseAt(publicUrl);
    const issuer = await openProvider({ client_secret: 's', redirect_uris: ['http://127.0.0.1/'] });
    const spec = { issuer, clientId: 'house', clientSecret: 's' };
    await test.call('POST', '/directories', { body: { name: 'work', spec } });
    return test.call('GET', '/single-sign-on/work', { token: '', headers: { host } });
  }
  const backTo = ({ headers }: Reply): string | null =>
    new URL(String(headers['location'])).searchParams.get('redirect_uri');
  const CALLBACK = '/api/v1/single-sign-on/callback';

  it.each([
    [GATE, 'evil.example', `${GATE}${CALLBACK}`],
    [GATE, '127.0.0.1:8090', `${GATE}${CALLBACK}`],
    [undefined, '127.0.0.1:8090', `http://127.0.0.1:8090${CALLBACK}`],
    [undefined, 'localhost:8090', `http://localhost:8090${CALLBACK}`],
    [undefined, '[::1]:8090', `http://[::1]:8090${CALLBACK}`],
  ])('is, with %s and a request for %s, %s', async (publicUrl, host, expected) => {
    expect(backTo(await leave(publicUrl, host))).toBe(expected);
  });

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80', '10.0.0.7:8090', '127.0.0.1:8090@x'])(
    'is nowhere that only the Host field %s knows',
    async (host) => {
      const reply = await leave(undefined, host);
      expect(reply).toMatchObject({ status: 409, body: { code: 'admin.illegal' } });
      expect(reply.body.detail).toContain('--public-url');
      expect(reply.headers['set-cookie']).toBeUndefined();
    },
  );

  it('is known by a cookie for TLS alone', async () => {
    const cookie = String((await leave(GATE, 'x')).headers['set-cookie']);
    expect(cookie).toMatch(
      /^__Host-gatehouse-departure=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=600$/,
    );
    expect(String((await leave(undefined, 'localhost')).headers['set-cookie'])).toMatch(
      /^gatehouse-departure=[\w-]{43}; Path=\/api\/v1\/single-sign-on; HttpOnly; SameSite=Lax; Max-Age=600$/,
    );
  });
});

describe('where people come from', () => {
  async function seenBy(proxies: readonly string[] | undefined, forwarded: string): Promise<string> {
    const test = await openTestHouse(':memory:', { publicUrl: GATE, proxies });
    onTestFinished(async () => test.close());
    await setUp(test);
    const browser = new Browser(test);
    const body = { name: ROOT, password: PASSWORD };
    await browser.call('POST', '/session', {
      body,
      headers: { 'x-forwarded-for': forwarded, forwarded: 'for=9.9.9.9' },
    });
    const { items } = (await browser.call('GET', '/me/sessions')).body;
    return items.find((each) => each['current'])?.['address'];
  }

  // The tests' own requests come from 127.0.0.1.
  it.each([
    ['nobody', undefined, '1.2.3.4', '127.0.0.1'],
    ['another proxy', ['10.0.0.0/8'], '1.2.3.4', '127.0.0.1'],
    ['this proxy', ['127.0.0.1'], '1.2.3.4', '1.2.3.4'],
    ['this proxy, which tells what it was told', ['127.0.0.1'], '6.6.6.6, 1.2.3.4', '1.2.3.4'],
    ['this proxy and the one before', ['127.0.0.0/8', '10.0.0.0/8'], '6.6.6.6, 1.2.3.4, 10.1.1.1', '1.2.3.4'],
  ])('is believed of %s: %j', async (_, proxies, forwarded, expected) => {
    expect(await seenBy(proxies, forwarded)).toBe(expected);
  });

  it('counts for the waits of those who guess: one of them does not lock out all', async () => {
    const test = await openTestHouse(':memory:', { publicUrl: GATE, proxies: ['127.0.0.1'] });
    onTestFinished(async () => test.close());
    await setUp(test);
    const from = async (address: string, name: string, password: string): Promise<number> =>
      (
        await new Browser(test).call('POST', '/session', {
          body: { name, password },
          headers: { 'x-forwarded-for': address },
        })
      ).status;
    for (let n = 0; n < 31; n++) await from('6.6.6.6', `n${n}@example.com`, 'x');
    expect(await from('6.6.6.6', ROOT, PASSWORD)).toBe(429);
    expect(await from('1.2.3.4', ROOT, PASSWORD)).toBe(200);
  });
});
