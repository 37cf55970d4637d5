import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { startTestPostgres, type TestPostgres } from '@gatehouse/store/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { governedGate, type Json, withoutStandards, type GovernedGate } from './governed-gate.ts';
import { run, type Exit } from './spawned-program.ts';
import { stubUpstream } from './stub-upstream.ts';
import { temporaryFolder } from './temporary-folder.ts';

const W = '/workspaces/default';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
}, 60_000);
afterAll(async () => postgres.stop(), 60_000);

/** A place for a house: a folder, and a database beside it where it is not SQLite. */
interface Place {
  readonly folder: string;
  readonly data: string;
  readonly database?: string;
  readonly args: readonly string[];
}

async function newPlace(kind: string): Promise<Place> {
  const folder = temporaryFolder();
  const data = path.join(folder, 'data');
  if (kind === 'SQLite') return { folder, data, args: ['--data', data] };
  const database = await postgres.newDatabase();
  return { folder, data, database, args: ['--data', data, '--database', database] };
}

function keyCopied(from: Place, to: Place): void {
  mkdirSync(to.data, { recursive: true });
  copyFileSync(path.join(from.data, 'secret.key'), path.join(to.data, 'secret.key'));
}

async function well(args: readonly string[]): Promise<string> {
  const { code, out, err } = await run(args);
  expect([code, err]).toEqual([0, '']);
  return out;
}

/** Fails with one line, and code 2. */
function expectRefused({ code, out, err }: Exit, words: RegExp): void {
  expect([code, out, err.trimEnd().split('\n').length], err).toEqual([2, '', 1]);
  expect(err.trimEnd()).toMatch(words);
}

/** An api that is published, a key that may call it, and a secret of a vendor. */
async function furnished(gate: GovernedGate): Promise<string> {
  await withoutStandards(gate);
  const { url } = await stubUpstream();
  const spec = { basePath: '/v1', upstream: url, access: 'subscribed', routes: [{ method: 'GET', path: '/users' }] };
  const api = await gate.done(`${W}/apis`, { name: 'users' });
  const version = await gate.done(`${W}/versions`, { name: '1.0.0', api: api.id, spec });
  const revision = await gate.done(`${W}/revisions`, { version: version.id });
  const reviewer = await gate.done('/users', { name: 'second@example.com', grants: [{ role: 'reviewer' }] });
  const { token } = await gate.done('/tokens', { name: 'second', user: reviewer.id });
  await gate.done(`${W}/revisions/${revision.id}/approve`, {}, token);
  await gate.done(`${W}/versions/${version.id}/publish`, {});
  const plan = await gate.done(`${W}/plans`, { name: 'gold', apis: ['users'], approval: 'auto', spec: {} });
  await gate.done(`${W}/plans/${plan.id}/publish`, {});
  const application = await gate.done(`${W}/applications`, { name: 'mobile' });
  await gate.done(`${W}/subscriptions`, { application: application.id, api: 'users', plan: 'gold' });
  await gate.done(`${W}/providers`, { name: 'vendor', spec: { kind: 'openai', apiKey: 'sk-of-the-vendor' } });
  const { key } = await gate.done(`${W}/credentials`, { name: 'ci', application: application.id });
  return key;
}

const READS = [
  '/workspaces',
  '/users',
  '/roles',
  ...['apis', 'versions', 'revisions', 'plans', 'applications', 'credentials', 'subscriptions'].map(
    (of) => `${W}/${of}`,
  ),
  `${W}/providers`,
  `${W}/audit?limit=200`,
];

async function readAll(gate: GovernedGate): Promise<Readonly<Record<string, unknown>>> {
  const read: Record<string, unknown> = {};
  for (const to of READS) {
    const items: readonly Json[] = (await gate.done(to))['items'] ?? expect.fail(`${to} has no items`);
    // Reading the audit is an entry of it.
    read[to] = items.filter(({ action }) => action !== 'audit.read');
  }
  return read;
}

const statusOf = async (gate: GovernedGate, key: string): Promise<number> =>
  (await fetch(`${gate.gateway}/v1/users`, { headers: { authorization: `Bearer ${key}` } })).status;

describe.each([
  ['SQLite', 'PostgreSQL'],
  ['PostgreSQL', 'SQLite'],
])('from %s to %s', (from, to) => {
  it('a house moves: all reads are the same, keys pass, the vendor is known, the audit is as it was', async () => {
    const [old, place] = [await newPlace(from), await newPlace(to)];
    const file = path.join(old.folder, 'house.backup');
    const gate = await governedGate(old);
    const key = await furnished(gate);
    expect(await statusOf(gate, key)).toBe(200);
    const reads = await readAll(gate);
    // The gate runs.
    const said = await well(['backup', file, ...old.args]);
    expect(said).toMatch(/^\S+house\.backup: \d+ bytes, all that is stored \(\d+ of entities, /);
    expect(said).toContain(`keep ${path.join(old.data, 'secret.key')} (fingerprint `);
    expect([statSync(file).mode & 0o777, readdirSync(old.folder).filter((name) => name.includes('.part'))]).toEqual([
      0o600,
      [],
    ]);
    expect(gunzipSync(readFileSync(file)).toString()).not.toContain('sk-of-the-vendor');
    expect((await gate.program.stop()).code).toBe(0);

    expectRefused(
      await run(['restore', file, ...place.args]),
      /secret\.key is missing.*put the secret\.key of its house/,
    );
    expect(existsSync(place.data)).toBe(false);
    keyCopied(old, place);
    expect(await well(['restore', file, ...place.args])).toMatch(
      /^restored what was stored at 2\S+Z \(\d+ of entities/,
    );
    expect(await well(['audit', 'verify', ...place.args])).toMatch(/^\d\d+ entries are as they were written, /);

    const moved = await governedGate(place);
    expect(await statusOf(moved, key)).toBe(200);
    expect(await statusOf(moved, `${key.slice(0, -1)}${key.endsWith('x') ? 'y' : 'x'}`)).toBe(401);
    expect(await readAll(moved)).toEqual(reads);
    expectRefused(
      await run(['restore', file, '--force', ...place.args]),
      /is in use by another gatehouse \(process \d+\)/,
    );
    await moved.done(`${W}/teams`, { name: 'later' });
    expect((await moved.program.stop()).code).toBe(0);

    expectRefused(await run(['restore', file, ...place.args]), /the store is not empty \(\d+ of entities.*--force/);
    const forced = JSON.parse(await well(['restore', file, '--force', '--json', ...place.args]));
    expect(forced).toMatchObject({ file, rows: { audit_entries: expect.any(Number) } });
    const again = await governedGate(place);
    expect([(await again.done(`${W}/teams`))['items'], await statusOf(again, key)]).toEqual([[], 200]);
    expect((await again.program.stop()).code).toBe(0);
  }, 120_000);
});

it('a backup that is taken while the gate writes holds one moment', async () => {
  const place = await newPlace('SQLite');
  const gate = await governedGate(place);
  const writer = { isDone: false };
  const writing = (async () => {
    for (let count = 0; !writer.isDone; count++) await gate.done(`${W}/teams`, { name: `team-${count}` });
  })();
  const files = ['1', '2', '3'].map((name) => path.join(place.folder, name));
  for (const file of files) await well(['backup', file, ...place.args]);
  writer.isDone = true;
  await writing;
  await gate.program.stop();
  const counts: number[] = [];
  for (const file of files) {
    await well(['restore', file, '--force', ...place.args]);
    const verdict = JSON.parse(await well(['audit', 'verify', '--json', ...place.args]));
    const rows = gunzipSync(readFileSync(file)).toString().split('\n');
    const teams = rows.filter((row) => row.startsWith('[') && row.includes(',"team","')).length;
    expect(verdict).toMatchObject({ ok: true, entries: teams });
    counts.push(teams);
  }
  expect(counts).toEqual(counts.toSorted((one, other) => one - other));
  expect(counts[0]).toBeLessThan(counts[2] ?? 0);
}, 60_000);

it('what cannot be restored is refused, and everything stays as it was', async () => {
  const place = await newPlace('SQLite');
  const file = path.join(place.folder, 'house.backup');
  const gate = await governedGate(place);
  await gate.done(`${W}/providers`, { name: 'vendor', spec: { kind: 'openai', apiKey: 'sk-of-the-vendor' } });
  expect((await gate.program.stop()).code).toBe(0);
  await well(['backup', file, ...place.args]);
  const taken = readFileSync(file);
  const text = gunzipSync(taken).toString();
  const store = path.join(place.data, 'gatehouse.db');
  const before = readFileSync(store);
  const flipped = Buffer.from(taken);
  flipped[taken.length >> 1] = (flipped[taken.length >> 1] ?? 0) ^ 1;
  const cases: readonly (readonly [Buffer, RegExp])[] = [
    [taken.subarray(0, -100), /it was cut off$/],
    [flipped, /it is damaged|is none of a backup|checksum/],
    [gzipSync(text.replace('"vendor"', '"seller"')), /it is not as it was written: its checksum is another$/],
    [gzipSync(text.slice(0, text.lastIndexOf('{"end"'))), /it was cut off: its end is missing$/],
    [
      gzipSync(text.replace('"format":1', '"format":9')),
      /written by a newer version \(\S+\), restore it with that one$/,
    ],
    [Buffer.from('gatehouse: 1\n'), /it is damaged, or no backup of gatehouse$/],
    [gzipSync('gatehouse: 1\n'), /it is no backup of gatehouse$/],
    [Buffer.alloc(0), /it is no backup of gatehouse: it is empty$|it was cut off$/],
  ];
  for (const [index, [bytes, words]] of cases.entries()) {
    const other = path.join(place.folder, `${index}.backup`);
    writeFileSync(other, bytes);
    expectRefused(await run(['restore', other, '--force', ...place.args]), words);
  }
  expectRefused(await run(['restore', path.join(place.folder, 'none'), ...place.args]), /none: there is no such file$/);
  expectRefused(await run(['restore', place.folder, ...place.args]), /it is a folder$/);
  const env = { GATEHOUSE_SECRET_KEY: 'of another house' };
  const another = /GATEHOUSE_SECRET_KEY \(fingerprint \w{16}\) is not the key of \S+ \(\w{16}\): what is sealed in it/;
  expectRefused(await run(['restore', file, '--force', ...place.args], { env }), another);
  expect(readFileSync(store).equals(before)).toBe(true);
  await well(['restore', file, '--force', ...place.args]);
}, 60_000);

it('what cannot be backed up is refused, and leaves no file', async () => {
  const place = await newPlace('SQLite');
  const file = path.join(place.folder, 'house.backup');
  expectRefused(await run(['backup', file, ...place.args]), /there is no store; name its folder with --data/);
  const gate = await governedGate(place);
  await gate.done(`${W}/providers`, { name: 'vendor', spec: { kind: 'openai', apiKey: 'sk-of-the-vendor' } });
  const env = { GATEHOUSE_SECRET_KEY: 'of another house' };
  const wrong = /^the secret key here is not the one of the store: what is sealed does not open with it$/;
  expectRefused(await run(['backup', file, ...place.args], { env }), wrong);
  const nowhere = path.join(place.folder, 'none', 'house.backup');
  expectRefused(await run(['backup', nowhere, ...place.args]), /the backup cannot be written: ENOENT/);
  expect(readdirSync(place.folder).toSorted()).toEqual(['data', 'gatehouse.yaml']);
  await well(['backup', file, ...place.args]);
  expectRefused(await run(['backup', file, ...place.args]), /there is such a file, name another$/);
  await gate.program.stop();
}, 60_000);

it('a database that another gate uses is not restored under its feet', async () => {
  const [place, other] = [await newPlace('PostgreSQL'), await newPlace('SQLite')];
  const file = path.join(place.folder, 'house.backup');
  const gate = await governedGate(place);
  await well(['backup', file, ...place.args]);
  keyCopied(place, other);
  const elsewhere = ['--data', other.data, '--database', place.database ?? ''];
  expectRefused(
    await run(['restore', file, '--force', ...elsewhere]),
    /another gatehouse uses the database: stop them first, they would serve what is no longer stored$/,
  );
  await gate.program.stop();
  await well(['restore', file, '--force', ...elsewhere]);
}, 60_000);
