import { ClientConnection, type ClientHost } from './client-connection.ts';
import type { HeadLimits } from './request-head.ts';
import type { TimerWheel } from './timer-wheel.ts';
import { connectWire, readyEvent, type Destination } from './wire.ts';

export interface PoolOptions {
  readonly destination: Destination;
  readonly limits: HeadLimits;
  readonly wheel: TimerWheel;
  readonly monotonic: () => number;
  readonly connectionsMax: number;
  readonly idleMs: number;
}

/** Connections to one endpoint. Idle ones wait on a last-in-first-out list, so that few stay warm and the rest age out. */
export class Pool implements ClientHost {
  readonly #options: PoolOptions;
  readonly #idle: ClientConnection[] = [];
  readonly #all = new Set<ClientConnection>();
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** An idle connection, or a new one that is connecting; undefined when the endpoint has its fill. */
  take(): ClientConnection | undefined {
    const now = this.#options.monotonic();
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.idleUntilMs > now) return idle;
      idle.destroy();
    }
    return this.#all.size < this.#options.connectionsMax ? this.fresh() : undefined;
  }

  /** A connection that nobody used before: for a request that a kept one has failed. */
  fresh(): ClientConnection {
    const { destination, limits, wheel } = this.#options;
    const connection = new ClientConnection({ limits, wheel, host: this });
    this.#all.add(connection);
    connection.start(connectWire(destination, connection), readyEvent(destination));
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

  onClosed(connection: ClientConnection): void {
    this.#all.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
  }

  get size(): number {
    return this.#all.size;
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }
}
