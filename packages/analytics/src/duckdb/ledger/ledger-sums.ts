import type { LedgerCondition, LedgerDimension, LedgerSumsQuery, LedgerSumsRow } from '../../ledger/ledger-store.ts';
import type { Scope } from '../../query/query.ts';
import { quoted } from '../../sql/columns.ts';
import { conditionsSql, ms } from '../../sql/conditions.ts';
import { numberOf, textOf, type Connection, type Row } from '../connection.ts';
import { DUCKDB } from '../dialect.ts';
import { Parameters } from '../parameters.ts';

/** Of what has been rated again, tokens are in the row of the call. */
const SUMS = {
  calls: `count(*) FILTER (kind = 'call')`,
  inputTokens: 'sum("inputTokens")',
  cachedTokens: 'sum("cachedTokens")',
  outputTokens: 'sum("outputTokens")',
  reasoningTokens: 'sum("reasoningTokens")',
  costMicroUsd: 'sum("costMicroUsd")',
  reratedMicroUsd: `sum("costMicroUsd") FILTER (kind = 'rerate')`,
  estimatedCalls: `count(*) FILTER (kind = 'call' AND usage <> 'measured')`,
} as const;

type Sum = keyof typeof SUMS;

export async function ledgerSums(read: Connection, query: LedgerSumsQuery): Promise<readonly LedgerSumsRow[]> {
  const { by, stepMs } = query;
  const parameters = new Parameters();
  const step = stepMs === undefined ? [] : [`time // ${ms(stepMs)} * ${ms(stepMs)} AS "atMs"`];
  const keys = [...step, ...by.map((name) => `${dimensionSql(name)} AS ${quoted(name)}`)];
  const sums = Object.entries(SUMS).map(([name, sql]) => `coalesce(${sql}, 0) AS ${quoted(name)}`);
  const names = [...(stepMs === undefined ? [] : ['"atMs"']), ...by.map(quoted)];
  const rows = await read.exactRows(
    `SELECT ${[...keys, ...sums].join(', ')} FROM ledger WHERE ${rowsSql(query, parameters)} ${names.length > 0 ? `GROUP BY ALL ORDER BY ${names.join(', ')}` : ''}`,
    parameters,
  );
  return rows.map((row) => sumsRow(row, query));
}

/** Which rows are asked for; without what is left of a call that itself is forgotten. */
export function rowsSql(
  { period, where, scope }: Pick<LedgerSumsQuery, 'period' | 'where' | 'scope'>,
  parameters: Parameters,
): string {
  const parts = [
    `time >= ${ms(period.fromMs)} AND time < ${ms(period.toMs)}`,
    `("of" IS NULL OR "of" > (SELECT coalesce(max("anchorSeq"), 0) FROM ledger_heads AS h WHERE h.node = ledger.node))`,
    ...where.map((condition) => conditionSql(condition, parameters)),
  ];
  return parts.join(' AND ') + scopeSql(scope, parameters);
}

function conditionSql({ dimension, values }: LedgerCondition, parameters: Parameters): string {
  if (values.length === 0) return 'false';
  return `${dimensionSql(dimension)} IN (${values.map((value) => parameters.add(value)).join(', ')})`;
}

function scopeSql(scope: Scope | undefined, parameters: Parameters): string {
  return conditionsSql(
    { where: [], scope },
    { of: (name) => `coalesce(${quoted(name)}, '')`, parameters, dialect: DUCKDB },
  );
}

const dimensionSql = (name: LedgerDimension): string => `coalesce(${quoted(name)}, '')`;

function sumsRow(row: Row, { by, stepMs }: LedgerSumsQuery): LedgerSumsRow {
  const key = Object.fromEntries(by.map((name) => [name, textOf(row, name)]));
  const of = (name: Sum): bigint => wide(row[name]);
  return {
    key,
    ...(stepMs !== undefined && { atMs: Number(wide(row['atMs'])) }),
    calls: of('calls'),
    inputTokens: of('inputTokens'),
    cachedTokens: of('cachedTokens'),
    outputTokens: of('outputTokens'),
    reasoningTokens: of('reasoningTokens'),
    costMicroUsd: of('costMicroUsd'),
    reratedMicroUsd: of('reratedMicroUsd'),
    estimatedCalls: of('estimatedCalls'),
  };
}

function wide(value: unknown): bigint {
  return typeof value === 'bigint' ? value : BigInt(numberOf({ value }, 'value'));
}
