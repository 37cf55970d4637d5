import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { DuckDbStore } from '../duckdb/duckdb-store.ts';
import { KEEP_ALL } from './keep-all.ts';

export interface PassingDuckDb {
  readonly store: DuckDbStore;
  /** Opens it again, as after a restart. */
  readonly reopen: () => Promise<DuckDbStore>;
}

/** A store that goes with its test. */
export async function passingDuckDb(): Promise<PassingDuckDb> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-duckdb-'));
  let store = await DuckDbStore.open({ folder, keep: KEEP_ALL });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const reopen = async (): Promise<DuckDbStore> => {
    await store.close();
    store = await DuckDbStore.open({ folder, keep: KEEP_ALL });
    return store;
  };
  return { store, reopen };
}
