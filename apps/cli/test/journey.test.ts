import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MailServer } from '@gatehouse/services/testing';
import { startTestPostgres, type TestPostgres } from '@gatehouse/store/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { governedGate, type GovernedGate, type Json } from './governed-gate.ts';
import { stubUpstream } from './stub-upstream.ts';
import { temporaryFolder } from './temporary-folder.ts';

const W = '/workspaces/default';
const USERS = readFileSync(path.join(import.meta.dirname, '../../../examples/users/openapi.yaml'), 'utf8');
/** Under which address people reach the console. */
const PUBLIC = 'https://gate.example.com';
/** Records come to the disk in pieces. */
const RECORDED_MS = 1000;
const DAY_MS = 86_400_000;
/** Long enough for what happens before the end of a version, short enough to wait for. */
const LAST_MS = 12_000;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
}, 60_000);
afterAll(async () => postgres.stop());

const at = (ms: number): string => new Date(Date.now() + ms).toISOString();

async function person(gate: GovernedGate, name: string, role: string): Promise<string> {
  const user = await gate.done('/users', { name: `${name}@example.com`, grants: [{ role }] });
  return (await gate.done('/tokens', { name: 'journey', user: user.id })).token;
}

const jsonOf = (text: string): Json => JSON.parse(text);

/** Comes in by themselves: by a link that only whoever reads their mail has. */
async function signedUpDeveloper(
  gate: GovernedGate,
  mail: MailServer,
): Promise<{ readonly developer: string; readonly team: string }> {
  const [workspace] = (await gate.done('/workspaces'))['items'];
  await changed(gate, `/workspaces/${workspace.id}`, { signUp: { approval: 'auto' } });
  const fetched = async (to: string, body: object): Promise<Response> =>
    fetch(`${gate.admin}${to}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: PUBLIC },
      body: JSON.stringify(body),
    });
  const asked = { workspace: 'default', name: 'developer@partner.example', team: 'Partner' };
  expect((await fetched('/sign-up', asked)).status).toBe(204);
  await expect.poll(() => mail.ticketFor(asked.name), { timeout: 20_000 }).not.toBe('');
  const reply = await fetched('/sign-up/complete', {
    ticket: mail.ticketFor(asked.name),
    password: 'seven wet badgers',
  });
  const signedIn = jsonOf(await reply.text());
  expect(reply.status, JSON.stringify(signedIn)).toBe(200);
  const [cookie = ''] = reply.headers.getSetCookie()[0]?.split(';') ?? [];
  const browser = { cookie, origin: PUBLIC, 'x-gatehouse-csrf': signedIn['csrf'], 'content-type': 'application/json' };
  const issued = await fetch(`${gate.admin}/tokens`, {
    method: 'POST',
    headers: browser,
    body: JSON.stringify({ name: 'journey', user: signedIn['user'].id }),
  });
  const { token } = jsonOf(await issued.text());
  const [team] = (await gate.done(`${W}/teams`))['items'];
  return { developer: token, team: team.id };
}

async function sealedAndApproved(gate: GovernedGate, version: string, people: readonly string[]): Promise<Json> {
  const [author, reviewer] = people;
  const revision = await gate.done(`${W}/revisions`, { version }, author);
  await gate.done(`${W}/revisions/${revision.id}/approve`, {}, reviewer);
  return gate.done(`${W}/versions/${version}/publish`, {}, author);
}

async function changed(gate: GovernedGate, to: string, body: object, token?: string): Promise<Json> {
  const { revision } = await gate.done(to, undefined, token);
  const reply = await gate.ask(to, { method: 'PATCH', body, token, headers: { 'if-match': `"${revision}"` } });
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  return reply.body;
}

it.each(['SQLite', 'PostgreSQL'])(
  'an api goes the whole way from a document to its end, on %s',
  async (kind) => {
    const { url } = await stubUpstream();
    const database = kind === 'SQLite' ? undefined : await postgres.newDatabase();
    const mail = await MailServer.open();
    const env = { GATEHOUSE_SMTP_URL: mail.url, GATEHOUSE_MAIL_FROM: 'gate@example.com' };
    const gate = await governedGate({
      folder: temporaryFolder(),
      env,
      publicUrl: PUBLIC,
      ...(database !== undefined && { database }),
    });
    const author = await person(gate, 'author', 'publisher');
    const reviewer = await person(gate, 'reviewer', 'reviewer');

    // Imported with a fault: standards refuse it until it is mended, and a second person has to agree.
    const spec = { basePath: '/v1', upstream: url, access: 'subscribed' };
    const shown = { visibility: 'public' };
    const faulty = USERS.replace('/users/{id}:', '/Users/{id}:');
    const { version } = await gate.done(`${W}/imports`, { text: faulty, api: 'users', version: '1', spec }, author);
    const refused = await gate.ask(`${W}/revisions`, { body: { version: version.id }, token: author });
    expect([refused.status, refused.body['code'], refused.body['findings'][0].rule]).toEqual([
      422,
      'admin.standards',
      'C01',
    ]);
    await changed(gate, `${W}/versions/${version.id}`, { document: USERS }, author);
    const published = await sealedAndApproved(gate, version.id, [author, reviewer]);
    expect(published).toMatchObject({ state: 'published', enforcement: { workers: { enforcing: 2, of: 2 } } });

    // A developer signs up, finds the api, asks for a plan, somebody agrees, calls pass.
    const { developer, team } = await signedUpDeveloper(gate, mail.server);
    const plan = await gate.done(`${W}/plans`, { name: 'gold', apis: ['users'], approval: 'manual', spec: {} }, author);
    await gate.done(`${W}/plans/${plan.id}/publish`, {}, author);
    await changed(gate, `${W}/apis/${published['api']}`, shown, author);
    const catalog = await gate.done(`${W}/catalog`, undefined, developer);
    expect(catalog['items']).toMatchObject([{ name: 'users', versions: [{ name: '1' }], plans: [{ name: 'gold' }] }]);
    const application = await gate.done(`${W}/applications`, { name: 'mobile', team }, developer);
    const { key, id: credential } = await gate.done(
      `${W}/credentials`,
      { name: 'ci', application: application.id },
      developer,
    );
    const asked = { application: application.id, api: 'users', plan: 'gold' };
    const subscription = await gate.done(`${W}/subscriptions`, asked, developer);
    const call = async (to = '/v1/users'): Promise<Response> =>
      fetch(`${gate.gateway}${to}`, { headers: { authorization: `Bearer ${key}` } });
    expect([subscription.state, (await call()).status]).toEqual(['pending', 403]);
    await gate.done(`${W}/subscriptions/${subscription.id}/approve`, {}, author);
    expect((await call()).status).toBe(200);

    const deleted = await fetch(`${gate.gateway}/v1/users/7`, { method: 'DELETE', headers: { 'x-api-key': key } });
    expect(deleted.status).toBe(200);
    await sleep(RECORDED_MS);

    // What would break callers is refused, with who they are; as a new version it is welcome.
    const breaking = ['delete', 'IfMatch'].reduce(
      (text, name) => text.replace(new RegExp(`\\n {4}${name}:\\n(?: {5,}.*\\n|\\n)*`), '\n'),
      USERS,
    );
    expect(breaking).not.toBe(USERS);
    await changed(gate, `${W}/versions/${version.id}`, { document: breaking }, author);
    const broken = await gate.ask(`${W}/revisions`, { body: { version: version.id }, token: author });
    expect(broken.body).toMatchObject({
      code: 'admin.standards',
      semver: 'major',
      impact: { subscribers: ['mobile'], affected: [{ application: 'mobile', calls: 1 }] },
    });
    const next = await gate.done(
      `${W}/versions`,
      {
        name: '2',
        api: version.api ?? (await gate.done(`${W}/versions/${version.id}`))['api'],
        document: breaking,
        spec: { ...spec, basePath: '/v2' },
      },
      author,
    );
    await sealedAndApproved(gate, next.id, [author, reviewer]);
    expect((await call('/v2/users')).status).toBe(200);

    // The old one is taken out of use: told, practised, ended.
    const sunset = at(LAST_MS);
    const end = { sunset, deprecatedAt: at(-31 * DAY_MS), successor: 'https://api.example.com/v2' };
    await gate.done(`${W}/versions/${version.id}/deprecate`, end, author);
    const told = await call();
    expect([
      told.status,
      told.headers.has('deprecation'),
      told.headers.has('sunset'),
      told.headers.get('link'),
    ]).toEqual([200, true, true, expect.stringContaining('successor-version')]);
    await gate.done(`${W}/versions/${version.id}/brownout`, { windows: [{ from: at(-1000), to: at(5000) }] }, author);
    expect((await call()).status).toBe(503);
    await sleep(Math.max(0, Date.parse(sunset) - Date.now() + 100));
    const retiring = await gate.done(
      `${W}/versions/${version.id}/retire`,
      { force: true, reason: 'all have moved' },
      author,
    );
    expect(retiring.state).toBe('deprecated');
    const second = await person(gate, 'second', 'publisher');
    await gate.done(`${W}/approvals/${retiring['approval']}/approve`, {}, second);
    const gone = await call();
    expect([gone.status, gone.headers.get('link'), (await call('/v2/users')).status]).toEqual([
      410,
      expect.stringContaining('successor-version'),
      200,
    ]);

    await gate.done(`${W}/credentials/${credential}/revoke`, {}, developer);
    expect((await call('/v2/users')).status).toBe(401);
    const audit = await gate.done(`${W}/audit?limit=200`);
    expect(JSON.stringify(audit)).not.toContain(key);
  },
  120_000,
);
