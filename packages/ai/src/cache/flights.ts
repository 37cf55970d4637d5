import type { Clock } from '@gatehouse/kernel';

/** Time as the cache needs it. */
export interface CacheHost {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Runs something once, later; what it gives takes that back. */
  after(ms: number, run: () => void): () => void;
}

/** Calls under way, by key, for others who ask the same meanwhile. */
export class Flights<T> {
  readonly #flights = new Map<string, Flight<T>>();
  readonly #host: CacheHost;
  readonly #waitMsMax: number;

  constructor(host: CacheHost, waitMsMax: number) {
    this.#host = host;
    this.#waitMsMax = waitMsMax;
  }

  /** Undefined when there is none worth waiting for: it takes longer than anybody would wait, or too many do. */
  find(digest: string): Flight<T> | undefined {
    const flight = this.#flights.get(digest);
    if (flight === undefined || flight.waiting >= FOLLOWERS_MAX) return undefined;
    return this.#overdue(flight) ? undefined : flight;
  }

  begin(digest: string): Flight<T> {
    this.#forgetLost();
    const flight: Flight<T> = new Flight(this.#host, this.#waitMsMax, () => {
      if (this.#flights.get(digest) === flight) this.#flights.delete(digest);
    });
    this.#flights.delete(digest);
    this.#flights.set(digest, flight);
    return flight;
  }

  get size(): number {
    return this.#flights.size;
  }

  #overdue({ begunAt }: Flight<T>): boolean {
    return this.#host.clock.monotonic() - begunAt >= this.#waitMsMax;
  }

  /** Those whose owner never said how they ended. The map's order is the order of their beginnings. */
  #forgetLost(): void {
    for (const [digest, flight] of this.#flights) {
      if (!this.#overdue(flight)) return;
      this.#flights.delete(digest);
    }
  }
}

const FOLLOWERS_MAX = 1000;

export class Flight<T> {
  readonly begunAt: number;
  readonly #host: CacheHost;
  readonly #waitMsMax: number;
  readonly #forget: () => void;
  readonly #followers = new Set<(value: T | undefined) => void>();

  constructor(host: CacheHost, waitMsMax: number, forget: () => void) {
    this.begunAt = host.clock.monotonic();
    this.#host = host;
    this.#waitMsMax = waitMsMax;
    this.#forget = forget;
  }

  get waiting(): number {
    return this.#followers.size;
  }

  /** Undefined: whoever waits goes on alone. */
  land(value: T | undefined): void {
    this.#forget();
    for (const follower of this.#followers) follower(value);
  }

  follow(): Follower<T> {
    const { promise: answer, resolve } = Promise.withResolvers<T | undefined>();
    const settle = (value: T | undefined): void => {
      cancel();
      this.#followers.delete(settle);
      resolve(value);
    };
    const cancel = this.#host.after(this.#waitMsMax, () => settle(undefined));
    this.#followers.add(settle);
    return { answer, leave: () => settle(undefined) };
  }
}

export interface Follower<T> {
  /** Undefined when the leader failed, took too long, or has an answer that is its own. */
  readonly answer: Promise<T | undefined>;
  /** For a caller who hangs up. */
  readonly leave: () => void;
}
