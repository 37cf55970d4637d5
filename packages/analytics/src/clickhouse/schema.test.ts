import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { aggregateStatement } from '../sql/aggregate.ts';
import { searchSql } from '../sql/search-sql.ts';
import { COLUMNS } from './columns.ts';
import { CLICKHOUSE } from './dialect.ts';
import { Parameters } from './parameters.ts';
import { TABLES, widenRecords } from './schema.ts';

const golden = (name: string): string => path.join(import.meta.dirname, '__fixtures__', name);
const HOUR_MS = 3_600_000;
const period = { fromMs: 1_000_000, toMs: 1_000_000 + 50 * HOUR_MS };

describe('what ClickHouse is told', () => {
  it('makes the tables that are written down', async () => {
    await expect(`${TABLES.join(';\n')};\n`).toMatchFileSnapshot(golden('tables.sql'));
  });

  it('adds what a table of an older version does not have, and nothing else', () => {
    const all = new Set(['node', 'batch', ...COLUMNS.map(({ name }) => name)]);
    expect(widenRecords(all)).toEqual([]);
    expect(widenRecords(all.difference(new Set(['aiLoss'])))).toEqual([
      'ALTER TABLE records ADD COLUMN IF NOT EXISTS "aiLoss" Nullable(String) CODEC(ZSTD(1))',
    ]);
  });

  it('asks for numbers by the statement that is written down, with what callers chose apart', async () => {
    const { sql, parameters, source } = aggregateStatement(
      {
        period,
        where: [{ dimension: 'api', values: ["it's"] }],
        scope: { apis: ['a'], applications: [], prefixes: ['b.'], except: ['c.'] },
        metrics: ['calls', 'errorRate', 'duration.p99'],
        by: ['api'],
        top: { by: 'calls', limit: 3 },
      },
      {
        dialect: CLICKHOUSE,
        tables: () => ['records'],
        rolled: (levels) => ({ levels, until: { minutes: Infinity, hours: Infinity, days: Infinity } }),
      },
    );
    expect([parameters.values, source]).toEqual([["it's", 'a', 'b.', 'c.'], 'days']);
    await expect(`${sql}\n`).toMatchFileSnapshot(golden('aggregate.sql'));
  });

  it('searches by the conditions that are written down', () => {
    const parameters = new Parameters();
    const asked = {
      period,
      where: [],
      limit: 10,
      contains: [{ field: 'path', text: "x'" }],
      minDurationMs: 5,
    } as const;
    const from = { time: 2_000_000, id: 'z' };
    expect(searchSql(asked, { part: period, from, parameters, dialect: CLICKHOUSE })).toBe(
      'time >= 1000000 AND time < 181000000 AND positionCaseInsensitiveUTF8("path", {p1:String}) > 0 AND "durationMs" >= 5 AND (time < 2000000 OR (time = 2000000 AND id < {p2:String}))',
    );
    expect(parameters.values).toEqual(["x'", 'z']);
  });
});
