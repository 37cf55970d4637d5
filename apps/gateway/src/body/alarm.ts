import { guarded, Timer, type TimerWheel } from '@gatehouse/http';

/**
 * A deadline of a call. The wheel lets go of a timer only when its bucket comes round; what the alarm was set
 * for, and with it a body of megabytes, is dropped as soon as it is off.
 */
export class Alarm {
  readonly #wheel: TimerWheel;
  readonly #timer: Timer;
  #ring: (() => void) | undefined;

  constructor(wheel: TimerWheel) {
    this.#wheel = wheel;
    this.#timer = new Timer(() => this.#ring?.());
  }

  /** What `ring` throws ends `owner` alone, not the thread. */
  set(ms: number, owner: { onFault(error: unknown): void }, ring: () => void): void {
    this.#ring = () => guarded(owner, ring);
    this.#wheel.arm(this.#timer, ms);
  }

  off(): void {
    this.#ring = undefined;
    this.#wheel.disarm(this.#timer);
  }
}
