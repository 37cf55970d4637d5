import { describe } from 'vitest';
import { DuckDbStore } from '../duckdb/duckdb-store.ts';
import { shippedLedgerContract, shipperContract } from '../testing/shipper-contract.ts';

const YEAR_MS = 365 * 86_400_000;
const keep = {
  recordsMs: YEAR_MS,
  bodiesMs: YEAR_MS,
  minutesMs: YEAR_MS,
  hoursMs: YEAR_MS,
  daysMs: YEAR_MS,
  bytesMax: 1e12,
};

describe('Shipper', () => {
  shipperContract(async (folder) => DuckDbStore.open({ folder, keep }));
  shippedLedgerContract(async (folder) => DuckDbStore.open({ folder, keep }));
});
