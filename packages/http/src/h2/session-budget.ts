import { Timer, type TimerWheel } from '../timer-wheel.ts';

/** What one session may do to us (RFC 9113 §10.5). */
export interface Http2Limits {
  readonly streamsMax: number;
  /** Decoded heads of all streams that are open at once: a byte on the wire can be a kilobyte here. */
  readonly headBytesMax: number;
  /** Replies that wait for windows, of all streams. */
  readonly unsentBytesMax: number;
  /** Streams that were reset before they were answered, by the peer or because of it. */
  readonly resetsMax: number;
  readonly pingsMax: number;
  readonly settingsMax: number;
  /** In which resets, pings and settings are counted. */
  readonly windowMs: number;
}

export const HTTP2_LIMITS: Http2Limits = {
  streamsMax: 128,
  headBytesMax: 1024 * 1024,
  unsentBytesMax: 32 * 1024 * 1024,
  resetsMax: 200,
  pingsMax: 100,
  settingsMax: 50,
  windowMs: 30_000,
};

export type Abuse = 'resets' | 'pings' | 'settings' | 'header bytes' | 'unsent bytes';

/** Counts what a session costs; each method tells of an excess. A window begins with the first thing that it counts. */
export class SessionBudget {
  readonly #limits: Http2Limits;
  readonly #wheel: TimerWheel;
  readonly #window = new Timer(() => this.#forget());
  #resets = 0;
  #pings = 0;
  #settings = 0;
  #headBytes = 0;

  constructor(limits: Http2Limits, wheel: TimerWheel) {
    this.#limits = limits;
    this.#wheel = wheel;
  }

  reset(): Abuse | undefined {
    this.#begin();
    return ++this.#resets > this.#limits.resetsMax ? 'resets' : undefined;
  }

  ping(): Abuse | undefined {
    this.#begin();
    return ++this.#pings > this.#limits.pingsMax ? 'pings' : undefined;
  }

  /** Pings between requests and bodies measure the way, as gRPC's do. */
  moved(): void {
    this.#pings = 0;
  }

  settings(): Abuse | undefined {
    this.#begin();
    return ++this.#settings > this.#limits.settingsMax ? 'settings' : undefined;
  }

  opened(headBytes: number): Abuse | undefined {
    this.#headBytes += headBytes;
    return this.#headBytes > this.#limits.headBytesMax ? 'header bytes' : undefined;
  }

  closed(headBytes: number): void {
    this.#headBytes -= headBytes;
  }

  unsent(bytes: number): Abuse | undefined {
    return bytes > this.#limits.unsentBytesMax ? 'unsent bytes' : undefined;
  }

  end(): void {
    this.#wheel.disarm(this.#window);
  }

  #begin(): void {
    if (this.#window.deadlineMs === Infinity) this.#wheel.arm(this.#window, this.#limits.windowMs);
  }

  #forget(): void {
    this.#resets = 0;
    this.#pings = 0;
    this.#settings = 0;
  }
}
