import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bucketSql, valueSql } from './latency-bucket.ts';

let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

/** Of each of these times: its bucket, and what that stands for. */
async function kept(times: readonly number[]): Promise<readonly { readonly bucket: number; readonly value: number }[]> {
  const list = times.map((ms) => `(${ms}::DOUBLE)`).join(', ');
  const sql = `SELECT bucket, ${valueSql('bucket')} AS value FROM (SELECT ${bucketSql('ms')} AS bucket FROM (VALUES ${list}) AS t(ms))`;
  const rows = (await connection.runAndReadAll(sql)).getRowObjectsJS();
  return rows.map(({ bucket, value }) => ({ bucket: Number(bucket), value: Number(value) }));
}

describe('a bucket', () => {
  it('loses at most half a percent, from a microsecond to a day', async () => {
    const times: number[] = [];
    for (let ms = 0.001; ms < 86_400_000; ms *= 1.0037) times.push(ms);
    for (const [at, { value }] of (await kept(times)).entries()) {
      const ms = times[at] ?? 0;
      expect(Math.abs(value - ms) / ms).toBeLessThanOrEqual(0.005);
    }
  });

  it('keeps less than a microsecond as nothing', async () => {
    expect((await kept([0, 0.000_9])).map(({ value }) => value)).toEqual([0, 0]);
  });

  it('fits sixteen bits for a hundred years', async () => {
    const [longest] = await kept([100 * 365 * 86_400_000]);
    expect(longest?.bucket).toBeLessThan(32_767);
  });
});
