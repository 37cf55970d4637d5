import type { Clock, Logger } from '@gatehouse/kernel';
import { readSpool, spoolBytesBehind, spoolEnd, type SpoolBatch } from '@gatehouse/record/spool';
import type { Sink, SinkItem } from '../sink.ts';
import { deliver, DELIVER_TIMINGS, rest, type DeliverTimings } from './deliver.ts';
import type { ItemFilter } from './item-filter.ts';
import { PlaceFile, samePlace, type Place } from './place-file.ts';
import { SinkTally, type SinkFacts } from './sink-tally.ts';

export interface PumpOptions {
  readonly name: string;
  readonly kind: string;
  readonly sink: Sink;
  readonly spoolDir: string;
  readonly placePath: string;
  readonly filter: ItemFilter;
  readonly batch: { readonly records: number; readonly bytes: number; readonly waitMs: number };
  readonly clock: Clock;
  readonly log: Logger;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly timings?: DeliverTimings;
}

/** How long a place behind records that are not for this receiver may wait until it is noted. */
const NOTE_MS = 1000;

/**
 * Takes one receiver through the spool: reads on from where it had come to, sends what passes its filter in batches, and
 * notes its place when a batch was taken over. Holds one frame of the spool and one batch. At least once: what was sent
 * and not yet noted when the process dies is sent again.
 */
export class SinkPump {
  readonly #options: PumpOptions;
  readonly #placeFile: PlaceFile;
  readonly #tally: SinkTally;
  /** Ends the waiting for more. */
  readonly #stopping = new AbortController();
  /** Ends everything. */
  readonly #ending = new AbortController();
  /** Behind what was read, behind what is dealt with, and what of this is on disk. */
  #read: Place;
  #done: Place;
  #noted: Place | undefined;
  #notedMs = 0;
  #items: SinkItem[] = [];
  #bytes = 0;
  #oldestMs = 0;
  #running: Promise<void> | undefined;

  constructor(options: PumpOptions) {
    this.#options = options;
    this.#placeFile = new PlaceFile(options.placePath);
    this.#tally = new SinkTally(options);
    this.#noted = this.#placeFile.load();
    // A new receiver is told of what is still to come.
    this.#read = this.#noted ?? { ...spoolEnd(options.spoolDir), lines: 0 };
    this.#done = this.#read;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Sends on what is there, for at most so long; then the receiver is closed. */
  async stop(drainMs: number): Promise<void> {
    this.#stopping.abort();
    const timer = setTimeout(() => this.#ending.abort(), drainMs);
    await this.#running;
    clearTimeout(timer);
    await this.#options.sink.close();
  }

  /** It will be a new one should it come again. */
  async forget(): Promise<void> {
    await this.#placeFile.remove();
  }

  facts(): SinkFacts {
    return this.#tally.facts(this.#done, spoolBytesBehind(this.#options.spoolDir, this.#done));
  }

  async #run(): Promise<void> {
    await this.#note();
    while (!this.#stopping.signal.aborted) await this.#pump({ follow: true, signal: this.#stopping.signal });
    await this.#pump({ follow: false, signal: this.#ending.signal });
    await this.#flush();
  }

  async #pump(options: { readonly follow: boolean; readonly signal: AbortSignal }): Promise<void> {
    const batches = readSpool(this.#options.spoolDir, this.#read, options);
    try {
      let next = batches.next();
      while (!this.#ending.signal.aborted) {
        const found = await this.#orDue(next);
        if (found === 'due') await this.#flush();
        else if (found.done === true) break;
        else {
          await this.#take(found.value);
          next = batches.next();
        }
      }
    } catch (error) {
      this.#tally.failed(error);
      await rest(NOTE_MS, options.signal);
    }
  }

  /** The next frame, or word that what is at hand has waited long enough. */
  async #orDue<T>(next: Promise<T>): Promise<T | 'due'> {
    const waitMs = this.#dueInMs();
    if (waitMs === undefined) return next;
    let timer: NodeJS.Timeout | undefined;
    const due = new Promise<'due'>((resolve) => {
      timer = setTimeout(() => resolve('due'), waitMs);
    });
    try {
      return await Promise.race([next, due]);
    } finally {
      clearTimeout(timer);
    }
  }

  #dueInMs(): number | undefined {
    const nowMs = this.#options.clock.monotonic();
    if (this.#items.length > 0) return Math.max(0, this.#oldestMs + this.#options.batch.waitMs - nowMs);
    return this.#isNoted() ? undefined : Math.max(0, this.#notedMs + NOTE_MS - nowMs);
  }

  #isNoted(): boolean {
    return this.#noted !== undefined && samePlace(this.#noted, this.#done);
  }

  async #take({ position, next, lines, corrupt }: SpoolBatch): Promise<void> {
    if (corrupt !== undefined) this.#tally.hole(corrupt);
    const begun = position.sequence === this.#read.sequence && position.offset === this.#read.offset;
    for (let i = begun ? this.#read.lines : 0; i < lines.length; i++) {
      if (this.#ending.signal.aborted) return;
      this.#takeLine(lines[i] ?? '');
      this.#goOn({ ...position, lines: i + 1 });
      if (this.#isFull()) await this.#flush();
    }
    this.#goOn({ ...next, lines: 0 });
    if (this.#dueInMs() === 0) await this.#flush();
  }

  #takeLine(line: string): void {
    const item = this.#options.filter(line);
    if (item === 'unreadable') this.#tally.unreadable();
    if (typeof item === 'string') return;
    if (this.#items.length === 0) this.#oldestMs = this.#options.clock.monotonic();
    this.#items.push(item);
    this.#bytes += line.length;
  }

  #goOn(place: Place): void {
    this.#read = place;
    if (this.#items.length === 0) this.#done = place;
  }

  #isFull(): boolean {
    const { records, bytes } = this.#options.batch;
    return this.#items.length >= records || this.#bytes >= bytes;
  }

  async #flush(): Promise<void> {
    const items = this.#items;
    if (items.length > 0) {
      const taken = await deliver(items, {
        sink: this.#options.sink,
        signal: this.#ending.signal,
        timings: this.#options.timings ?? DELIVER_TIMINGS,
        random: this.#options.random,
        tally: this.#tally,
      });
      if (!taken) return;
      this.#items = [];
      this.#bytes = 0;
      this.#done = this.#read;
    }
    await this.#note();
  }

  /** A place that cannot be noted is noted with the next batch: until then this one would be sent again. */
  async #note(): Promise<void> {
    this.#notedMs = this.#options.clock.monotonic();
    if (this.#isNoted()) return;
    const place = this.#done;
    try {
      await this.#placeFile.save(place);
      this.#noted = place;
    } catch (error) {
      this.#tally.failed(error);
    }
  }
}
