import { createHmac } from 'node:crypto';
import { mintSetupToken } from '@gatehouse/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Browser, PASSWORD, setUpHouse } from './browser.ts';
import { openTestHouse, type TestHouse } from './house.ts';
import { SoftwareAuthenticator } from './software-authenticator.ts';

const ROOT = 'root@example.com';
let test: TestHouse;
let browser: Browser;
let secret = '';
let recovery: readonly string[] = [];

/** Written again, so that a mistake in ours is not made twice. */
function codeAt(ms: number): string {
  const bits = Array.from(secret, (letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  ).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const message = Buffer.from(
    Math.floor(ms / 30_000)
      .toString(16)
      .padStart(16, '0'),
    'hex',
  );
  const mac = createHmac('sha1', key).update(message).digest();
  const at = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

beforeEach(async () => {
  test = await openTestHouse();
  browser = await setUpHouse(test, (await mintSetupToken(test.house)) ?? '');
  secret = (await browser.post('/me/totp')).body['secret'];
  const confirmed = await browser.post('/me/totp/confirm', { code: codeAt(test.clock.nowMs) });
  expect(confirmed.status, JSON.stringify(confirmed.body)).toBe(200);
  recovery = confirmed.body['recoveryCodes'];
  test.clock.nowMs += 60_000;
});
afterEach(async () => test.close());

describe('an authenticator', () => {
  it('is asked for besides the password, and not before it is right', async () => {
    expect((await new Browser(test).signIn(ROOT, PASSWORD)).body).toMatchObject({ needs: 'code' });
    expect((await new Browser(test).signIn(ROOT, 'wrong wrong')).body['needs']).toBeUndefined();
    expect((await new Browser(test).signIn(ROOT, PASSWORD, codeAt(test.clock.nowMs))).status).toBe(200);
  });

  it('has codes that count once, also when they come at once', async () => {
    const code = codeAt(test.clock.nowMs);
    const all = await Promise.all([1, 2, 3].map(async () => new Browser(test).signIn(ROOT, PASSWORD, code)));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await new Browser(test).signIn(ROOT, PASSWORD, code)).status).toBe(401);
  });

  it('has codes that cannot be tried out', async () => {
    const replies: number[] = [];
    for (let n = 0; n < 10; n++) replies.push((await new Browser(test).signIn(ROOT, PASSWORD, '000000')).status);
    expect(replies).toEqual([401, 401, 401, 401, 401, 429, 429, 429, 429, 429]);
  });

  it('that is lost has ten codes in its place, each good once', async () => {
    expect(recovery).toHaveLength(10);
    const [first = ''] = recovery;
    expect((await new Browser(test).signIn(ROOT, PASSWORD, first.toLowerCase())).status).toBe(200);
    expect((await new Browser(test).signIn(ROOT, PASSWORD, first)).status).toBe(401);
    expect((await new Browser(test).signIn(ROOT, PASSWORD, recovery[1])).status).toBe(200);
  });

  it('is added and removed by a fresh session only, one at a time', async () => {
    expect((await browser.post('/me/totp')).status).toBe(409);
    test.clock.nowMs += 16 * 60_000;
    expect((await browser.call('DELETE', '/me/totp')).body['needs']).toBe('fresh');
    const code = codeAt(test.clock.nowMs);
    expect((await browser.post('/session/prove', { password: PASSWORD })).body).toMatchObject({ needs: 'code' });
    expect((await browser.post('/session/prove', { password: PASSWORD, code })).status).toBe(200);
    expect((await browser.call('DELETE', '/me/totp')).status).toBe(204);
    expect((await new Browser(test).signIn(ROOT, PASSWORD)).status).toBe(200);
  });

  it('is not added by a token', async () => {
    const { id } = (await browser.call('GET', '/me')).body;
    const { token } = (await browser.post('/tokens', { name: 'ci', user: id })).body;
    expect((await test.call('POST', '/me/totp', { token })).status).toBe(403);
  });

  it('keeps its secret and its codes to itself', async () => {
    const rows = await test.house.database.read(async (sql) =>
      Promise.all(['audit_entries', 'outbox', 'entities'].map(async (table) => sql.all(`SELECT * FROM ${table}`))),
    );
    const all = JSON.stringify(rows);
    for (const each of [secret, ...recovery, ...recovery.map((code) => code.replaceAll('-', ''))]) {
      expect(each).not.toBe('');
      expect(all).not.toContain(each);
    }
  });
});

it('a passkey is both factors: whoever has one is not asked for a code', async () => {
  const device = new SoftwareAuthenticator('http://localhost');
  const made = device.create((await browser.post('/me/passkeys/begin')).body);
  expect((await browser.post('/me/passkeys', { name: 'phone', credential: made })).status).toBe(201);
  const other = new Browser(test);
  const credential = device.get((await other.post('/session/passkey/begin')).body);
  expect((await other.post('/session/passkey', { credential })).status).toBe(200);
  expect((await new Browser(test).signIn(ROOT, PASSWORD)).body).toMatchObject({ needs: 'code' });
});
