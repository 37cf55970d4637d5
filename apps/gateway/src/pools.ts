import type { EndpointSpec } from '@gatehouse/config';
import { Pool, SERVER_LIMITS, type TimerWheel } from '@gatehouse/http';
import type { Clock } from '@gatehouse/kernel';

/** Per endpoint and worker; a caller beyond it gets 503, not a queue that hides the overload. */
const CONNECTIONS_MAX = 1024;
/** A model's answer takes seconds where a service's takes ms, and all models of a vendor share one endpoint. */
const MODEL_CONNECTIONS_MAX = 8192;
/** Below the keep-alive of common servers (Node's is 5 s), so that we close before they do. */
const IDLE_MS = 4000;

/** Upstream connections of one worker, by endpoint. They outlive snapshots. */
export class Pools {
  readonly #pools = new Map<string, { readonly id: string; readonly pool: Pool }>();
  readonly #wheel: TimerWheel;
  readonly #clock: Clock;

  constructor(wheel: TimerWheel, clock: Clock) {
    this.#wheel = wheel;
    this.#clock = clock;
  }

  of(endpoint: EndpointSpec, connectionsMax = CONNECTIONS_MAX): Pool {
    const { id, host, port, tls, http2, serverName } = endpoint;
    const key = http2 === undefined && serverName === undefined ? id : `${id} ${http2 ?? ''} ${serverName ?? ''}`;
    const known = this.#pools.get(key);
    if (known !== undefined) return known.pool;
    const pool = new Pool({
      destination: { host, port, tls, serverName },
      limits: SERVER_LIMITS,
      wheel: this.#wheel,
      monotonic: this.#clock.monotonic,
      connectionsMax,
      idleMs: IDLE_MS,
      http2,
    });
    this.#pools.set(key, { id, pool });
    return pool;
  }

  ofVendor(endpoint: EndpointSpec): Pool {
    return this.of(endpoint, MODEL_CONNECTIONS_MAX);
  }

  /** Forgets endpoints that no snapshot names any more; their busy connections finish first. */
  retain(ids: ReadonlySet<string>): void {
    for (const [key, { id, pool }] of this.#pools) {
      if (ids.has(id)) continue;
      pool.close();
      this.#pools.delete(key);
    }
  }

  close(): void {
    this.retain(new Set());
  }
}
