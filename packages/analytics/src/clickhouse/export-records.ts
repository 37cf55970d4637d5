import { statSync } from 'node:fs';
import type { ExportOrder } from '../analytics-store.ts';
import { ofRecord, quoted } from '../sql/columns.ts';
import { conditionsSql, within } from '../sql/conditions.ts';
import { numberOf } from '../sql/rows.ts';
import { COLUMNS, type Column } from './columns.ts';
import type { Connection } from './connection.ts';
import { CLICKHOUSE } from './dialect.ts';
import { Parameters } from './parameters.ts';

const FORMATS = { parquet: 'Parquet', csv: 'CSVWithNames' } as const;

/** Writes the records of a period to a file, the oldest first. */
export async function exportRecords(
  { period, scope, format, file }: ExportOrder,
  read: Connection,
): Promise<{ readonly records: number; readonly bytes: number }> {
  const parameters = new Parameters();
  const filter = conditionsSql({ where: [], scope }, { of: ofRecord, parameters, dialect: CLICKHOUSE });
  const from = `FROM records WHERE ${within(period, 'time')}${filter}`;
  const [counted] = await read.rows(`SELECT count(*) AS n ${from}`, parameters);
  const columns = ['"node"', ...COLUMNS.map((column) => columnSql(column, format))];
  const sql = `SELECT ${columns.join(', ')} ${from} ORDER BY time, id FORMAT ${FORMATS[format]}`;
  await read.download(sql, { parameters, file });
  return { records: numberOf(counted, 'n'), bytes: statSync(file).size };
}

/** A text that a spreadsheet would take for a formula gets a `'` in front (OWASP, CSV injection): callers choose some of them. */
function columnSql({ name, type }: Column, format: ExportOrder['format']): string {
  const column = quoted(name);
  if (format !== 'csv' || !type.includes('String')) return column;
  return String.raw`if(match(coalesce(${column}, ''), '^[=+\\-@\\t\\r]'), concat('\'', ${column}), ${column}) AS ${column}`;
}
