import type { TimerWheel } from '@gatehouse/http';
import { Alarm } from './alarm.ts';
import type { BodyRoom } from './body-room.ts';
import { Pieces } from './pieces.ts';

/** A body that trickles keeps its pieces in memory until it is whole. */
const BODY_MS_MAX = 5 * 60_000;

export interface GatheredBodyOptions {
  readonly wheel: TimerWheel;
  readonly bytesMax: number;
  readonly room: BodyRoom;
}

/** The body of a request, gathered whole within bounds of size and time. */
export class GatheredBody {
  bytes = 0;
  readonly #bytesMax: number;
  readonly #limit: Alarm;
  readonly #room: BodyRoom;
  readonly #pieces = new Pieces();
  #taken = 0;

  constructor({ wheel, bytesMax, room }: GatheredBodyOptions) {
    this.#bytesMax = bytesMax;
    this.#room = room;
    this.#limit = new Alarm(wheel);
  }

  begin(owner: { onFault(error: unknown): void }, late: () => void): void {
    this.#limit.set(BODY_MS_MAX, owner, late);
  }

  /** What is wrong with it, if anything is: too much of this one, or of all together. */
  add(bytes: Buffer, start: number, end: number): 'large' | 'crowded' | undefined {
    const more = end - start;
    this.bytes += more;
    if (this.bytes > this.#bytesMax) return 'large';
    if (!this.#room.take(more)) return 'crowded';
    this.#taken += more;
    this.#pieces.add(bytes, start, end);
    return undefined;
  }

  take(): Buffer {
    const whole = this.#pieces.whole();
    this.#limit.off();
    this.#pieces.drop();
    return whole;
  }

  /** Nobody needs it any more. */
  drop(): void {
    this.#limit.off();
    this.#pieces.drop();
    this.#room.give(this.#taken);
    this.#taken = 0;
  }
}
