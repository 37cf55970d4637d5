import type { EndpointSpec } from '@gatehouse/config';
import { Pool, SERVER_LIMITS, type TimerWheel } from '@gatehouse/http';
import type { Clock, Logger } from '@gatehouse/kernel';

/** Per endpoint and worker; a caller beyond it gets 503, not a queue that hides the overload. */
const CONNECTIONS_MAX = 1024;
/** A model's answer takes seconds where a service's takes ms, and all models of a vendor share one endpoint. */
const MODEL_CONNECTIONS_MAX = 8192;
/** Below the keep-alive of common servers (Node's is 5 s), so that we close before they do. */
const IDLE_MS = 4000;
/** Why an endpoint is not reached is told once in so long a time. */
const TELL_EVERY_MS = 10_000;

export interface PoolsOptions {
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What connections are kept apart by. */
function keyOf({ id, http2, serverName, tlsWith }: EndpointSpec): string {
  if (http2 === undefined && serverName === undefined && tlsWith === undefined) return id;
  return `${id} ${http2 ?? ''} ${serverName ?? ''} ${tlsWith?.id ?? ''}`;
}

/** Upstream connections of one worker, by endpoint. They outlive snapshots. */
export class Pools {
  readonly #pools = new Map<string, Pool>();
  readonly #options: PoolsOptions;

  constructor(options: PoolsOptions) {
    this.#options = options;
  }

  of(endpoint: EndpointSpec, connectionsMax = CONNECTIONS_MAX): Pool {
    const key = keyOf(endpoint);
    const known = this.#pools.get(key);
    if (known !== undefined) return known;
    const { wheel, clock } = this.#options;
    const { id, host, port, tls, http2, serverName, tlsWith } = endpoint;
    const pool = new Pool({
      destination: { host, port, tls, serverName, tlsWith },
      limits: SERVER_LIMITS,
      wheel,
      monotonic: clock.monotonic,
      connectionsMax,
      idleMs: IDLE_MS,
      http2,
      onUnreachable: this.#tellerFor(id),
    });
    this.#pools.set(key, pool);
    return pool;
  }

  /** In an outage every request meets the same reason. */
  #tellerFor(endpoint: string): (why: string) => void {
    const { clock, log } = this.#options;
    let told: string | undefined;
    let toldMs = 0;
    return (why) => {
      const nowMs = clock.monotonic();
      if (why === told && nowMs - toldMs < TELL_EVERY_MS) return;
      told = why;
      toldMs = nowMs;
      log.warn('an upstream cannot be reached', { endpoint, why });
    };
  }

  ofVendor(endpoint: EndpointSpec): Pool {
    return this.of(endpoint, MODEL_CONNECTIONS_MAX);
  }

  /** Forgets endpoints that nobody names any more, or in another way; their busy connections finish first. */
  retain(endpoints: readonly EndpointSpec[]): void {
    const kept = new Set(endpoints.map(keyOf));
    for (const [key, pool] of this.#pools) {
      if (kept.has(key)) continue;
      pool.close();
      this.#pools.delete(key);
    }
  }

  close(): void {
    this.retain([]);
  }
}
