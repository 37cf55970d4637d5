import { parseLine, type SpoolLine } from '@gatehouse/record/spool';
import type { Batch } from '../analytics-store.ts';
import { FIELDS, kindOf } from '../sql/fields.ts';
import { rankOf } from './positions.ts';
import { fits } from './columns.ts';

type RecordLine = Extract<SpoolLine, { kind: 'record' }>;
type BodyLines = Extract<SpoolLine, { kind: 'body' }>;

export interface SortedLines {
  readonly records: readonly RecordLine[];
  readonly bodies: readonly BodyLines[];
  readonly gaps: readonly GapRow[];
  readonly unreadable: number;
}

export interface GapRow {
  readonly worker: number;
  readonly lost: number;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  readonly bytes: number;
}

const NUMBERS = FIELDS.filter((name) => kindOf(name).kind === 'number');
const WORKER_MAX = 65_535;

/**
 * By what they are. All that goes to the server has been looked at here: it refuses a batch as a whole, and what it passes
 * over nobody would know of.
 */
export function sortLines({ lines, holes }: Batch): SortedLines {
  const records: RecordLine[] = [];
  const bodies: BodyLines[] = [];
  const gaps: GapRow[] = holes.map(({ reason, bytes, atMs }) => gapAt(atMs, { reason, bytes, lost: 0 }));
  let unreadable = 0;
  let newestMs = 0;
  for (const text of Buffer.from(lines).toString('latin1').split('\n').slice(0, -1)) {
    const line = parseLine(text);
    if (line?.kind === 'record' && isStorable(line)) {
      records.push(line);
      newestMs = Math.max(newestMs, line.record.time);
    } else if (line?.kind === 'body' && isBodyStorable(line)) bodies.push(line);
    else if (line?.kind === 'gap' && isGapStorable(line)) gaps.push(gapOf(line));
    // What was observed of calls is for whoever asks the spool.
    else if (line?.kind !== 'observed') unreadable++;
  }
  if (unreadable > 0) gaps.push(gapAt(newestMs, { reason: 'unreadable', bytes: 0, lost: unreadable }));
  return { records, bodies, gaps, unreadable };
}

const gapOf = ({ gap: { worker, lost, from, to } }: Extract<SpoolLine, { kind: 'gap' }>): GapRow => ({
  worker,
  lost,
  from,
  to,
  reason: 'not written',
  bytes: 0,
});

const gapAt = (atMs: number, what: Pick<GapRow, 'reason' | 'bytes' | 'lost'>): GapRow => ({
  worker: -1,
  from: atMs,
  to: atMs,
  ...what,
});

function isStorable({ record }: RecordLine): boolean {
  return NUMBERS.every((name) => {
    const value = record[name];
    return typeof value !== 'number' || fits(name, value);
  });
}

function isBodyStorable({ body: { time, worker, bytes } }: BodyLines): boolean {
  return fits('time', time) && fits('worker', worker) && fits('bytesIn', bytes);
}

function isGapStorable({ gap: { worker, lost, from, to } }: Extract<SpoolLine, { kind: 'gap' }>): boolean {
  return (
    [lost, from, to].every((value) => fits('time', value)) && Number.isInteger(worker) && Math.abs(worker) <= WORKER_MAX
  );
}

/** As they stand in the spool, with whose they are and of which batch. */
export function recordLines(records: readonly RecordLine[], of: Pick<Batch, 'node' | 'next'>): string {
  const start = `{"node":${JSON.stringify(of.node)},"batch":${rankOf(of.next)},`;
  return records.map(({ line }) => `${start}${line.slice(1)}\n`).join('');
}

/** Written anew, for lines that two readers of JSON may read in two ways, such as those that name a field twice. */
export function plainRecordLines(records: readonly RecordLine[], of: Pick<Batch, 'node' | 'next'>): string {
  const plain = records.map(({ record }) => {
    const known = Object.fromEntries(FIELDS.map((name) => [name, plainValue(record[name])]));
    return { record, line: JSON.stringify(known), kind: 'record' } as const;
  });
  return recordLines(plain, of);
}

/** Half a character stands for none. */
const plainValue = (value: string | number | boolean | undefined): string | number | boolean | undefined =>
  typeof value === 'string' ? value.toWellFormed() : value;

export function bodyLines(bodies: readonly BodyLines[], node: string): string {
  return bodies.map(({ body: { body: _body, ...line } }) => `${JSON.stringify({ node, ...line })}\n`).join('');
}

export function gapLines(gaps: readonly GapRow[], node: string): string {
  return gaps.map((gap) => `${JSON.stringify({ node, ...gap })}\n`).join('');
}
