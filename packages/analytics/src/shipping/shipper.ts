import { setTimeout as wait } from 'node:timers/promises';
import type { Clock, Logger } from '@gatehouse/kernel';
import { readSpool, type Position } from '@gatehouse/record/spool';
import type { AnalyticsStore, Batch, Hole, Reached } from '../analytics-store.ts';

export interface ShipperOptions {
  readonly spool: string;
  /** The gate that writes the spool. */
  readonly node: string;
  readonly store: AnalyticsStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** What is before this is kept and need not stay in the spool. */
  readonly onShipped: (position: Position) => void;
  /** So much is read at a time, and one frame more: the bound of our memory. */
  readonly batchBytesMax?: number;
  /** How often the spool is looked at while little comes. */
  readonly everyMs?: number;
  /** First wait after a failure; doubles up to a minute. */
  readonly retryMs?: number;
}

export interface ShipperFacts {
  readonly position: Position;
  readonly records: number;
  readonly unreadable: number;
  readonly holes: number;
  /** Why nothing could be kept just now. */
  readonly failure: string | undefined;
  /** When the spool was last read to its end. */
  readonly caughtUpMs: number | undefined;
}

const BEGINNING: Position = { sequence: 0, offset: 0 };
const RETRY_MS_MAX = 60_000;

/**
 * Brings a spool into a store, exactly once: how far it has been read is kept together with what was read, so a batch that
 * failed, or of which nobody knows, is read again. While the store does not answer the spool grows and nothing is lost.
 */
export class Shipper {
  readonly #options: Required<ShipperOptions>;
  #position: Reached = BEGINNING;
  #records = 0;
  #unreadable = 0;
  #holes = 0;
  #failure: string | undefined;
  #caughtUpMs: number | undefined;

  constructor(options: ShipperOptions) {
    this.#options = { batchBytesMax: 16_777_216, everyMs: 500, retryMs: 500, ...options };
  }

  facts(): ShipperFacts {
    const { sequence, offset } = this.#position;
    return {
      position: { sequence, offset },
      records: this.#records,
      unreadable: this.#unreadable,
      holes: this.#holes,
      failure: this.#failure,
      caughtUpMs: this.#caughtUpMs,
    };
  }

  /** Until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { everyMs, retryMs } = this.#options;
    let waitMs = retryMs;
    let known = false;
    while (!signal.aborted) {
      try {
        if (!known) await this.#begin();
        known = true;
        const isMore = await this.#ship();
        this.#recovered();
        waitMs = retryMs;
        if (!isMore) await sleep(everyMs, signal);
      } catch (error) {
        // Perhaps it was kept and only the answer was lost: the store says how far it is.
        known = false;
        this.#failed(error);
        await sleep(waitMs, signal);
        waitMs = Math.min(waitMs * 2, RETRY_MS_MAX);
      }
    }
  }

  /** Once to the end of what is there. */
  async drain(): Promise<void> {
    await this.#begin();
    while (await this.#ship()) await Promise.resolve();
  }

  async #begin(): Promise<void> {
    const { store, node, onShipped } = this.#options;
    this.#position = (await store.position(node)) ?? BEGINNING;
    onShipped(this.#position);
  }

  /** Whether there may be more. */
  async #ship(): Promise<boolean> {
    const { store, clock, onShipped } = this.#options;
    const { batch, isMore } = await this.#read();
    if (batch !== undefined) {
      const { records, unreadable } = await store.append(batch);
      this.#position = batch.next;
      this.#records += records;
      this.#unreadable += unreadable;
      this.#holes += batch.holes.length;
      onShipped(batch.next);
    }
    if (!isMore) this.#caughtUpMs = clock.now();
    return isMore;
  }

  async #read(): Promise<{ readonly batch: Batch | undefined; readonly isMore: boolean }> {
    const { spool, node, batchBytesMax, clock } = this.#options;
    const pieces: Buffer[] = [];
    const holes: Hole[] = [];
    let bytes = 0;
    let next: Position | undefined;
    const { upTo } = this.#position;
    for await (const read of readSpool(spool, this.#position)) {
      if (upTo !== undefined && isBehind(read.next, upTo)) {
        // What was there when the batch was begun has gone.
        next = upTo;
        break;
      }
      next = read.next;
      if (read.corrupt !== undefined) holes.push({ ...read.corrupt, atMs: clock.now() });
      if (read.lines.length > 0) {
        const piece = Buffer.from(`${read.lines.join('\n')}\n`, 'latin1');
        pieces.push(piece);
        bytes += piece.length;
      }
      if (upTo === undefined ? bytes >= batchBytesMax : !isBehind(upTo, next)) break;
    }
    if (next === undefined) return { batch: undefined, isMore: false };
    const isMore = upTo !== undefined || bytes >= batchBytesMax;
    return { batch: { node, lines: Buffer.concat(pieces), next, holes }, isMore };
  }

  #failed(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (this.#failure === undefined) {
      this.#options.log.error('records cannot be kept; they wait in the spool, and are tried again', { reason });
    }
    this.#failure = reason;
  }

  #recovered(): void {
    if (this.#failure !== undefined) this.#options.log.info('records are kept again');
    this.#failure = undefined;
  }
}

const isBehind = (one: Position, other: Position): boolean =>
  one.sequence > other.sequence || (one.sequence === other.sequence && one.offset > other.offset);

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined);
}
