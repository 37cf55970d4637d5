import net from 'node:net';
import { acceptWire, SERVER_LIMITS, ServerConnection, type RequestEvents, type ServerEvents } from '@gatehouse/http';
import { GateExchange } from './exchange.ts';
import type { House } from './house.ts';
import type { Program } from './program.ts';
import type { WorkerStats } from './protocol.ts';
import { SHARES_PORTS } from './shares-ports.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** One worker's listener. All workers share the address by SO_REUSEPORT; the kernel spreads connections over them. */
export class Listener implements ServerEvents {
  readonly #house: House;
  readonly #connections = new Set<ServerConnection>();
  readonly #server: net.Server;
  #program: Program;
  #onEmpty: (() => void) | undefined;
  #requests = 0;

  constructor(house: House, program: Program) {
    this.#house = house;
    this.#program = program;
    this.#server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => this.#accept(socket));
    this.#server.on('error', (error) => house.log.error('listener failed', { error: String(error) }));
  }

  /** Resolves with the port that was bound. */
  async listen({ host, port }: ListenAddress): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, reusePort: SHARES_PORTS, backlog: 4096 }, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    const address = this.#server.address();
    return address === null || typeof address === 'string' ? port : address.port;
  }

  /** New requests run under `program`; those under way keep theirs. */
  use(program: Program): void {
    this.#program = program;
  }

  #accept(socket: net.Socket): void {
    const { wheel } = this.#house;
    const connection = new ServerConnection({ limits: SERVER_LIMITS, wheel, events: this });
    this.#connections.add(connection);
    connection.start(acceptWire(socket, connection));
  }

  onRequest(connection: ServerConnection): RequestEvents {
    this.#requests++;
    return new GateExchange(connection, this.#house, this.#program).forward;
  }

  onRefused(...[problem, connection]: Parameters<ServerEvents['onRefused']>): void {
    this.#house.recordRefused(problem, connection, this.#program.snapshot.version);
  }

  onClosed(connection: ServerConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#onEmpty?.();
  }

  stats(): WorkerStats {
    return { active: this.#house.active.count, connections: this.#connections.size, requests: this.#requests };
  }

  /** Stops accepting; resolves when the last connection has gone, or after `deadlineMs` when the rest is cut. */
  async drain(deadlineMs: number): Promise<void> {
    this.#server.close();
    for (const connection of this.#connections) connection.drain();
    if (this.#connections.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        for (const connection of this.#connections) connection.cut('gateway.draining');
        resolve();
      }, deadlineMs);
      this.#onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
