import { describe } from 'vitest';
import { ledgerContract } from '../../testing/ledger-contract.ts';
import { passingDuckDb } from '../../testing/passing-duckdb.ts';

describe('DuckDbLedger', () => {
  ledgerContract(passingDuckDb);
});
