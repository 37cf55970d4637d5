import { statSync } from 'node:fs';
import type { ExportOrder } from '../analytics-store.ts';
import { ofRecord, quoted } from '../sql/columns.ts';
import { DUCKDB } from './dialect.ts';
import { COLUMNS } from './columns.ts';
import { conditionsSql, within } from '../sql/conditions.ts';
import { numberOf, type Connection } from './connection.ts';
import { dayTable, type DayTables } from './day-tables.ts';
import { Parameters } from './parameters.ts';

const FORMATS = {
  parquet: `FORMAT parquet, COMPRESSION zstd`,
  csv: 'FORMAT csv, HEADER true',
} as const;

export interface Exported {
  readonly records: number;
  readonly bytes: number;
}

/** Writes the records of a period to a file, the oldest day first. */
export async function exportRecords(
  order: ExportOrder,
  { read, days }: { readonly read: Connection; readonly days: DayTables },
): Promise<Exported> {
  const { period, scope, format, file } = order;
  const parameters = new Parameters();
  const filter = conditionsSql({ where: [], scope }, { of: ofRecord, parameters, dialect: DUCKDB });
  const select = `SELECT node, ${COLUMNS.map((column) => columnSql(column, format)).join(', ')}`;
  const tables = days
    .within(period)
    .map((day) => `${select} FROM ${dayTable(day)} WHERE ${within(period, 'time')}${filter}`);
  const all =
    tables.length === 0
      ? `${select} FROM (SELECT NULL AS node, ${COLUMNS.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${quoted(name)}`).join(', ')}) WHERE false`
      : tables.join(' UNION ALL ');
  const [row] = await read.rows(`COPY (${all}) TO '${file.replaceAll("'", "''")}' (${FORMATS[format]})`, parameters);
  return { records: numberOf(row, 'Count'), bytes: statSync(file).size };
}

/** A text that a spreadsheet would take for a formula gets a `'` in front (OWASP, CSV injection): callers choose some of them. */
function columnSql({ name, type }: (typeof COLUMNS)[number], format: ExportOrder['format']): string {
  const column = quoted(name);
  if (format !== 'csv' || type !== 'VARCHAR') return column;
  return String.raw`CASE WHEN regexp_matches(${column}, '^[=+\-@\t\r]') THEN '''' || ${column} ELSE ${column} END AS ${column}`;
}
