import type { Reached } from '../analytics-store.ts';
import type { Position } from '@gatehouse/record/spool';
import { quoted } from '../sql/columns.ts';
import { numberOf, textOf } from '../sql/rows.ts';
import type { Connection } from './connection.ts';
import { Parameters } from './parameters.ts';
import { names, POSITION_COLUMNS } from './schema.ts';

/** A segment of the spool is smaller. */
const OFFSET_MAX = 2n ** 32n;

/** Orders positions of one spool, also as numbers of 64 bits in the database. */
export const rankOf = ({ sequence, offset }: Position): bigint => BigInt(sequence) * OFFSET_MAX + BigInt(offset);

/** How far a spool has been read, and since when a batch has been under way. */
export interface Mark extends Reached {
  readonly atMs: number;
}

export async function readMark(connection: Connection, node: string): Promise<Mark | undefined> {
  const parameters = new Parameters();
  const columns = names(POSITION_COLUMNS).filter((name) => name !== quoted('rank'));
  // Rows that others replace go some time later.
  const [row] = await connection.rows(
    `SELECT ${columns.join(', ')} FROM positions WHERE node = ${parameters.add(node)} ORDER BY "rank" DESC LIMIT 1`,
    parameters,
  );
  if (row === undefined || textOf(row, 'node') !== node) return undefined;
  const at = { sequence: numberOf(row, 'sequence'), offset: numberOf(row, 'offset') };
  const next = { sequence: numberOf(row, 'nextSequence'), offset: numberOf(row, 'nextOffset') };
  const atMs = numberOf(row, 'atMs');
  return rankOf(next) === rankOf(at) ? { ...at, atMs } : { ...at, upTo: next, atMs };
}

/**
 * What is furthest holds, and of the same end that which has come to it: a statement that was given up and is carried out
 * late changes nothing.
 */
export async function writeMark(connection: Connection, node: string, mark: Mark): Promise<void> {
  const { sequence, offset, upTo = mark, atMs } = mark;
  const rank = rankOf(upTo) * 2n + (mark.upTo === undefined ? 1n : 0n);
  const row = { node, sequence, offset, nextSequence: upTo.sequence, nextOffset: upTo.offset, atMs };
  await connection.insert({
    table: 'positions',
    columns: names(POSITION_COLUMNS),
    // A number that JavaScript cannot hold.
    lines: `{"rank":${rank},${JSON.stringify(row).slice(1)}\n`,
    token: `${node} ${rank}`,
  });
}
