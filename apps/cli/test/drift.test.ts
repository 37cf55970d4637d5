import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createLogger, sha256Hex } from '@gatehouse/kernel';
import { expect, it, onTestFinished } from 'vitest';
import { startDemoUsers } from '../src/demo/demo-users.ts';
import { driftingService, SEEDS, SHOP } from './drifting-service.ts';
import { governedGate, withoutStandards } from './governed-gate.ts';
import { launch, run, type Exit } from './spawned-program.ts';
import { temporaryFolder } from './temporary-folder.ts';

const PLACES = ['--listen', '127.0.0.1:0', '--status', '127.0.0.1:0', '--workers', '2'];
const TOKEN = { authorization: 'Bearer secret-token' };
const USERS = path.join(import.meta.dirname, '../../../examples/users/openapi.yaml');

// oxlint-disable-next-line typescript/no-explicit-any -- what the command prints
type Report = any;

interface Watching {
  readonly document: string;
  readonly upstream: string;
  /** Of the api. */
  readonly more?: string;
  /** Of the file. */
  readonly rest?: string;
}

/** Serves calls by a gate that looks at each of them, until it has ended. */
async function watched(
  dataDir: string,
  { document, upstream, more = 'access: open, routes: [ { path: "/*" } ]', rest = '' }: Watching,
  calls: (url: string) => Promise<void>,
) {
  const file = path.join(path.dirname(dataDir), 'gatehouse.yaml');
  const watch = '{ drift: { sample: "100%", perSecond: 10000 } }';
  writeFileSync(
    file,
    `gatehouse: 1\napis: { shop: { version: 1.0.0, basePath: /v1, upstream: "${upstream}", openapi: ${JSON.stringify(document)}, policies: [ ${watch} ], ${more} } }\n${rest}\n`,
  );
  const program = launch(['start', '--config', file, '--data', dataDir, ...PLACES]);
  const { gateway } = await program.ready();
  await calls(`${gateway}/v1`);
  expect((await program.stop()).code).toBe(0);
}

async function reported(spec: string, dataDir: string, ...more: readonly string[]): Promise<Exit & { report: Report }> {
  const exit = await run(['drift', spec, '--data', dataDir, '--json', ...more]);
  return { ...exit, report: exit.out === '' ? undefined : JSON.parse(exit.out) };
}

function foundIn(report: Report): readonly string[] {
  return report.operations
    .flatMap((each: Report) => each.findings.map(({ kind, where }: Report) => `${each.operation} ${kind} ${where}`))
    .toSorted();
}

async function callAll(url: string): Promise<void> {
  for (const { call } of SEEDS) await call(url, TOKEN);
  for (let count = 0; count < 20; count++) await fetch(`${url}/things/good`, { headers: TOKEN });
  await fetch(`${url}/things/none`, { headers: TOKEN });
  await fetch(`${url}/internal/jobs/4711?full=1`, { method: 'POST', headers: TOKEN });
  // Without a credential.
  await fetch(`${url}/things/good`);
}

it('each deviation of a service is found, once; what the document lacks can be added, and then only contradictions are left', async () => {
  const folder = temporaryFolder();
  const [document, patched] = [path.join(folder, 'shop.yaml'), path.join(folder, 'patched.yaml')];
  const dataDir = path.join(folder, 'data');
  writeFileSync(document, SHOP);
  const upstream = await driftingService();
  await watched(dataDir, { document, upstream }, callAll);

  const { report, code } = await reported(document, dataDir, '--patch', patched);
  expect(foundIn(report)).toEqual(SEEDS.map(({ found }) => found).toSorted());
  expect(code).toBe(1);
  expect(report.operations.find(({ operation }: Report) => operation === 'GET /things/{id}')).toMatchObject({
    samples: 29,
    conforming: 23,
    statuses: { 200: 27, 404: 1, 410: 1 },
  });
  expect(report.unseenOperations).toEqual(['GET /never']);
  expect(report.unused).toMatchObject([
    { operation: 'GET /things/{id}', where: 'reply 200 application/json /weight', samples: 29 },
  ]);
  expect(report.shadowRoutes).toMatchObject([{ method: 'POST', path: '/internal/jobs/{jobId}', query: ['full'] }]);
  expect(report.security.map(({ operation, verdict }: Report) => `${operation} ${verdict}`)).toEqual([
    'GET /things left-to-the-service',
    'POST /things left-to-the-service',
    'GET /things/{id} unprotected',
    'GET /never unseen',
  ]);

  const text = readFileSync(patched, 'utf8');
  for (const comment of ['# The shop, as it was meant.', '# all of them', '# What is sold.', '# Nobody sends it.']) {
    expect(text).toContain(comment);
  }
  const kept = SHOP.split('\n').filter((line) => !text.includes(line));
  // Two lists in brackets have grown on their own lines.
  expect(kept.length).toBeLessThanOrEqual(2);

  const contradictions = SEEDS.map(({ found }) => found).filter((found) =>
    /missing-required| type |constraint/.test(found),
  );
  const again = await reported(patched, dataDir);
  expect(foundIn(again.report)).toEqual(contradictions.toSorted());

  await watched(path.join(folder, 'again'), { document: patched, upstream }, callAll);
  const anew = await reported(patched, path.join(folder, 'again'));
  expect(foundIn(anew.report)).toEqual(contradictions.toSorted());
  expect([anew.report.shadowRoutes, anew.report.byOtherDocuments]).toEqual([[], 0]);
});

interface Sent extends RequestInit {
  readonly headers?: Readonly<Record<string, string>>;
}

const json = (body: unknown, more: Readonly<Record<string, string>> = {}): Sent => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...more },
});

/** Every operation of the users service, in all the ways in which it answers when nothing is broken. */
async function useUsers(url: string, key: string): Promise<ReadonlySet<string>> {
  const answers = new Set<string>();
  const call = async (to: string, init: Sent = {}): Promise<{ body: Report; etag: string }> => {
    const headers = { ...init.headers, authorization: `Bearer ${key}` };
    const reply = await fetch(url + to, { ...init, headers });
    answers.add(`${init.method ?? 'GET'} ${reply.status}`);
    const text = await reply.text();
    return { body: text === '' ? undefined : JSON.parse(text), etag: reply.headers.get('etag') ?? '' };
  };
  const draft = { email: 'grace@people.example', name: 'Grace' };
  const { body: made, etag } = await call('/users', json(draft, { 'idempotency-key': 'one' }));
  await call('/users', json(draft, { 'idempotency-key': 'one' }));
  await call('/users', json({ ...draft, name: 'Other' }, { 'idempotency-key': 'one' }));
  await call('/users', json(draft));
  await call('/users', json({ name: 7, extra: true }));
  await call('/users', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } });
  await call('/users', { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } });
  const page = await call('/users?limit=2');
  await call(`/users?limit=2&cursor=${page.body.next_cursor}`);
  await call('/users?email=GRACE%40people.example');
  await call('/users?limit=0');
  await call('/users?nobody=knows');
  await call('/users', { headers: { accept: 'text/csv' } });
  await call('/users', { method: 'HEAD' });
  const one = `/users/${made.id}`;
  await call(one);
  await call(one, { headers: { 'if-none-match': etag } });
  await call('/users/usr_01k0f3x9v2m8r5t7w1y4z6b3cd');
  await call('/users/nobody');
  const put = (headers: Readonly<Record<string, string>>, body: unknown = draft): Sent => ({
    ...json(body, headers),
    method: 'PUT',
  });
  await call(one, put({ 'if-match': etag }, { ...draft, name: 'Grace H.' }));
  await call(one, put({ 'if-match': etag }));
  await call(one, put({}));
  await call(one, put({ 'if-match': '*' }, {}));
  await call(one, { method: 'DELETE', headers: { 'if-match': etag } });
  await call(one, { method: 'DELETE' });
  await call(one, { method: 'DELETE' });
  return answers;
}

it('a service that keeps to its document raises no alarm, whatever callers try', async () => {
  const folder = temporaryFolder();
  const log = createLogger({ level: 'error', write: () => {}, now: Date.now });
  const service = await startDemoUsers({ dataDir: folder, instances: 1, log });
  onTestFinished(async () => service.stop());
  const key = 'gh_test_key_for_drift_0123456789';
  const dataDir = path.join(folder, 'data');
  const upstream = `http://127.0.0.1:${service.ports[0]}`;
  const rest = `applications: { mine: { keys: [ { name: a, sha256: "${sha256Hex(key)}" } ] } }`;
  let answers: ReadonlySet<string> = new Set();
  await watched(dataDir, { document: USERS, upstream, more: 'access: key', rest }, async (url) => {
    answers = await useUsers(url, key);
    expect((await fetch(`${url}/users`)).status).toBe(401);
  });
  expect([...answers].toSorted()).toEqual(
    'DELETE 204,DELETE 404,DELETE 412,GET 200,GET 304,GET 400,GET 404,GET 406,HEAD 200,POST 201,POST 400,POST 409,POST 415,POST 422,PUT 200,PUT 412,PUT 422,PUT 428'.split(','), // prettier-ignore
  );

  const { report, code } = await reported(USERS, dataDir, '--fail-on', 'info');
  expect(foundIn(report)).toEqual([]);
  expect([report.conformance, report.level, report.shadowRoutes, report.unseenOperations]).toEqual([
    1,
    undefined,
    [],
    [],
  ]);
  expect(new Set(report.security.map(({ verdict }: Report) => verdict))).toEqual(new Set(['agrees']));
  expect(report.patch).toMatchObject({ operations: [], leftOut: [], verdict: 'compatible' });
  expect(code).toBe(0);
  const told = await run(['drift', USERS, '--data', dataDir]);
  expect(told.out).toContain('nothing was seen that the document does not say');
});

const W = '/workspaces/default';

it('the admin API tells of a published version what the command tells of a file', async () => {
  const folder = temporaryFolder();
  const gate = await withoutStandards(await governedGate({ folder }));
  const reviewer = await gate.done('/users', { name: 'r@example.com', grants: [{ role: 'reviewer' }] });
  const { token } = await gate.done('/tokens', { name: 't', user: reviewer.id });
  const api = await gate.done(`${W}/apis`, { name: 'shop' });
  const spec = {
    basePath: '/v1',
    access: 'open',
    upstream: await driftingService(),
    policies: [{ drift: { sample: '100%' } }],
  };
  const version = await gate.done(`${W}/versions`, { name: '1', api: api.id, spec, document: SHOP });
  const to = `${W}/versions/${version.id}/drift`;
  expect(await gate.done(to)).toMatchObject({ samples: 0, operations: [], byOtherDocuments: 0 });
  const { id: revision } = await gate.done(`${W}/revisions`, { version: version.id });
  await gate.done(`${W}/revisions/${revision}/approve`, {}, token);
  await gate.done(`${W}/versions/${version.id}/publish`, {});

  for (const name of ['good', 'colour', 'nameless']) await fetch(`${gate.gateway}/v1/things/${name}`);
  await expect.poll(async () => (await gate.done(to))['samples'], { timeout: 10_000 }).toBe(3);
  const report = await gate.done(`${to}?patch=true&since=2026-01-01T00:00:00Z`);
  expect(foundIn(report)).toEqual([
    'GET /things/{id} missing-required reply 200 application/json /name',
    'GET /things/{id} unknown-field reply 200 application/json /colour',
  ]);
  expect(report).toMatchObject({ conforming: 2, level: 'error', byOtherDocuments: 0 });
  expect(report['patch']).toMatchObject({
    operations: [{ op: 'add', path: '/components/schemas/Thing/properties/colour' }],
    text: expect.stringContaining('# What is sold.'),
  });
  expect((await gate.ask(`${to}?since=soon`)).status).toBe(422);
  const stranger = await gate.done('/users', { name: 's@example.com', grants: [] });
  const { token: theirs } = await gate.done('/tokens', { name: 't', user: stranger.id });
  expect((await gate.ask(to, { token: theirs })).status).toBe(403);
});

it.each<[string, readonly string[], RegExp]>([
  ['records that are not there', ['--records', 'nowhere'], /nowhere: there is no such folder of records/],
  ['records without an observation', [], /no observation: put the policy `drift` at the api/],
  ['an api that nobody watches', ['--api', 'other'], /no observation of other/],
  ['a level that there is not', ['--fail-on', 'much'], /--fail-on much: write one of/],
  ['a time that is none', ['--since', 'soon'], /--since soon: write a duration/],
])('the command refuses %s, and says why', async (_, args, expected) => {
  const folder = temporaryFolder();
  const document = path.join(folder, 'shop.yaml');
  writeFileSync(document, SHOP);
  mkdirSync(path.join(folder, 'data', 'records'), { recursive: true });
  const exit = await run(['drift', document, '--data', path.join(folder, 'data'), ...args], { cwd: folder });
  expect([exit.code, exit.out]).toEqual([2, '']);
  expect(exit.err).toMatch(expected);
});

it('the command asks which of several versions is meant, unless the document says it', async () => {
  const folder = temporaryFolder();
  const [document, other] = [path.join(folder, 'shop.yaml'), path.join(folder, 'other.yaml')];
  writeFileSync(document, SHOP);
  writeFileSync(other, SHOP.replace('version: 1.0.0', 'version: 7.0.0'));
  const dataDir = path.join(folder, 'data');
  const upstream = await driftingService();
  const watch = `upstream: "${upstream}", access: open, policies: [ { drift: { sample: "100%" } } ]`;
  const rest = `  old: { version: 0.9.0, basePath: /v0, openapi: ${JSON.stringify(document)}, ${watch} }\n`;
  const config = `gatehouse: 1\napis:\n  shop: { version: 1.0.0, basePath: /v1, openapi: ${JSON.stringify(document)}, ${watch} }\n${rest}`;
  writeFileSync(path.join(folder, 'gatehouse.yaml'), config);
  const program = launch(['start', '--config', path.join(folder, 'gatehouse.yaml'), '--data', dataDir, ...PLACES]);
  const { gateway } = await program.ready();
  for (const base of ['v1', 'v0']) await fetch(`${gateway}/${base}/things`);
  await program.stop();
  const none = await run(['drift', other, '--data', dataDir]);
  expect([none.code, none.err]).toEqual([2, expect.stringContaining('--api old --api-version 0.9.0\n  --api shop --api-version 1.0.0')]); // prettier-ignore
  expect((await reported(document, dataDir)).report).toMatchObject({ api: 'shop', version: '1.0.0', samples: 1 });
  expect((await reported(other, dataDir, '--api', 'old')).report).toMatchObject({ api: 'old', byOtherDocuments: 1 });
});
