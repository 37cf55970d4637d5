import type { SearchCursor } from '../query/cursor.ts';
import type { Period, Search } from '../query/query.ts';
import { ofRecord, quoted } from './columns.ts';
import { conditionsSql, ms, within } from './conditions.ts';
import type { SqlDialect } from './dialect.ts';
import type { Parameters } from './parameters.ts';

/** The newest first; those of one millisecond by their ids. */
export const NEWEST_FIRST = 'ORDER BY time DESC, id DESC';
const GAPS_MAX = 100;

export interface SearchIn {
  /** Of the period, a part. */
  readonly part: Period;
  readonly from: SearchCursor | undefined;
  readonly parameters: Parameters;
  readonly dialect: SqlDialect;
}

/** For `WHERE`: all that is asked of records. */
export function searchSql(asked: Search, { part, from, parameters, dialect }: SearchIn): string {
  const { contains = [], minDurationMs } = asked;
  const conditions = [
    within(part, 'time'),
    ...contains.map(({ field, text }) => dialect.holds(quoted(field), parameters.add(text))),
    ...(minDurationMs === undefined ? [] : [`"durationMs" >= ${ms(minDurationMs)}`]),
    ...(from === undefined
      ? []
      : [`(time < ${ms(from.time)} OR (time = ${ms(from.time)} AND id < ${parameters.add(from.id)}))`]),
  ].join(' AND ');
  return `${conditions}${conditionsSql(asked, { of: ofRecord, parameters, dialect })}`;
}

export const gapsSql = ({ fromMs, toMs }: Period): string =>
  `SELECT * FROM gaps WHERE "to" >= ${ms(fromMs)} AND "from" < ${ms(toMs)} ORDER BY "from" DESC LIMIT ${GAPS_MAX}`;
