import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it, onTestFinished } from 'vitest';
import { KEEP_ALL } from '../testing/keep-all.ts';
import { linesOf, sampleCalls } from '../testing/sample-calls.ts';
import { dayTable } from './day-tables.ts';
import { DuckDbStore } from './duckdb-store.ts';

it('a store of a version that knew fewer fields gets those that it lacks', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-widen-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const fromMs = Date.parse('2026-11-24T12:00:00Z');
  const append = async (store: DuckDbStore, offset: number): Promise<void> => {
    const lines = linesOf(sampleCalls({ count: 5, fromMs, toMs: fromMs + 1000, seed: offset }));
    await store.append({ node: 'gate', lines, next: { sequence: 1, offset }, holes: [] });
  };
  const before = await DuckDbStore.open({ folder, keep: KEEP_ALL });
  await append(before, 1);
  await before.close();
  const instance = await DuckDBInstance.create(path.join(folder, 'records.duckdb'));
  const connection = await instance.connect();
  for (const column of ['waits', '"aiLoss"'])
    await connection.run(`ALTER TABLE ${dayTable(fromMs)} DROP COLUMN ${column}`);
  connection.closeSync();
  instance.closeSync();
  const after = await DuckDbStore.open({ folder, keep: KEEP_ALL });
  await append(after, 2);
  const { records } = await after.search({ period: { fromMs, toMs: fromMs + 1000 }, where: [], limit: 20 });
  expect(records).toHaveLength(10);
  await after.close();
});
