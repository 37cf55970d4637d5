import type { Period, RecordPage, Search, StoredRecord } from '../query/query.ts';
import { readCursor, writeCursor } from '../query/cursor.ts';
import { COLUMNS, ofRecord, quoted } from './columns.ts';
import { conditionsSql, ms, within } from './conditions.ts';
import { numberOf, textOf, type Connection, type Row } from './connection.ts';
import { dayTable, type DayTables } from './day-tables.ts';
import { idHashSql } from './id-hash.ts';
import { Parameters } from './parameters.ts';
import type { Scope } from '../query/query.ts';

const NAMES = ['node', ...COLUMNS.map(({ name }) => name)].map(quoted).join(', ');
/** Most pages are filled by what is newest: first so much is looked at, then four times as much, and so on. */
const FIRST_LOOK_MS = 900_000;
const FURTHER = 4;
const GAPS_MAX = 100;
/** Our ids say when they were made (`newRequestId`), and a record begins about then. */
const OWN_ID = /^[0-9a-v]{9}[0-9a-f]{18}$/;
const ABOUT_MS = 10_000;

export interface Reading {
  readonly read: Connection;
  readonly days: DayTables;
}

/** The newest first; those of one millisecond by their ids. */
export async function search(asked: Search, reading: Reading): Promise<RecordPage> {
  const { limit, period, cursor } = asked;
  const from = cursor === undefined ? undefined : readCursor(cursor);
  const found: Row[] = [];
  let toMs = Math.min(period.toMs, from === undefined ? period.toMs : from.time + 1);
  for (let look = FIRST_LOOK_MS; found.length <= limit && toMs > period.fromMs; look *= FURTHER) {
    const newest = newestOf(reading.days, toMs, period.fromMs);
    if (newest === undefined) break;
    toMs = Math.min(toMs, newest);
    const part = { fromMs: Math.max(period.fromMs, toMs - look), toMs };
    found.push(...(await searchIn(part, { asked, from, reading, limit: limit + 1 - found.length })));
    toMs = part.fromMs;
  }
  const records = found.slice(0, limit).map(recordOf);
  const last = records.at(-1);
  const gaps = cursor === undefined ? await gapsIn(period, reading) : [];
  if (found.length <= limit || last === undefined) return { records, gaps };
  return { records, gaps, next: writeCursor({ time: last.time, id: last.id }) };
}

/** End of the newest day that has something before this. */
function newestOf(days: DayTables, toMs: number, fromMs: number): number | undefined {
  const day = days.within({ fromMs, toMs }).at(-1);
  return day === undefined ? undefined : day + 86_400_000;
}

interface Looking {
  readonly asked: Search;
  readonly from: { readonly time: number; readonly id: string } | undefined;
  readonly reading: Reading;
  readonly limit: number;
}

async function searchIn(part: Period, { asked, from, reading, limit }: Looking): Promise<readonly Row[]> {
  const parameters = new Parameters();
  const { contains = [], minDurationMs } = asked;
  const conditions = [
    within(part, 'time'),
    ...contains.map(({ field, text }) => `contains(lower(${quoted(field)}), lower(${parameters.add(text)}))`),
    ...(minDurationMs === undefined ? [] : [`"durationMs" >= ${ms(minDurationMs)}`]),
    ...(from === undefined
      ? []
      : [`(time < ${ms(from.time)} OR (time = ${ms(from.time)} AND id < ${parameters.add(from.id)}))`]),
  ].join(' AND ');
  const filter = conditionsSql(asked, { of: ofRecord, parameters });
  const days = reading.days.within(part);
  if (days.length === 0) return [];
  const union = days.map((day) => `SELECT ${NAMES} FROM ${dayTable(day)} WHERE ${conditions}${filter}`);
  return reading.read.rows(`${union.join(' UNION ALL ')} ORDER BY time DESC, id DESC LIMIT ${limit}`, parameters);
}

async function gapsIn(period: Period, { read }: Reading): Promise<RecordPage['gaps']> {
  const rows = await read.rows(
    `SELECT * FROM gaps WHERE "to" >= ${ms(period.fromMs)} AND "from" < ${ms(period.toMs)} ORDER BY "from" DESC LIMIT ${GAPS_MAX}`,
  );
  return rows.map((row) => ({
    gap: true,
    node: textOf(row, 'node'),
    reason: textOf(row, 'reason'),
    lost: numberOf(row, 'lost'),
    from: numberOf(row, 'from'),
    to: numberOf(row, 'to'),
    worker: numberOf(row, 'worker'),
  }));
}

/** By its request id; the newest, where callers have used one twice. */
export async function find(id: string, scope: Scope | undefined, reading: Reading): Promise<StoredRecord | undefined> {
  const made = OWN_ID.test(id) ? Number.parseInt(id.slice(0, 9), 32) : undefined;
  if (made !== undefined) {
    const found = await findIn(id, scope, { reading, about: { fromMs: made - ABOUT_MS, toMs: made + ABOUT_MS } });
    if (found !== undefined) return found;
  }
  for (const day of reading.days.all.toReversed()) {
    const found = await findIn(id, scope, { reading, about: { fromMs: day, toMs: day + 86_400_000 } });
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Where {
  readonly reading: Reading;
  readonly about: Period;
}

async function findIn(
  id: string,
  scope: Scope | undefined,
  { reading, about }: Where,
): Promise<StoredRecord | undefined> {
  for (const day of reading.days.within(about).toReversed()) {
    const parameters = new Parameters();
    const asked = parameters.add(id);
    const filter = conditionsSql({ where: [], scope }, { of: ofRecord, parameters });
    const [row] = await reading.read.rows(
      `SELECT ${NAMES} FROM ${dayTable(day)} WHERE ${within(about, 'time')} AND "idHash" = ${idHashSql(asked)} AND id = ${asked}${filter} ORDER BY time DESC LIMIT 1`,
      parameters,
    );
    if (row !== undefined) return recordOf(row);
  }
  return undefined;
}

/** What a record does not say has no field. */
function recordOf(row: Row): StoredRecord {
  const said = Object.entries(row).filter(([, value]) => value !== null);
  // The columns are those of `RECORD_FIELDS`, with its types, and only whole records are kept.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(said) as unknown as StoredRecord;
}
