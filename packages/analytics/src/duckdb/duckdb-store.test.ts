import { describe } from 'vitest';
import { passingDuckDb } from '../testing/passing-duckdb.ts';
import { storeContract } from '../testing/store-contract.ts';

describe('DuckDbStore', () => {
  storeContract(passingDuckDb);
});
