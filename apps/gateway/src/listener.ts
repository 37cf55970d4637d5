import net from 'node:net';
import {
  acceptWire,
  SERVER_LIMITS,
  serveHttp2,
  ServerConnection,
  type Http2FrontSession,
  type RequestEvents,
  type ServerEvents,
  type Transport,
} from '@gatehouse/http';
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
  readonly #sessions = new Set<Http2FrontSession>();
  readonly #server: net.Server;
  #program: Program;
  #onEmpty: (() => void) | undefined;
  #requests = 0;
  #draining = false;

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

  /** HTTP/2 by prior knowledge: RFC 9113 §3.3. */
  onPreface(connection: ServerConnection, socket: net.Socket): void {
    this.#connections.delete(connection);
    this.#serveHttp2(socket);
  }

  #serveHttp2(socket: Transport): void {
    const { wheel, log } = this.#house;
    const from = socket.remoteAddress;
    const session = serveHttp2(socket, {
      limits: SERVER_LIMITS,
      wheel,
      events: this,
      onClosed: () => {
        this.#sessions.delete(session);
        this.#left();
      },
      onAbuse: (cause) => log.warn('an HTTP/2 session was ended', { cause, from }),
    });
    this.#sessions.add(session);
    if (this.#draining) session.drain();
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
    this.#left();
  }

  #left(): void {
    if (this.#open === 0) this.#onEmpty?.();
  }

  get #open(): number {
    return this.#connections.size + this.#sessions.size;
  }

  stats(): WorkerStats {
    return { active: this.#house.active.count, connections: this.#open, requests: this.#requests };
  }

  /** Stops accepting; resolves when the last connection has gone, or after `deadlineMs` when the rest is cut. */
  async drain(deadlineMs: number): Promise<void> {
    this.#server.close();
    this.#draining = true;
    for (const connection of this.#connections) connection.drain();
    for (const session of this.#sessions) session.drain();
    if (this.#open === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        for (const connection of this.#connections) connection.cut('gateway.draining');
        for (const session of this.#sessions) session.cut('gateway.draining');
        resolve();
      }, deadlineMs);
      this.#onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
