import { readCursor } from '../query/cursor.ts';
import type { Period, RecordPage, Scope, Search, StoredRecord } from '../query/query.ts';
import { ofRecord, quoted } from '../sql/columns.ts';
import { conditionsSql, within } from '../sql/conditions.ts';
import { periodOf } from '../sql/own-id.ts';
import { gapOf, pageOf, recordOf } from '../sql/rows.ts';
import { gapsSql, NEWEST_FIRST, searchSql } from '../sql/search-sql.ts';
import { COLUMNS } from './columns.ts';
import type { Connection } from './connection.ts';
import { CLICKHOUSE } from './dialect.ts';
import { Parameters } from './parameters.ts';

const NAMES = ['node', ...COLUMNS.map(({ name }) => name)].map(quoted).join(', ');

/** Read backwards in the order in which records stand, until the page is full. */
export async function search(asked: Search, read: Connection): Promise<RecordPage> {
  const { limit, period, cursor } = asked;
  const parameters = new Parameters();
  const from = cursor === undefined ? undefined : readCursor(cursor);
  const part = from === undefined ? period : { ...period, toMs: Math.min(period.toMs, from.time + 1) };
  const where = searchSql(asked, { part, from, parameters, dialect: CLICKHOUSE });
  const found = await read.rows(
    `SELECT ${NAMES} FROM records WHERE ${where} ${NEWEST_FIRST} LIMIT ${limit + 1}`,
    parameters,
  );
  const gaps = cursor === undefined ? (await read.rows(gapsSql(period))).map(gapOf) : [];
  return pageOf(found, limit, gaps);
}

/** By its request id; the newest, where callers have used one twice. */
export async function find(id: string, scope: Scope | undefined, read: Connection): Promise<StoredRecord | undefined> {
  const about = periodOf(id);
  const soon = about && (await findIn(id, scope, { read, about }));
  return soon ?? findIn(id, scope, { read, about: undefined });
}

interface Where {
  readonly read: Connection;
  readonly about: Period | undefined;
}

async function findIn(id: string, scope: Scope | undefined, { read, about }: Where): Promise<StoredRecord | undefined> {
  const parameters = new Parameters();
  const asked = parameters.add(id);
  const filter = conditionsSql({ where: [], scope }, { of: ofRecord, parameters, dialect: CLICKHOUSE });
  const time = about === undefined ? '' : ` AND ${within(about, 'time')}`;
  const [row] = await read.rows(
    `SELECT ${NAMES} FROM records WHERE id = ${asked}${time}${filter} ORDER BY time DESC LIMIT 1`,
    parameters,
  );
  return row && recordOf(row);
}
