/**
 * A store of many records: what it takes on the disk, and how long questions take that people ask. Run: `node
 * bench/analytics.ts [million records] [days] [folder]`; without, 100 million over 30 days, which wants 15 GB of disk and some
 * twenty minutes. Records are made by the database itself; everything else goes through the store as in the product.
 */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Aggregation, Metric, Period } from '../packages/analytics/src/index.ts';
import { createDay } from '../packages/analytics/src/duckdb/schema.ts';
import { dayTable } from '../packages/analytics/src/duckdb/day-tables.ts';
import { idHashSql } from '../packages/analytics/src/duckdb/id-hash.ts';
import { KEEP_ALL } from '../packages/analytics/src/testing/keep-all.ts';
import { DuckDbStore } from '../packages/analytics/src/duckdb/duckdb-store.ts';
import { summary } from './statistics.ts';

const [millions = 100, days = 30] = process.argv.slice(2).map(Number);
const DAY_MS = 86_400_000;
const END_MS = Date.parse('2026-11-27T00:00:00Z');
const FROM_MS = END_MS - days * DAY_MS;
const PER_DAY = Math.round((millions * 1e6) / days);
/** A folder that is kept, to ask again without making all records anew. */
const [, , kept] = process.argv.slice(2);
const folder = kept ?? mkdtempSync(path.join(os.tmpdir(), 'gatehouse-analytics-'));
const isThere = existsSync(path.join(folder, 'records.duckdb'));
const ROUNDS = 7;

function say(what: string, value: string): void {
  console.log(`${what.padEnd(66)} ${value}`);
}

/** As `newRequestId` makes ids: nine digits of base 32 for the time, then at random. */
const DIGITS = Array.from(
  { length: 9 },
  (_, at) => `substr('0123456789abcdefghijklmnopqrstuv', ((t >> ${(8 - at) * 5}) & 31)::INT + 1, 1)`,
);
const ID = `${DIGITS.join(' || ')} || lower(lpad(to_hex((random() * 4294967295)::BIGINT), 8, '0') || lpad(to_hex((random() * 1099511627775)::BIGINT), 10, '0'))`;

/** Forty routes of eight apis, two hundred applications of which some call most, a tenth of all calls to models. */
function fill(day: number): string {
  const pick = (weights: string): string => `CASE ${weights} END`;
  const model = `r1 < 0.1`;
  const made = `SELECT ${day} + (i * ${DAY_MS} // ${PER_DAY}) AS t, random() AS r1, random() AS r2, random() AS r3, random() AS r4, random() AS r5 FROM range(${PER_DAY}) AS s(i)`;
  const columns: Readonly<Record<string, string>> = {
    node: `CASE WHEN r2 < 0.5 THEN 'gate-1' ELSE 'gate-2' END`,
    '"idHash"': idHashSql('id'),
    id: 'id',
    time: 't',
    worker: '(r3 * 4)::INT',
    config: `'4f1d22aa90c3'`,
    api: `CASE WHEN ${model} THEN 'models' ELSE 'api-' || (r2 * 7)::INT END`,
    version: `'1.' || (r3 * 2)::INT || '.0'`,
    route: `CASE WHEN ${model} THEN 'chat' ELSE 'api-' || (r2 * 7)::INT || ' GET /v1/things-' || (r4 * 5)::INT || '/{id}' END`,
    method: `CASE WHEN r4 < 0.8 THEN 'GET' ELSE 'POST' END`,
    path: `'/v1/things/' || (r5 * 1000000)::INT`,
    host: `'api.example.com'`,
    status: pick(
      'WHEN r5 < 0.9 THEN 200 WHEN r5 < 0.94 THEN 404 WHEN r5 < 0.97 THEN 429 WHEN r5 < 0.99 THEN 500 ELSE 502',
    ),
    code: pick(`WHEN r5 >= 0.94 AND r5 < 0.97 THEN 'limit.rate' WHEN r5 >= 0.99 THEN 'upstream.failed' ELSE NULL`),
    application: `'app-' || (200 * r3 * r3)::INT`,
    credential: `'key-' || (r4 * 2)::INT`,
    plan: pick(`WHEN r3 < 0.3 THEN 'gold' WHEN r3 < 0.6 THEN 'silver' ELSE 'free'`),
    team: `'team-' || (20 * r3 * r3)::INT`,
    '"clientIp"': `'10.0.' || (r2 * 255)::INT || '.' || (r5 * 255)::INT`,
    '"userAgent"': `'client/' || (r2 * 30)::INT`,
    '"bytesIn"': '(r4 * 2000)::BIGINT',
    '"bytesOut"': '(r5 * 20000)::BIGINT',
    '"gatewayMs"': 'round(0.05 + r4 * 0.3, 3)',
    '"durationMs"': 'round(0.35 + 4 / (r5 + 0.002), 3)',
    '"connectMs"': 'round(r2 * 0.4, 3)',
    '"firstByteMs"': 'round(3.5 / (r5 + 0.002), 3)',
    '"bodyMs"': 'round(r3 * 0.2, 3)',
    upstream: `'http://10.1.0.' || (r2 * 20)::INT || ':8080'`,
    attempts: '1',
    '"traceId"': `lpad(to_hex((r1 * 9007199254740991)::BIGINT), 16, '0') || lpad(to_hex((r2 * 9007199254740991)::BIGINT), 16, '0')`,
    '"aiProvider"': `CASE WHEN ${model} THEN CASE WHEN r2 < 0.6 THEN 'openai' ELSE 'anthropic' END END`,
    '"aiModel"': `CASE WHEN ${model} THEN 'model-' || (r3 * 8)::INT END`,
    '"aiStream"': `CASE WHEN ${model} THEN r4 < 0.5 END`,
    '"aiFirstTokenMs"': `CASE WHEN ${model} AND r4 < 0.5 THEN round(100 + r5 * 900, 3) END`,
    '"aiInputTokens"': `CASE WHEN ${model} THEN (r2 * 4000)::BIGINT END`,
    '"aiOutputTokens"': `CASE WHEN ${model} THEN (r3 * 900)::BIGINT END`,
    '"aiCostMicroUsd"': `CASE WHEN ${model} THEN (r4 * 20000)::BIGINT END`,
  };
  const [names, values] = [Object.keys(columns).join(', '), Object.values(columns).join(', ')];
  return `INSERT INTO ${dayTable(day)} (${names}) SELECT ${values} FROM (SELECT *, ${ID} AS id FROM (${made}))`;
}

/** The days after the first are like it, with ids of their own: that takes a third of the time. */
function likeTheFirst(day: number): string {
  const shifted = `SELECT * REPLACE (time + ${day - FROM_MS} AS time), time + ${day - FROM_MS} AS t FROM ${dayTable(FROM_MS)}`;
  const named = `SELECT * EXCLUDE (t) REPLACE (${ID} AS id) FROM (${shifted})`;
  return `INSERT INTO ${dayTable(day)} SELECT * REPLACE (${idHashSql('id')} AS "idHash") FROM (${named})`;
}

async function generate(): Promise<void> {
  await (await DuckDbStore.open({ folder, keep: KEEP_ALL })).close();
  const instance = await DuckDBInstance.create(path.join(folder, 'records.duckdb'), {
    threads: '2',
    memory_limit: '4GB',
  });
  const connection = await instance.connect();
  for (let day = FROM_MS; day < END_MS; day += DAY_MS) {
    await connection.run(createDay(dayTable(day)));
    await connection.run(day === FROM_MS ? fill(day) : likeTheFirst(day));
    for (const [level, size] of [
      ['minutes', 60_000],
      ['hours', 3_600_000],
      ['days', DAY_MS],
    ] as const)
      await connection.run(
        `INSERT INTO unrolled SELECT '${level}', ${day} + i * ${size} FROM range(${DAY_MS / size}) AS s(i)`,
      );
    process.stderr.write(`\r${Math.round((100 * (day + DAY_MS - FROM_MS)) / (END_MS - FROM_MS))} % made`);
  }
  process.stderr.write('\n');
  await connection.run('CHECKPOINT');
  connection.closeSync();
  instance.closeSync();
}

async function timed(what: string, ask: () => Promise<unknown>): Promise<void> {
  const [first, ...rest] = await Array.from({ length: ROUNDS }).reduce<Promise<readonly number[]>>(async (before) => {
    const times = await before;
    const began = performance.now();
    await ask();
    return [...times, performance.now() - began];
  }, Promise.resolve([]));
  say(
    what,
    `first ${(first ?? 0).toFixed(0)} ms, then ${summary(rest).median.toFixed(0)} ms (median of ${rest.length})`,
  );
}

const OVERVIEW: readonly Metric[] = [
  'calls',
  'errors',
  'refused',
  'bytesOut',
  'costMicroUsd',
  'duration.p50',
  'duration.p95',
  'duration.p99',
  'gateway.p99',
];

/** What the first page of a console shows: totals, a course of them, and who leads. */
async function overview(store: DuckDbStore, period: Period, stepMs: number): Promise<void> {
  const base: Aggregation = { period, where: [], metrics: OVERVIEW, by: [] };
  await store.aggregate(base);
  await store.aggregate({ ...base, stepMs });
  const top = { by: 'calls', limit: 10 } as const;
  await store.aggregate({ ...base, metrics: ['calls', 'errorRate'], by: ['api'], top });
  await store.aggregate({ ...base, metrics: ['calls'], by: ['application'], top });
  await store.aggregate({
    ...base,
    metrics: ['costMicroUsd', 'calls'],
    by: ['provider', 'model'],
    top: { by: 'costMicroUsd', limit: 10 },
  });
}

let began = performance.now();
if (!isThere) await generate();
say(`${millions} million records made`, `${((performance.now() - began) / 1000).toFixed(0)} s`);
const store = await DuckDbStore.open({ folder, keep: KEEP_ALL });
say('disk of a million records', `${((await store.facts()).bytes / 1e6 / millions).toFixed(1)} MB`);
began = performance.now();
await store.maintain(END_MS + DAY_MS);
say('all rolled up', `${((performance.now() - began) / 1000).toFixed(0)} s`);
await store.close();
const opened = performance.now();
const again = await DuckDbStore.open({ folder, keep: KEEP_ALL });
say('opened', `${(performance.now() - opened).toFixed(0)} ms`);
say('disk of a million records, with roll-ups', `${((await again.facts()).bytes / 1e6 / millions).toFixed(1)} MB`);
say('file', `${(statSync(path.join(folder, 'records.duckdb')).size / 1e9).toFixed(2)} GB`);

const at = END_MS - 13.37 * 3_600_000;
const whole = { fromMs: FROM_MS, toMs: END_MS };
await timed('overview of 24 h (five questions)', async () =>
  overview(again, { fromMs: at - DAY_MS, toMs: at }, 900_000),
);
await timed(`overview of ${days} days (five questions)`, async () => overview(again, whole, DAY_MS));
await timed('p99 by route, 24 h', async () =>
  again.aggregate({
    period: { fromMs: at - DAY_MS, toMs: at },
    where: [],
    metrics: ['calls', 'duration.p99'],
    by: ['route'],
  }),
);
await timed(`calls by application and status, ${days} days`, async () =>
  again.aggregate({ period: whole, where: [], metrics: ['calls'], by: ['application', 'status'] }),
);
const byStatus = [
  { dimension: 'application', values: ['app-150'] },
  { dimension: 'status', values: ['502'] },
] as const;
await timed(`search by application and status, newest of ${days} days`, async () =>
  again.search({ period: whole, where: byStatus, limit: 50 }),
);
const rare = [
  { dimension: 'application', values: ['app-150'] },
  { dimension: 'status', values: ['418'] },
] as const;
await timed(`the same where there is none in ${days} days`, async () =>
  again.search({ period: whole, where: rare, limit: 50 }),
);
const middle = { fromMs: FROM_MS + (days / 2) * DAY_MS, toMs: FROM_MS + (days / 2) * DAY_MS + 60_000 };
const [known] = (await again.search({ period: middle, where: [], limit: 1 })).records;
if (known === undefined) throw new Error('no record');
await timed('one record by its id', async () => again.find(known.id));
await timed('one record by an id that a caller chose, which is not there', async () => again.find('order-4711'));
say('memory of the process', `${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
await again.close();
if (kept === undefined) rmSync(folder, { recursive: true });
