import { createHash } from 'node:crypto';
import { mintSetupToken, openTicket } from '@gatehouse/services';
import { dueEvents } from '@gatehouse/store';
import { startTestPostgres, type TestPostgres } from '@gatehouse/store/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Browser, PASSWORD, setUpHouse } from './browser.ts';
import { openTestHouse, type Json, type TestHouse } from './house.ts';

let server: TestPostgres | undefined;
beforeAll(async () => {
  server = await startTestPostgres();
}, 60_000);
afterAll(async () => server?.stop());

const W = '/workspaces/default';
const NEXT_PASSWORD = 'nine dry ferrets';
/** Handed over, to be kept and never shown. */
const GIVEN = {
  provider: 'sk-provider-0123456789abcdef',
  another: 'sk-another-0123456789abcdef',
  client: 'client-secret-0123456789abcdef',
  webhook: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
};

/** All kinds of secrets, given, made, changed and taken back. Says what they were. */
async function journey(test: TestHouse): Promise<readonly string[]> {
  const secrets: string[] = [PASSWORD, NEXT_PASSWORD, ...Object.values(GIVEN)];
  const post = async (path: string, body: unknown = {}): Promise<Json> => {
    const reply = await test.call('POST', path, { body });
    expect(reply.status, `${path} ${JSON.stringify(reply.body)}`).toBeLessThan(300);
    return reply.body;
  };
  const patch = async (path: string, body: unknown): Promise<unknown> => {
    const { revision } = (await test.call('GET', path)).body;
    const { status } = await test.call('PATCH', path, { body, headers: { 'if-match': `"${revision}"` } });
    return expect(status).toBe(200);
  };
  const setup = (await mintSetupToken(test.house)) ?? '';
  const root = await setUpHouse(test, setup);
  secrets.push(setup, root.cookie.split('=')[1] ?? '', root.csrf);
  secrets.push((await root.post('/me/totp')).body['secret']);
  const changed = await root.post('/me/password', { current: PASSWORD, password: NEXT_PASSWORD });
  expect(changed.status).toBe(200);
  secrets.push(root.cookie.split('=')[1] ?? '');

  const user = await post('/users', { name: 'somebody@example.com', grants: [{ role: 'developer' }] });
  const events = await test.house.database.read(async (sql) => dueEvents(sql, Number.MAX_SAFE_INTEGER, 1000));
  const invited = events.findLast(({ topic }) => topic === 'user.invited');
  const ticket = openTicket(test.house.cipher, invited?.event ?? {});
  secrets.push(ticket);
  const guest = new Browser(test);
  expect((await guest.post('/password-reset/complete', { ticket, password: PASSWORD })).status).toBe(204);
  secrets.push((await post('/tokens', { name: 'ci', user: user.id })).token);

  const provider = await post(`${W}/providers`, { name: 'openai', spec: { kind: 'openai', apiKey: GIVEN.provider } });
  await patch(`${W}/providers/${provider.id}`, { spec: { apiKey: GIVEN.another } });
  await patch(`${W}/providers/${provider.id}`, { spec: { kind: 'openai', apiKey: '***', timeout: '3s' } });
  const hook = await post(`${W}/webhooks`, {
    name: 'hook',
    url: 'https://example.com/hook',
    topics: ['*.*'],
    secret: GIVEN.webhook,
  });
  await patch(`${W}/webhooks/${hook.id}`, { url: 'https://example.com/other' });
  const spec = { issuer: 'https://id.example.com', clientId: 'gate', clientSecret: GIVEN.client };
  await post('/directories', { name: 'company', spec });

  const application = await post(`${W}/applications`, { name: 'mobile' });
  for (const [name, event] of [
    ['first', 'rotate'],
    ['second', 'revoke'],
    ['third', 'report-leak'],
  ] as const) {
    const credential = await post(`${W}/credentials`, { name, application: application.id });
    secrets.push(credential.key);
    const moved = await post(`${W}/credentials/${credential.id}/${event}`, { reason: 'to see' });
    if (moved.key !== undefined) secrets.push(moved.key);
  }
  return secrets;
}

/** Hashes and ciphertexts as they are kept are nobody's to read either. */
async function keptIn(test: TestHouse): Promise<readonly string[]> {
  const rows = await test.house.database.read(async (sql) => sql.all('SELECT kind, lookup, data FROM entities'));
  return rows.flatMap(({ kind, lookup, data }) => {
    const inside = [...String(data).matchAll(/"(?:\$sealed|phc|hash|secret)":"([^"]{16,})"/g)].map(
      ([, text = '']) => text,
    );
    return typeof lookup === 'string' && kind !== 'user' ? [lookup, ...inside] : inside;
  });
}

for (const [name, place] of [
  ['SQLite', async () => Promise.resolve(':memory:')],
  ['PostgreSQL', async () => (await server?.newDatabase()) ?? ''],
] as const) {
  it(`no secret is in any row of the audit, by any way it could have come there: ${name}`, async () => {
    const test = await openTestHouse(await place());
    const secrets = await journey(test);
    const kept = await keptIn(test);
    const rows = await test.house.database.read(async (sql) =>
      Promise.all(
        ['audit_entries', 'audit_heads', 'audit_checkpoints'].map(async (table) => sql.all(`SELECT * FROM ${table}`)),
      ),
    );
    const { items } = (await test.call('GET', `${W}/audit?limit=200`)).body;
    const ofHouse = (await test.call('GET', '/audit?limit=200')).body.items;
    const all = JSON.stringify([rows, items, ofHouse]);
    expect([items.length > 12, ofHouse.length > 6, secrets.length > 14, kept.length > 10]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    for (const secret of secrets) {
      expect(secret).toEqual(expect.any(String));
      expect(secret.length).toBeGreaterThanOrEqual(16);
    }
    const forms = secrets.flatMap((secret) => [
      secret,
      createHash('sha256').update(secret).digest('hex'),
      Buffer.from(secret).toString('base64').replaceAll('=', ''),
    ]);
    expect([...forms, ...kept].filter((form) => all.includes(form))).toEqual([]);
    expect(all).not.toMatch(/argon2|\$sealed/);
    await test.close();
  }, 60_000);
}
