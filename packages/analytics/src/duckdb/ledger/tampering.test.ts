import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LedgerVerdict } from '../../ledger/ledger-store.ts';
import { KEEP_ALL } from '../../testing/keep-all.ts';
import { linesOf, sampleCalls } from '../../testing/sample-calls.ts';
import { Connection } from '../connection.ts';
import { DuckDbStore } from '../duckdb-store.ts';
import { DuckDbLedger } from './duckdb-ledger.ts';
import { LEDGER_COLUMNS } from './ledger-tables.ts';

const DAY_MS = 86_400_000;
const FROM_MS = Date.parse('2026-11-20T00:00:00Z');
let base: string;
let heads: LedgerVerdict['heads'];
let copy: Connection;
let instance: DuckDBInstance;

beforeAll(async () => {
  base = mkdtempSync(path.join(tmpdir(), 'gatehouse-tampering-'));
  const store = await DuckDbStore.open({ folder: path.join(base, 'whole'), keep: KEEP_ALL });
  for (const [at, node] of ['a', 'b'].entries()) {
    const records = sampleCalls({ count: 100, fromMs: FROM_MS, toMs: FROM_MS + 5 * DAY_MS, seed: at + 1 });
    const inOrder = records.toSorted((one, other) => one.time - other.time);
    await store.append({ node, lines: linesOf(inOrder), next: { sequence: 1, offset: 0 }, holes: [] });
  }
  const rates = { input: 1, cached: 1, output: 1, reasoning: 1 };
  const prices = [{ provider: 'openai', model: 'small', priceVersion: 'p2', rates }];
  const period = { fromMs: 0, toMs: FROM_MS * 2 };
  await store.ledger.rerate({ period, where: [], prices, ratedMs: 7, dryRun: false });
  const whole = await store.ledger.verify({ kept: [] });
  expect(whole.problem).toBeUndefined();
  heads = whole.heads;
  await store.close();
  cpSync(path.join(base, 'whole'), path.join(base, 'copy'), { recursive: true });
  instance = await DuckDBInstance.create(path.join(base, 'copy', 'records.duckdb'));
  copy = await Connection.open(instance);
  for (const table of ['ledger', 'ledger_heads']) await copy.run(`CREATE TABLE whole_${table} AS FROM ${table}`);
});
afterAll(() => {
  copy.close();
  instance.closeSync();
  rmSync(base, { recursive: true });
});

/** What verifying says of a copy of the file on which these statements were run; the copy is as it was afterwards. */
async function after(statements: readonly string[], kept: readonly string[] = []): Promise<LedgerVerdict> {
  const ledger = new DuckDbLedger({
    folder: base,
    inTurn: async (work) => work(copy),
    beside: async (work) => work(copy),
  });
  for (const statement of statements)
    expect((await copy.exactRows(statement))[0]?.['Count'], statement).toBeGreaterThan(0n);
  const verdict = await ledger.verify({ kept });
  for (const table of ['ledger', 'ledger_heads']) {
    await copy.run(`DELETE FROM ${table}`);
    await copy.run(`INSERT INTO ${table} FROM whole_${table}`);
  }
  return verdict;
}

describe('a ledger in which somebody has been', () => {
  it.each(LEDGER_COLUMNS.map(({ name, type }) => [name, type] as const))(
    'shows the row of which %s was changed, or taken away',
    async (name, type) => {
      const other = type === 'BIGINT' ? `coalesce("${name}", 0) + 1` : `coalesce("${name}", '') || 'x'`;
      const { problem } = await after([`UPDATE ledger SET "${name}" = ${other} WHERE node = 'b' AND seq = 4`]);
      expect(problem).toMatchObject({ node: 'b', seq: 4 });
      const isThere = name !== 'of' && name !== 'ratedMs';
      const changed = isThere ? `SET "${name}" = NULL` : `SET "${name}" = 0`;
      const missing = await after([
        `UPDATE ledger ${changed} WHERE node = 'b' AND seq = (SELECT min(seq) FROM ledger WHERE node = 'b' AND seq > 3 AND ${isThere ? `"${name}" IS NOT NULL` : 'true'})`,
      ]);
      expect(missing.problem?.what).toBeDefined();
    },
  );

  it.each<[string, string[], object]>([
    ['a row was taken out', [`DELETE FROM ledger WHERE node = 'a' AND seq = 7`], { node: 'a', seq: 7 }],
    [
      'a row stands there twice',
      [`INSERT INTO ledger SELECT * FROM ledger WHERE node = 'a' AND seq = 7`],
      { node: 'a', seq: 8, what: 'row 7 stands where 8 belongs' },
    ],
    [
      'two rows have changed places',
      [`UPDATE ledger SET seq = CASE seq WHEN 3 THEN 4 ELSE 3 END WHERE node = 'a' AND seq IN (3, 4)`],
      { node: 'a', seq: 3 },
    ],
    [
      'a row was put in, and all behind it moved',
      [
        `UPDATE ledger SET seq = seq + 1 WHERE node = 'a' AND seq > 5`,
        `INSERT INTO ledger SELECT * REPLACE (6 AS seq) FROM ledger WHERE node = 'a' AND seq = 5`,
      ],
      { node: 'a', seq: 6 },
    ],
    [
      'a row has gone to another gate',
      [`UPDATE ledger SET node = 'b' WHERE node = 'a' AND seq = 2`],
      { node: 'a', seq: 2 },
    ],
    [
      'a row is of a gate that nobody knows',
      [`UPDATE ledger SET node = 'c' WHERE node = 'b' AND seq = 9`],
      { node: 'b', seq: 9 },
    ],
    [
      'the end was cut off',
      [`DELETE FROM ledger WHERE node = 'b' AND seq > 5`],
      { node: 'b', seq: 6, what: expect.stringMatching(/^it is missing: the chain had \d+ rows$/) },
    ],
    ['the beginning was cut off', [`DELETE FROM ledger WHERE node = 'a' AND seq < 4`], { node: 'a', seq: 1 }],
    ['a whole chain was taken out', [`DELETE FROM ledger WHERE node = 'b'`], { node: 'b', seq: 1 }],
    [
      'nothing says where a chain ends',
      [`DELETE FROM ledger_heads WHERE node = 'b'`],
      { node: 'b', what: 'nothing says where this chain ends' },
    ],
    ['the head is another', [`UPDATE ledger_heads SET hash = repeat('a', 64) WHERE node = 'a'`], { node: 'a' }],
    ['the anchor is another', [`UPDATE ledger_heads SET "anchorSeq" = 1 WHERE node = 'a'`], { node: 'a' }],
  ])('shows that %s', async (_, statements, expected) => {
    expect((await after(statements)).problem).toMatchObject(expected);
  });

  it('shows by a head that was kept that it was cut off with its own head', async () => {
    const cut = [
      `UPDATE ledger_heads SET seq = 5, hash = (SELECT hash FROM ledger WHERE node = 'b' AND seq = 5) WHERE node = 'b'`,
      `DELETE FROM ledger WHERE node = 'b' AND seq > 5`,
    ];
    const kept = heads.map(({ hash }) => hash);
    expect((await after(cut)).problem).toBeUndefined();
    const { problem } = await after(cut, kept);
    expect(problem?.what).toContain(heads.find(({ node }) => node === 'b')?.hash);
  });
});

describe('a ledger of which the oldest is not kept any more', () => {
  it('is verified from its anchor on, and shows what is wrong behind that', async () => {
    const short = { ...KEEP_ALL, ledgerMs: 2 * DAY_MS };
    const folder = path.join(base, 'old');
    cpSync(path.join(base, 'whole'), folder, { recursive: true });
    const store = await DuckDbStore.open({ folder, keep: short });
    const all = { period: { fromMs: 0, toMs: FROM_MS * 2 }, where: [], by: [] };
    const [before] = await store.ledger.sums(all);
    await store.maintain(FROM_MS + 5 * DAY_MS);
    const verdict = await store.ledger.verify({ kept: heads.map(({ hash }) => hash) });
    expect(verdict).toMatchObject({ heads, problem: undefined });
    const [rest] = await store.ledger.sums(all);
    expect(rest?.calls).toBeGreaterThan(0n);
    expect(rest?.calls).toBeLessThan(before?.calls ?? 0n);
    // Of a call that is gone, no difference is left over to be counted.
    const kept = { ...all, period: { fromMs: FROM_MS + 3 * DAY_MS, toMs: FROM_MS * 2 } };
    expect(await store.ledger.sums(kept)).toEqual([rest]);
    const more = sampleCalls({ count: 30, fromMs: FROM_MS + 5 * DAY_MS, toMs: FROM_MS + 6 * DAY_MS, seed: 4 });
    await store.append({ node: 'a', lines: linesOf(more), next: { sequence: 2, offset: 0 }, holes: [] });
    expect((await store.ledger.verify({ kept: [] })).problem).toBeUndefined();
    await store.maintain(FROM_MS + 90 * DAY_MS);
    expect(await store.ledger.verify({ kept: [] })).toMatchObject({ rows: 0, problem: undefined });
    await store.close();
  });
});
