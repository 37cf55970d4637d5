import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, onTestFinished } from 'vitest';
import { ledgerContract, type OpenedLedger } from '../../testing/ledger-contract.ts';
import { DuckDbStore } from '../duckdb-store.ts';

const YEAR_MS = 365 * 86_400_000;
const keep = {
  recordsMs: YEAR_MS,
  bodiesMs: YEAR_MS,
  minutesMs: YEAR_MS,
  hoursMs: YEAR_MS,
  daysMs: YEAR_MS,
  bytesMax: 1e12,
};

async function open(): Promise<OpenedLedger> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-ledger-'));
  let store = await DuckDbStore.open({ folder, keep });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const reopen = async (): Promise<DuckDbStore> => {
    await store.close();
    store = await DuckDbStore.open({ folder, keep });
    return store;
  };
  return { store, reopen };
}

describe('DuckDbLedger', () => {
  ledgerContract(open);
});
