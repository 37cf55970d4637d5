import { ClientConnection, type ClientHost } from './client-connection.ts';
import type { HeadLimits } from './request-head.ts';
import { Http2Sessions } from './h2/http2-sessions.ts';
import type { Http2Wish } from './h2/upstream-session.ts';
import type { TimerWheel } from './timer-wheel.ts';
import { isTlsRefusal } from './tls-settings.ts';
import { connectWire, readyEvent, type Destination } from './wire.ts';

export interface PoolOptions {
  readonly destination: Destination;
  readonly limits: HeadLimits;
  readonly wheel: TimerWheel;
  readonly monotonic: () => number;
  readonly connectionsMax: number;
  readonly idleMs: number;
  /** HTTP/2: by prior knowledge or ALPN, or what ALPN comes to; without, HTTP/1.1. */
  readonly http2?: Http2Wish | undefined;
  /** Nobody was reached, or let us in: why, for whoever runs this. */
  readonly onUnreachable?: ((why: string) => void) | undefined;
}

/** A session costs the upstream little while it is idle, and tells us before it goes. */
const SESSION_IDLE_MS = 60_000;

/** Connections to one endpoint. Idle ones wait on a last-in-first-out list, so that few stay warm and the rest age out. */
export class Pool implements ClientHost {
  readonly #options: PoolOptions;
  readonly #idle: ClientConnection[] = [];
  readonly #all = new Set<ClientConnection>();
  readonly #sessions: Http2Sessions | undefined;
  #closed = false;

  constructor(options: PoolOptions) {
    const { http2, destination, limits, wheel, onUnreachable } = options;
    this.#options = options;
    if (http2 === undefined) return;
    const session = { destination, limits, wheel, idleMs: SESSION_IDLE_MS, onUnreachable };
    this.#sessions = new Http2Sessions({ wish: http2, ...session });
  }

  /** Requests go as streams of shared sessions. */
  get #shared(): Http2Sessions | undefined {
    return this.#sessions?.plain === false ? this.#sessions : undefined;
  }

  /** An idle connection, or a new one that is connecting; undefined when the endpoint has its fill. */
  take(): ClientConnection | undefined {
    const now = this.#options.monotonic();
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.idleUntilMs > now) return idle;
      idle.destroy();
    }
    if (this.#shared?.hasRoom === false) return undefined;
    return this.#all.size < this.#options.connectionsMax ? this.fresh() : undefined;
  }

  /** A connection that nobody used before: for a request that a kept one has failed. */
  fresh(): ClientConnection {
    const { destination, limits, wheel } = this.#options;
    const connection = new ClientConnection({ limits, wheel, host: this });
    this.#all.add(connection);
    const shared = this.#shared;
    if (shared === undefined) connection.start(connectWire(destination, connection), readyEvent(destination));
    else shared.carry(connection);
    return connection;
  }

  onIdle(connection: ClientConnection): void {
    if (this.#closed) {
      connection.destroy();
      return;
    }
    connection.idleUntilMs = this.#options.monotonic() + this.#options.idleMs;
    this.#idle.push(connection);
  }

  onClosed(connection: ClientConnection, error: Error | undefined): void {
    this.#all.delete(connection);
    if (error !== undefined && this.#shared === undefined && (!connection.connected || isTlsRefusal(error))) {
      this.#options.onUnreachable?.(error.message);
    }
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
  }

  get size(): number {
    return this.#all.size;
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) connection.destroy();
    this.#sessions?.close();
  }
}
