import { setImmediate } from 'node:timers/promises';
import { BODY_START } from '../bodies/body-line.ts';
import { parseLine } from '../parse-line.ts';
import type { SpoolLine } from '../parse-line.ts';
import { OBSERVED_START } from '../observed-line.ts';
import { positionSince, readBackwards } from '../spool/read-backwards.ts';
import { readSpool } from '../spool/read-spool.ts';
import type { Corruption, Position, SpoolBatch } from '../spool/spool-cursor.ts';
import type { RecordFilter } from './record-filter.ts';

/**
 * A record, or what stands where records are missing; `line` is the JSON as it was written. Bodies and observations are
 * left out.
 */
export type TailItem =
  | Exclude<SpoolLine, { readonly kind: 'body' | 'observed' }>
  | { readonly kind: 'corrupt'; readonly corruption: Corruption };

export interface TailOptions {
  readonly filter?: RecordFilter;
  /** Begin with the last so many records that pass; without it, with all there are. */
  readonly last?: number;
  /** Go on with new ones as they are written. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
  readonly pollMs?: number;
}

const BATCHES_PER_TURN = 64;

/** The records of a folder, oldest first. Holes are told too: they may have held what is looked for. */
export async function* tailRecords(dir: string, options: TailOptions = {}): AsyncGenerator<TailItem, void> {
  const { filter, last, follow = false } = options;
  let left = filter?.limit ?? Number.POSITIVE_INFINITY;
  let from = filter?.sinceMs === undefined ? undefined : positionSince(dir, filter.sinceMs);
  if (last !== undefined) {
    const found = await findLast(dir, { ...options, last });
    for (const item of found.items) {
      yield item;
      if (item.kind === 'record' && --left <= 0) return;
    }
    if (!follow) return;
    from = found.next;
  }
  for await (const batch of readSpool(dir, from, options)) {
    for (const item of itemsOf(batch, filter)) {
      if (options.signal?.aborted === true) return;
      yield item;
      if (item.kind === 'record' && --left <= 0) return;
    }
  }
}

interface Found {
  readonly items: readonly TailItem[];
  /** Where to go on; `undefined` when there is nothing yet. */
  readonly next: Position | undefined;
}

async function findLast(dir: string, options: TailOptions & { readonly last: number }): Promise<Found> {
  const { filter, last, signal } = options;
  const newestFirst: TailItem[] = [];
  let next: Position | undefined;
  let records = 0;
  let batches = 0;
  for (const batch of readBackwards(dir, filter?.sinceMs)) {
    next ??= batch.next;
    for (const item of itemsOf(batch, filter).toReversed()) {
      if (records >= last) break;
      newestFirst.push(item);
      if (item.kind === 'record') records++;
    }
    if (records >= last || signal?.aborted === true) break;
    if (++batches % BATCHES_PER_TURN === 0) await setImmediate();
  }
  return { items: newestFirst.toReversed(), next };
}

function itemsOf(batch: SpoolBatch, filter: RecordFilter | undefined): readonly TailItem[] {
  if (batch.corrupt !== undefined) return [{ kind: 'corrupt', corruption: batch.corrupt }];
  const items: TailItem[] = [];
  for (const line of batch.lines) {
    const item = passes(line, filter);
    if (item !== undefined) items.push(item);
  }
  return items;
}

function passes(line: string, filter: RecordFilter | undefined): TailItem | undefined {
  if (line.startsWith(BODY_START) || line.startsWith(OBSERVED_START)) return undefined;
  if (filter !== undefined && !line.startsWith(GAP_START) && !filter.mayMatch(line)) return undefined;
  const item = parseLine(line);
  if (item === undefined || item.kind === 'body' || item.kind === 'observed') return undefined;
  if (filter === undefined) return item;
  if (item.kind === 'gap') return item.gap.to >= (filter.sinceMs ?? Number.NEGATIVE_INFINITY) ? item : undefined;
  return filter.matches(item.record) ? item : undefined;
}

/** As `gapLine` writes it. */
const GAP_START = '{"gap":';
