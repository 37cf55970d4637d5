import type { Appended, Batch } from '../analytics-store.ts';
import { textOf, numberOf } from '../sql/rows.ts';
import { Refused, type Connection, type Insert } from './connection.ts';
import { Parameters } from './parameters.ts';
import { rankOf, writeMark, type Mark } from './positions.ts';
import { BODY_COLUMNS, GAP_COLUMNS, names, RECORD_NAMES } from './schema.ts';
import { bodyLines, gapLines, plainRecordLines, recordLines, sortLines, type SortedLines } from './sort-lines.ts';

export interface AppendTo {
  readonly connection: Connection;
  readonly mark: Mark | undefined;
  readonly nowMs: number;
}

/** The server remembers the newest inserts, of all gates: after so long it may have forgotten ours. */
const SURELY_REMEMBERED_MS = 60_000;

/**
 * Exactly once, without transactions: first it is written how far the batch goes, so that it is the same one when it has to
 * be sent again; then its lines, by a name that the server knows again; then that it has come to its end. Whatever was not
 * answered is said again, and changes nothing where it had been heard.
 */
export async function appendBatch(batch: Batch, { connection, mark, nowMs }: AppendTo): Promise<Appended> {
  const { node, next } = batch;
  const at = mark ?? { sequence: 0, offset: 0 };
  const begun = { sequence: at.sequence, offset: at.offset, upTo: next };
  const isAgain = mark?.upTo !== undefined;
  if (isAgain && rankOf(mark.upTo) !== rankOf(next))
    throw new Error(`a batch of ${node} is under way that ends elsewhere; ask for the position`);
  if (!isAgain) await writeMark(connection, node, { ...begun, atMs: nowMs });
  const sorted = sortLines(batch);
  const isOld = isAgain && nowMs - mark.atMs > SURELY_REMEMBERED_MS;
  await insertLines(isOld ? await withoutKept(sorted, { connection, batch }) : sorted, { connection, batch });
  await writeMark(connection, node, { ...next, atMs: nowMs });
  return { records: sorted.records.length, unreadable: sorted.unreadable };
}

interface Of {
  readonly connection: Connection;
  readonly batch: Batch;
}

async function insertLines({ records, bodies, gaps }: SortedLines, { connection, batch }: Of): Promise<void> {
  const { node, next } = batch;
  const token = `${node} ${rankOf(next)}`;
  const into = { columns: RECORD_NAMES, table: 'records', token };
  if (bodies.length > 0)
    await connection.insert({ table: 'bodies', columns: names(BODY_COLUMNS), lines: bodyLines(bodies, node), token });
  if (gaps.length > 0)
    await connection.insert({ table: 'gaps', columns: names(GAP_COLUMNS), lines: gapLines(gaps, node), token });
  if (records.length > 0)
    await insertOr(connection, { ...into, lines: recordLines(records, batch) }, () => plainRecordLines(records, batch));
}

/** A batch that the server cannot read would stand in the way of all that come after it. */
async function insertOr(connection: Connection, insert: Insert, plain: () => string): Promise<void> {
  try {
    await connection.insert(insert);
  } catch (error) {
    if (!(error instanceof Refused) || !CANNOT_READ.has(error.code)) throw error;
    await connection.insert({ ...insert, lines: plain() });
  }
}

/** What ClickHouse says of lines that it cannot read: CANNOT_PARSE_… and INCORRECT_DATA. */
const CANNOT_READ: ReadonlySet<number> = new Set([
  6, 25, 26, 27, 32, 33, 34, 38, 41, 53, 69, 72, 117, 130, 131, 349, 467,
]);

/** Records say of which batch they are. Those that are there are not sent again; their sums have come with them. */
async function withoutKept(sorted: SortedLines, { connection, batch: { node, next } }: Of): Promise<SortedLines> {
  const times = sorted.records.map(({ record }) => record.time);
  if (times.length === 0) return sorted;
  const parameters = new Parameters();
  const [from, to] = times.reduce(
    ([least, most], time) => [Math.min(least, time), Math.max(most, time)],
    [Infinity, 0],
  );
  const rows = await connection.rows(
    `SELECT "id", "time" FROM records WHERE "time" >= ${from} AND "time" <= ${to} AND "node" = ${parameters.add(node)} AND "batch" = ${rankOf(next)}`,
    parameters,
  );
  const kept = new Set(rows.map((row) => `${numberOf(row, 'time')} ${textOf(row, 'id')}`));
  return { ...sorted, records: sorted.records.filter(({ record: { time, id } }) => !kept.has(`${time} ${id}`)) };
}
