import type { TimerWheel } from '@gatehouse/http';
import { Alarm } from './alarm.ts';

/** A body that trickles keeps its pieces in memory until it is whole. */
const BODY_MS_MAX = 5 * 60_000;
/** An object for each byte, which weighs a hundred, is what callers make who send a chunk for each: so many become one. */
const LOOSE_MAX = 256;
/** Pieces that are larger than this together do not weigh more for being apart. */
const JOINED_BYTES_MAX = 64 * 1024;

/** The body of a model call, gathered whole within bounds of size and time. */
export class AiBody {
  bytes = 0;
  readonly #bytesMax: number;
  readonly #limit: Alarm;
  #pieces: Buffer[] = [];
  /** How many of the pieces, at their end, are as they came. */
  #loose = 0;
  #looseBytes = 0;

  constructor(wheel: TimerWheel, bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#limit = new Alarm(wheel);
  }

  begin(owner: { onFault(error: unknown): void }, late: () => void): void {
    this.#limit.set(BODY_MS_MAX, owner, late);
  }

  /** False when it has become too large. */
  add(bytes: Buffer, start: number, end: number): boolean {
    this.bytes += end - start;
    if (this.bytes > this.#bytesMax) return false;
    this.#pieces.push(Buffer.from(bytes.subarray(start, end)));
    this.#looseBytes += end - start;
    if (++this.#loose === LOOSE_MAX) this.#join();
    return true;
  }

  #join(): void {
    if (this.#looseBytes <= JOINED_BYTES_MAX) this.#pieces.push(Buffer.concat(this.#pieces.splice(-LOOSE_MAX)));
    this.#loose = 0;
    this.#looseBytes = 0;
  }

  take(): Buffer {
    const whole = Buffer.concat(this.#pieces);
    this.drop();
    return whole;
  }

  drop(): void {
    this.#limit.off();
    this.#pieces = [];
    this.#loose = 0;
    this.#looseBytes = 0;
  }
}
