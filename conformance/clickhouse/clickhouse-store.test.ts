import {
  ClickHouseStore,
  HttpConnection,
  KEEP_ALL,
  parseClickHouseUrl,
  shipperContract,
  storeContract,
} from '@gatehouse/analytics/testing';
import { systemClock } from '@gatehouse/kernel';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { hasEngine, startEngine, type Engine } from './engine.ts';

/** Has chdb; see `prepare.sh`. */
const PYTHON = process.env['GATEHOUSE_CHDB'] ?? 'python3';

describe.skipIf(!hasEngine(PYTHON))('ClickHouseStore', () => {
  let engine: Engine;
  let databases = 0;
  beforeAll(async () => {
    engine = await startEngine(PYTHON);
  });
  afterAll(async () => engine.stop());

  const storeOn = (database: string): ClickHouseStore => {
    const place = parseClickHouseUrl(`clickhouse://127.0.0.1:${engine.port}/${database}`);
    const store = new ClickHouseStore({
      connection: new HttpConnection({ place }),
      keep: KEEP_ALL,
      clock: systemClock,
    });
    onTestFinished(async () => store.close());
    return store;
  };

  storeContract(async () => {
    const database = `records_${++databases}`;
    return { store: storeOn(database), reopen: async () => Promise.resolve(storeOn(database)) };
  });

  shipperContract(async () => Promise.resolve(storeOn(`shipped_${++databases}`)));
});
