import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { mintSetupToken } from '@gatehouse/services';
import { dueEvents } from '@gatehouse/store';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Browser, invitedBrowser, PASSWORD, setUpHouse } from './browser.ts';
import { openTestHouse, type Json, type Reply, type TestHouse } from './house.ts';
import { SoftwareAuthenticator, type Ceremony } from './software-authenticator.ts';

const GATE = 'https://gate.example.com';
const ROOT = 'root@example.com';
const MINUTE = 60_000;

interface Scene {
  readonly test: TestHouse;
  readonly root: Browser;
}

async function scene(publicUrl = GATE): Promise<Scene> {
  const test = await openTestHouse(':memory:', { publicUrl });
  onTestFinished(async () => test.close());
  return { test, root: await setUpHouse(test, (await mintSetupToken(test.house)) ?? '') };
}

async function register(browser: Browser, device: SoftwareAuthenticator, as?: Ceremony, name = 'laptop') {
  const options = await browser.post('/me/passkeys/begin');
  expect(options.status, JSON.stringify(options.body)).toBe(200);
  return browser.post('/me/passkeys', { name, credential: device.create(options.body, as) });
}

async function signIn(browser: Browser, device: SoftwareAuthenticator, as?: Ceremony): Promise<Reply> {
  const options = await browser.post('/session/passkey/begin');
  expect(options.status, JSON.stringify(options.body)).toBe(200);
  return browser.post('/session/passkey', { credential: device.get(options.body, as) });
}

async function withPasskey(): Promise<Scene & { readonly device: SoftwareAuthenticator; readonly passkey: Json }> {
  const at = await scene();
  const device = new SoftwareAuthenticator(GATE);
  const { body } = await register(at.root, device);
  return { ...at, device, passkey: body };
}

async function topics({ test }: Scene): Promise<readonly string[]> {
  const rows = await test.house.database.read(async (sql) => dueEvents(sql, Number.MAX_SAFE_INTEGER, 1000));
  return rows.map(({ topic }) => topic);
}

describe('a passkey', () => {
  it('is kept under a name, listed, used without a name or password, and removed', async () => {
    const { test, root, device, passkey } = await withPasskey();
    expect(passkey).toMatchObject({ name: 'laptop', synced: false, suspended: false });
    const browser = new Browser(test);
    expect(await signIn(browser, device)).toMatchObject({ status: 200, body: { user: { name: ROOT } } });
    expect((await browser.call('GET', '/me')).body).toMatchObject({ kind: 'user', name: ROOT });
    const sessions = (await browser.call('GET', '/me/sessions')).body.items;
    expect(new Set(sessions.map(({ by, current }) => `${by} ${current}`))).toEqual(
      new Set(['password false', 'passkey true']),
    );
    const { items } = (await root.call('GET', '/me/passkeys')).body;
    expect(items).toEqual([{ ...passkey, lastUsedAt: '2026-11-26T12:00:00.000Z' }]);
    expect((await root.call('DELETE', `/me/passkeys/${passkey.id}`)).status).toBe(204);
    expect((await root.call('GET', '/me/passkeys')).body.items).toEqual([]);
    expect((await signIn(new Browser(test), device)).status).toBe(401);
  });

  it('asks devices for what it needs: a resident key, a verified user, none that is there already', async () => {
    const { root, device } = await withPasskey();
    const { body } = await root.post('/me/passkeys/begin');
    expect(body).toMatchObject({
      rp: { id: 'gate.example.com' },
      user: { name: ROOT },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: [{ type: 'public-key', id: device.id }],
    });
    expect(body['pubKeyCredParams']).toContainEqual({ type: 'public-key', alg: -7 });
    expect(body['challenge']).toMatch(/^[\w-]{43}$/);
    const asked = (await root.post('/session/passkey/begin')).body;
    expect(asked).toMatchObject({ rpId: 'gate.example.com', userVerification: 'required', allowCredentials: [] });
  });

  it('is one of several, each of its own name, twenty at most', async () => {
    const { root, device } = await withPasskey();
    const other = new SoftwareAuthenticator(GATE);
    expect(await register(root, other)).toMatchObject({ status: 409 });
    expect((await register(root, device, {}, 'again')).status).toBe(409);
    for (let n = 2; n <= 20; n++)
      expect((await register(root, new SoftwareAuthenticator(GATE), {}, `key ${n}`)).status).toBe(201);
    expect((await register(root, new SoftwareAuthenticator(GATE), {}, 'key 21')).status).toBe(409);
    expect((await root.call('GET', '/me/passkeys')).body.items).toHaveLength(20);
  }, 30_000);

  it.each<[string, Ceremony]>([
    ['of a page of another origin', { origin: 'https://gate.example.com.evil.example' }],
    ['of a page without TLS', { origin: 'http://gate.example.com' }],
    ['for another name', { rpId: 'example.com' }],
    ['for another challenge', { challenge: 'a'.repeat(43) }],
    ['for no challenge', { challenge: '' }],
    ['by a user that nobody has verified', { isVerified: false }],
    ['as an answer to something else', { type: 'webauthn.get' }],
    ['with an attestation, which nobody has asked for', { fmt: 'packed' }],
    ['with an attestation that would have lists fetched', { fmt: 'android-safetynet' }],
    ['under another id than its own', { credentialId: Buffer.alloc(32, 1).toString('base64url') }],
  ])('is not made %s', async (_, as) => {
    const { root } = await scene();
    const reply = await register(root, new SoftwareAuthenticator(GATE), as);
    expect([401, 422]).toContain(reply.status);
    expect((await root.call('GET', '/me/passkeys')).body.items).toEqual([]);
  });

  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  it.each<[string, Ceremony]>([
    ['of a page of another origin', { origin: 'https://evil.example' }],
    ['for another name', { rpId: 'evil.example' }],
    ['for another challenge', { challenge: 'a'.repeat(43) }],
    ['by a user that nobody has verified', { isVerified: false }],
    ['as an answer to something else', { type: 'webauthn.create' }],
    ['by another key', { key: foreign }],
    ['for another user', { userHandle: Buffer.from('user_other').toString('base64url') }],
  ])('lets nobody in %s, and says no more than that', async (_, as) => {
    const { test, device } = await withPasskey();
    const reply = await signIn(new Browser(test), device, as);
    expect(reply).toMatchObject({ status: 401, body: { code: 'admin.unauthenticated' } });
    expect(reply.body.detail).toBe('this passkey does not let you in');
    expect(reply.headers['set-cookie']).toBeUndefined();
    const stranger = new SoftwareAuthenticator(GATE);
    stranger.userHandle = device.userHandle;
    const unknown = await signIn(new Browser(test), stranger);
    expect({ ...reply.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' });
  });

  it('answers a challenge once, within five minutes, and only one of a sign-in', async () => {
    const { test, root, device } = await withPasskey();
    const browser = new Browser(test);
    const options = (await browser.post('/session/passkey/begin')).body;
    const first = await browser.post('/session/passkey', { credential: device.get(options) });
    expect(first.status).toBe(200);
    expect((await browser.post('/session/passkey', { credential: device.get(options) })).status).toBe(401);
    const late = (await browser.post('/session/passkey/begin')).body;
    test.clock.nowMs += 5 * MINUTE;
    expect((await browser.post('/session/passkey', { credential: device.get(late) })).status).toBe(401);
    const ofRegistration = (await root.post('/me/passkeys/begin')).body;
    const credential = device.get({ ...ofRegistration, rpId: 'gate.example.com' });
    expect((await browser.post('/session/passkey', { credential })).status).toBe(401);
    const both = (await browser.post('/session/passkey/begin')).body;
    const at = await Promise.all(
      [1, 2].map(async () => new Browser(test).post('/session/passkey', { credential: device.get(both) })),
    );
    expect(at.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401]);
  });

  it('is made by whom the challenge is for', async () => {
    const { test, root } = await scene();
    const other = new Browser(test);
    await other.signIn(ROOT, PASSWORD);
    const { browser: eve } = await invitedBrowser(test, { name: 'eve@example.com', grants: [] });
    const options = (await eve.post('/me/passkeys/begin')).body;
    const credential = new SoftwareAuthenticator(GATE).create(options);
    expect((await root.post('/me/passkeys', { name: 'planted', credential })).status).toBe(401);
    expect((await root.call('GET', '/me/passkeys')).body.items).toEqual([]);
  });

  it('that looks like a copy is suspended, in whosever hands', async () => {
    const at = await withPasskey();
    const { test, root, device } = at;
    device.counter = 10;
    expect((await signIn(new Browser(test), device)).status).toBe(200);
    expect((await signIn(new Browser(test), device, { counter: 5 })).status).toBe(401);
    device.counter = 50;
    expect((await signIn(new Browser(test), device)).status).toBe(401);
    expect((await root.call('GET', '/me/passkeys')).body.items).toMatchObject([{ suspended: true }]);
    expect(await topics(at)).toContain('user.passkey_suspended');
  });

  it('that never counts is none', async () => {
    const { test, device } = await withPasskey();
    for (let n = 0; n < 3; n++) expect((await signIn(new Browser(test), device, { counter: 0 })).status).toBe(200);
  });

  it('lets nobody in who is disabled or gone, and takes no other’s', async () => {
    const { test, root } = await scene();
    const { id, browser: worker } = await invitedBrowser(test, { name: 'w@example.com', grants: [] });
    const device = new SoftwareAuthenticator(GATE);
    const { body } = await register(worker, device);
    expect((await root.call('DELETE', `/me/passkeys/${body.id}`)).status).toBe(404);
    expect((await signIn(new Browser(test), device)).status).toBe(200);
    const change = async (patch: object) => {
      const { revision } = (await test.call('GET', `/users/${id}`)).body;
      return test.call('PATCH', `/users/${id}`, { body: patch, headers: { 'if-match': `"${revision}"` } });
    };
    await change({ disabled: true });
    expect((await signIn(new Browser(test), device)).status).toBe(401);
    await change({ disabled: false });
    expect((await signIn(new Browser(test), device)).status).toBe(200);
    expect((await root.call('DELETE', `/users/${id}/passkeys`)).status).toBe(204);
    expect((await worker.call('GET', '/me')).status).toBe(401);
    expect((await signIn(new Browser(test), device)).status).toBe(401);
  });

  it('proves again that its owner is there', async () => {
    const { test, root, device } = await withPasskey();
    test.clock.nowMs += 16 * MINUTE;
    expect((await root.post('/me/passkeys/begin')).body).toMatchObject({ needs: 'fresh' });
    const options = (await root.post('/session/passkey/begin')).body;
    const former = root.cookie;
    expect((await root.post('/session/passkey/prove', { credential: device.get(options) })).status).toBe(200);
    expect(root.cookie).not.toBe(former);
    expect((await root.post('/me/passkeys/begin')).status).toBe(200);
  });

  it('is nowhere to be tried out', async () => {
    const { test, device } = await withPasskey();
    const statuses: number[] = [];
    for (let n = 0; n < 7; n++) statuses.push((await signIn(new Browser(test), device, { isVerified: false })).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
  });

  it('is not for tokens, and administrators remove those of others only with their rights', async () => {
    const { test } = await withPasskey();
    expect((await test.call('POST', '/me/passkeys/begin')).status).toBe(403);
    const root = (await test.call('GET', `/users?name=${ROOT}`)).body.items[0]?.id ?? '';
    await test.call('POST', '/roles', { body: { name: 'clerk', permissions: ['users:*'] } });
    const grants = [{ role: 'clerk' }];
    const { id: user } = (await test.call('POST', '/users', { body: { name: 'c@example.com', grants } })).body;
    const { token } = (await test.call('POST', '/tokens', { body: { name: 'c', user } })).body;
    expect((await test.call('DELETE', `/users/${root}/passkeys`, { token })).status).toBe(403);
  });

  const deep = Buffer.concat([Buffer.alloc(9000, 0x81), Buffer.from([0])]).toString('base64url');
  it.each([
    ['nothing', {}],
    ['no bytes', { clientDataJSON: '!', attestationObject: '!' }],
    ['no JSON', { clientDataJSON: 'AAAA', attestationObject: 'AAAA' }],
    ['arrays 9,000 levels deep', { attestationObject: deep }],
    ['a map that never ends', { attestationObject: Buffer.alloc(9000, 0xbf).toString('base64url') }],
    ['a string longer than all there is', { attestationObject: 'ewAAAAD_____' }],
    ['more than there may be', { attestationObject: 'A'.repeat(20_000) }],
  ])('is not made of %s', async (_, parts) => {
    const { root } = await scene();
    const options = (await root.post('/me/passkeys/begin')).body;
    const good: Readonly<Record<string, unknown>> = { ...new SoftwareAuthenticator(GATE).create(options) };
    const response = { ...(typeof good['response'] === 'object' && good['response']), ...parts };
    const reply = await root.post('/me/passkeys', {
      name: 'x',
      credential: { ...good, response: Object.keys(parts).length === 0 ? {} : response },
    });
    expect([401, 422]).toContain(reply.status);
  });
});

describe('whatever a device says', () => {
  const flipped = (text: string, at: number, by: number): string => {
    const bytes = Buffer.from(text, 'base64url');
    const place = at < 0 ? bytes.length + at : at % bytes.length;
    bytes[place] = (bytes[place] ?? 0) ^ by;
    return bytes.toString('base64url');
  };
  const damage = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }));
  const withPart = (credential: object, name: string, [at, by]: readonly [number, number]): object => {
    const whole: { response?: Readonly<Record<string, string>> } = credential;
    const part = whole.response?.[name] ?? '';
    return { ...whole, response: { ...whole.response, [name]: flipped(part, at, by) } };
  };

  it('lets nobody in when one byte of it is another', async () => {
    const { test, device } = await withPasskey();
    const parts = fc.constantFrom('clientDataJSON', 'authenticatorData', 'signature', 'userHandle');
    await fc.assert(
      fc.asyncProperty(parts, damage, async (name, [at, by]) => {
        // In front of the two numbers of a signature stand tags of DER, which are not all read strictly: -1 to -20 are a number.
        const change = [name === 'signature' ? -1 - (at % 20) : at, by] as const;
        test.clock.nowMs += 16 * MINUTE;
        const browser = new Browser(test);
        const credential = withPart(device.get((await browser.post('/session/passkey/begin')).body), name, change);
        const { status } = await browser.post('/session/passkey', { credential });
        expect([name, status]).toEqual([name, 401]);
      }),
      { numRuns: 200 },
    );
    expect((await signIn(new Browser(test), device)).status).toBe(429);
    test.clock.nowMs += 16 * MINUTE;
    expect((await signIn(new Browser(test), device)).status).toBe(200);
  }, 60_000);

  it('is answered when it makes a passkey of bytes that are not', async () => {
    const { root } = await scene();
    const parts = fc.constantFrom('clientDataJSON', 'attestationObject');
    await fc.assert(
      fc.asyncProperty(parts, damage, fc.uuid(), async (part, change, name) => {
        const options = (await root.post('/me/passkeys/begin')).body;
        const credential = withPart(new SoftwareAuthenticator(GATE).create(options), part, change);
        const { status } = await root.post('/me/passkeys', { name, credential });
        expect([201, 401, 409, 422]).toContain(status);
        if (part === 'clientDataJSON') expect(status).not.toBe(201);
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});

describe('where passkeys are kept', () => {
  it.each([
    ['https://gate.example.com:8443', 'gate.example.com'],
    ['http://localhost:8090', 'localhost'],
    ['http://gate.example.com', undefined],
    ['https://10.0.0.7', undefined],
    ['https://[::1]:8090', undefined],
    ['http://127.0.0.1:8090', undefined],
  ])('%s is known as %s', async (publicUrl, rpId) => {
    const { root } = await scene(publicUrl);
    const { status, body } = await root.post('/session/passkey/begin');
    expect(rpId === undefined ? [status, body.code] : [status, body['rpId']]).toEqual(
      rpId === undefined ? [409, 'admin.illegal'] : [200, rpId],
    );
  });
});

it('costs nothing where no passkey is used: what checks them is not loaded before', () => {
  const program = `
    import { registerHooks } from 'node:module';
    const seen = [];
    registerHooks({ resolve: (name, context, next) => (seen.push(name), next(name, context)) });
    await import('./apps/control/src/admin-api.ts');
    console.log(JSON.stringify([seen.includes('fastify'), seen.filter((name) => name.includes('webauthn'))]));`;
  const cwd = new URL('../../..', import.meta.url);
  const told = execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd, encoding: 'utf8' });
  expect(JSON.parse(told)).toEqual([true, []]);
});
