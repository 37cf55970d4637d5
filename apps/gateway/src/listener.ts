import net from 'node:net';
import type tls from 'node:tls';
import {
  acceptWire,
  SERVER_LIMITS,
  serveHttp2,
  streamWire,
  ServerConnection,
  type Http2FrontSession,
  type RequestEvents,
  type ServerEvents,
  type Transport,
  type Wire,
} from '@gatehouse/http';
import { GateExchange } from './exchange.ts';
import { proxiedAddress, readProxied, type ProxiedOptions } from './front/proxied-sockets.ts';
import { TlsFront } from './front/tls-front.ts';
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
  #tlsServer: net.Server | undefined;
  #front: TlsFront | undefined;
  #program: Program;
  #onEmpty: (() => void) | undefined;
  #requests = 0;
  #draining = false;

  constructor(house: House, program: Program) {
    this.#house = house;
    this.#program = program;
    this.#server = this.#listening((socket) => this.#accept(socket));
    this.#front = this.#frontOf(program);
  }

  #listening(accept: (socket: net.Socket) => void): net.Server {
    const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => {
      const { gateway } = this.#program.snapshot;
      if (gateway === undefined || gateway.proxyProtocol === 'off') accept(socket);
      else readProxied(socket, this.#proxied(gateway.proxyProtocol), accept);
    });
    server.on('error', (error) => this.#house.log.error('listener failed', { error: String(error) }));
    return server;
  }

  #proxied(mode: 'optional' | 'required'): ProxiedOptions {
    return { mode, isTrusted: (address) => this.#program.proxies.isTrusted(address), log: this.#house.log };
  }

  #frontOf({ certificates }: Program): TlsFront | undefined {
    if (certificates === undefined) return undefined;
    const { log } = this.#house;
    return new TlsFront({ certificates, log, onSecure: (socket) => this.#secured(socket) });
  }

  /** Resolves with the port that was bound. */
  async listen(address: ListenAddress): Promise<number> {
    return bound(this.#server, address);
  }

  /** The same for callers by TLS; only while the program has certificates is anybody let in. */
  async listenTls(address: ListenAddress): Promise<number> {
    this.#tlsServer = this.#listening((socket) => {
      if (this.#front === undefined) socket.destroy();
      else this.#front.take(socket);
    });
    return (this.#house.tlsPort = await bound(this.#tlsServer, address));
  }

  /** New requests run under `program`; those under way keep theirs. New callers by TLS see its certificates. */
  use(program: Program): void {
    this.#program = program;
    this.#front = this.#frontOf(program);
  }

  #secured(socket: tls.TLSSocket): void {
    const address = proxiedAddress(socket);
    if (socket.alpnProtocol === 'h2') {
      this.#serveHttp2(socket, address);
      return;
    }
    const connection = this.#connected();
    this.#begin(connection, { wire: streamWire(socket, connection), address });
  }

  #connected(): ServerConnection {
    const { wheel } = this.#house;
    const connection = new ServerConnection({ limits: SERVER_LIMITS, wheel, events: this });
    this.#connections.add(connection);
    return connection;
  }

  #accept(socket: net.Socket): void {
    const connection = this.#connected();
    const address = proxiedAddress(socket);
    // What was read in search of a header, and put back, comes by the stream.
    const read = socket.readableLength > 0 || address !== undefined;
    const wire = read ? streamWire(socket, connection) : acceptWire(socket, connection);
    this.#begin(connection, { wire, address });
  }

  #begin(connection: ServerConnection, from: { readonly wire: Wire; readonly address: string | undefined }): void {
    connection.start(from.wire, from.address);
    // It may have taken its time over a handshake, or over the header of a proxy.
    if (this.#draining) connection.drain();
  }

  /** HTTP/2 by prior knowledge: RFC 9113 §3.3. */
  onPreface(connection: ServerConnection, socket: net.Socket): void {
    this.#connections.delete(connection);
    const { remoteAddress } = connection;
    this.#serveHttp2(socket, remoteAddress === '' ? undefined : remoteAddress);
  }

  #serveHttp2(socket: Transport, remoteAddress: string | undefined): void {
    const { wheel, log } = this.#house;
    const from = remoteAddress ?? socket.remoteAddress;
    const session = serveHttp2(socket, {
      limits: SERVER_LIMITS,
      wheel,
      events: this,
      remoteAddress,
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
    this.#tlsServer?.close();
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

/** Resolves with the port. */
async function bound(server: net.Server, { host, port }: ListenAddress): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, reusePort: SHARES_PORTS, backlog: 4096 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return address === null || typeof address === 'string' ? port : address.port;
}
