import { describe } from 'vitest';
import { DuckDbStore } from '../duckdb/duckdb-store.ts';
import { KEEP_ALL } from '../testing/keep-all.ts';
import { shippedLedgerContract, shipperContract } from '../testing/shipper-contract.ts';

describe('Shipper', () => {
  shipperContract(async (folder) => DuckDbStore.open({ folder, keep: KEEP_ALL }));
  shippedLedgerContract(async (folder) => DuckDbStore.open({ folder, keep: KEEP_ALL }));
});
