import type { StoredBody } from '../analytics-store.ts';
import { writeCursor } from '../query/cursor.ts';
import type { RecordPage, StoredRecord } from '../query/query.ts';

/** As a database gives it: a value for each column. */
export type Row = Readonly<Record<string, unknown>>;

/** A column of numbers that has a value in every row. */
export function numberOf(row: Row | undefined, name: string): number {
  const value = row?.[name];
  return typeof value === 'number' ? value : 0;
}

export function textOf(row: Row | undefined, name: string): string {
  const value = row?.[name];
  return typeof value === 'string' ? value : '';
}

/** What a record does not say has no field. */
export function recordOf(row: Row): StoredRecord {
  const said = Object.entries(row).filter(([, value]) => value !== null);
  // The columns are those of `RECORD_FIELDS`, with its types, and only whole records are kept.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(said) as unknown as StoredRecord;
}

/** Of one row more than is asked for, where there is more. */
export function pageOf(found: readonly Row[], limit: number, gaps: RecordPage['gaps']): RecordPage {
  const records = found.slice(0, limit).map(recordOf);
  const last = records.at(-1);
  if (found.length <= limit || last === undefined) return { records, gaps };
  return { records, gaps, next: writeCursor({ time: last.time, id: last.id }) };
}

export const gapOf = (row: Row): RecordPage['gaps'][number] & { readonly reason: string } => ({
  gap: true,
  node: textOf(row, 'node'),
  reason: textOf(row, 'reason'),
  lost: numberOf(row, 'lost'),
  from: numberOf(row, 'from'),
  to: numberOf(row, 'to'),
  worker: numberOf(row, 'worker'),
});

export const bodyOf = (row: Row): StoredBody => ({
  body: true,
  id: textOf(row, 'id'),
  time: numberOf(row, 'time'),
  worker: numberOf(row, 'worker'),
  side: textOf(row, 'side') === 'request' ? 'request' : 'response',
  type: textOf(row, 'type'),
  bytes: numberOf(row, 'bytes'),
  cut: row['cut'] === true,
  key: textOf(row, 'key'),
  sealed: textOf(row, 'sealed'),
});
