import type { Period, RecordPage, Scope, Search, StoredRecord } from '../query/query.ts';
import { readCursor } from '../query/cursor.ts';
import { LEVEL_MS } from '../rollup/cubes.ts';
import { ofRecord, quoted } from '../sql/columns.ts';
import { conditionsSql, within } from '../sql/conditions.ts';
import { periodOf } from '../sql/own-id.ts';
import { gapOf, pageOf, numberOf, recordOf, type Row } from '../sql/rows.ts';
import { gapsSql, NEWEST_FIRST, searchSql } from '../sql/search-sql.ts';
import { COLUMNS } from './columns.ts';
import type { Connection } from './connection.ts';
import { dayTable, type DayTables } from './day-tables.ts';
import { DUCKDB } from './dialect.ts';
import { idHashSql } from './id-hash.ts';
import { Parameters } from './parameters.ts';

const NAMES = ['node', ...COLUMNS.map(({ name }) => name)].map(quoted).join(', ');
/** Most pages are filled by what is newest: first so much is looked at, then four times as much, and so on. */
const FIRST_LOOK_MS = 900_000;
const FURTHER = 4;

export interface Reading {
  readonly read: Connection;
  readonly days: DayTables;
}

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
  const gaps = cursor === undefined ? (await reading.read.rows(gapsSql(period))).map(gapOf) : [];
  return pageOf(found, limit, gaps);
}

/** End of the newest day that has something before this. */
function newestOf(days: DayTables, toMs: number, fromMs: number): number | undefined {
  const day = days.within({ fromMs, toMs }).at(-1);
  return day === undefined ? undefined : day + LEVEL_MS.days;
}

interface Looking {
  readonly asked: Search;
  readonly from: { readonly time: number; readonly id: string } | undefined;
  readonly reading: Reading;
  readonly limit: number;
}

async function searchIn(part: Period, { asked, from, reading, limit }: Looking): Promise<readonly Row[]> {
  const parameters = new Parameters();
  const where = searchSql(asked, { part, from, parameters, dialect: DUCKDB });
  const days = reading.days.within(part);
  if (days.length === 0) return [];
  const union = days.map(
    (day) => `SELECT ${day} AS day, rowid AS place, time, id FROM ${dayTable(day)} WHERE ${where}`,
  );
  const places = await reading.read.rows(`${union.join(' UNION ALL ')} ${NEWEST_FIRST} LIMIT ${limit}`, parameters);
  return whole(places, reading);
}

/**
 * First which, by the columns that are asked about, then all that they say: of a table of sixty columns most are read for
 * nothing otherwise.
 */
async function whole(places: readonly Row[], { read }: Reading): Promise<readonly Row[]> {
  const byPlace = new Map<string, Row>();
  for (const [day, ofDay] of Map.groupBy(places, (row) => numberOf(row, 'day'))) {
    const list = ofDay.map((row) => numberOf(row, 'place')).join(', ');
    const times = ofDay.map((row) => numberOf(row, 'time'));
    const about = within({ fromMs: Math.min(...times), toMs: Math.max(...times) + 1 }, 'time');
    const rows = await read.rows(
      `SELECT rowid AS place, ${NAMES} FROM ${dayTable(day)} WHERE ${about} AND rowid IN (${list})`,
    );
    for (const { place, ...row } of rows) byPlace.set(`${day} ${String(place)}`, row);
  }
  return places.flatMap((place) => {
    const row = byPlace.get(`${numberOf(place, 'day')} ${numberOf(place, 'place')}`);
    return row === undefined ? [] : [row];
  });
}

/** By its request id; the newest, where callers have used one twice. */
export async function find(id: string, scope: Scope | undefined, reading: Reading): Promise<StoredRecord | undefined> {
  const about = periodOf(id);
  const soon = about && (await findIn(id, scope, { reading, about }));
  if (soon !== undefined) return soon;
  for (const day of reading.days.all.toReversed()) {
    const found = await findIn(id, scope, { reading, about: { fromMs: day, toMs: day + LEVEL_MS.days } });
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
    const filter = conditionsSql({ where: [], scope }, { of: ofRecord, parameters, dialect: DUCKDB });
    const [row] = await reading.read.rows(
      `SELECT ${NAMES} FROM ${dayTable(day)} WHERE ${within(about, 'time')} AND "idHash" = ${idHashSql(asked)} AND id = ${asked}${filter} ORDER BY time DESC LIMIT 1`,
      parameters,
    );
    if (row !== undefined) return recordOf(row);
  }
  return undefined;
}
