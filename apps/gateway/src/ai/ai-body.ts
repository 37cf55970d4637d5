import type { TimerWheel } from '@gatehouse/http';
import { Alarm } from './alarm.ts';

/** A body that trickles keeps its pieces in memory until it is whole. */
const BODY_MS_MAX = 5 * 60_000;

/** The body of a model call, gathered whole within bounds of size and time. */
export class AiBody {
  bytes = 0;
  readonly #bytesMax: number;
  readonly #limit: Alarm;
  #pieces: Buffer[] = [];

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
    return true;
  }

  take(): Buffer {
    const whole = Buffer.concat(this.#pieces);
    this.drop();
    return whole;
  }

  drop(): void {
    this.#limit.off();
    this.#pieces = [];
  }
}
