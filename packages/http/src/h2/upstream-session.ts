import type { ClientHttp2Session, ClientHttp2Stream, ClientSessionOptions, Settings } from 'node:http2';
import net from 'node:net';
import tls from 'node:tls';
import type { ClientConnection } from '../client-connection.ts';
import type { HeadLimits } from '../request-head.ts';
import { Timer, type TimerWheel } from '../timer-wheel.ts';
import { isTlsRefusal } from '../tls-settings.ts';
import { connectSocket, type Destination } from '../wire.ts';
import { CODE } from './stream-wire.ts';
import { UpstreamWire, type StreamOptions, type Suspicion, type UpstreamCarrier } from './upstream-wire.ts';

/** `auto`: what the upstream chooses by ALPN. */
export type Http2Wish = 'h2' | 'auto';

export interface UpstreamSessionOptions {
  readonly destination: Destination;
  readonly wish: Http2Wish;
  readonly limits: HeadLimits;
  readonly wheel: TimerWheel;
  readonly idleMs: number;
  /** Exactly once. */
  readonly onClosed: (session: UpstreamSession) => void;
  readonly onUnreachable?: ((why: string) => void) | undefined;
  /** The upstream has chosen HTTP/1.1. */
  readonly onPlain: () => void;
}

/** Until the peer has said how many it takes: what RFC 9113 §6.5.2 asks of every peer. */
const STREAMS_AT_FIRST = 100;
/** No more, whatever the peer takes: what fails with a session should not be everything. */
const STREAMS_MAX = 1000;
const STREAM_WINDOW = 256 * 1024;
const SESSION_WINDOW = 4 * 1024 * 1024;
const PROBE_MS = 5000;
const SESSION_MEMORY_MB = 64;

function sessionOptions(socket: net.Socket, { fieldsMax, headBytesMax }: HeadLimits): ClientSessionOptions {
  const lenient = { strictSingleValueFields: false };
  return {
    ...lenient,
    createConnection: () => socket,
    maxHeaderListPairs: fieldsMax + 8,
    maxSessionMemory: SESSION_MEMORY_MB,
    settings: { enablePush: false, initialWindowSize: STREAM_WINDOW, maxHeaderListSize: headBytesMax },
  };
}

/** One connection to an upstream that speaks HTTP/2, shared by the streams of many requests. */
export class UpstreamSession implements UpstreamCarrier {
  readonly socket: net.Socket;
  connected = false;
  readonly #options: UpstreamSessionOptions;
  readonly #wires = new Set<UpstreamWire>();
  readonly #timer: Timer;
  #session: ClientHttp2Session | undefined;
  #streamsMax = STREAMS_AT_FIRST;
  #lastStream = Infinity;
  #carried = 0;
  #extendsConnect: boolean | undefined;
  #probing = false;
  /** No further streams. */
  #over = false;
  #gone = false;
  #error: Error | undefined;

  constructor(options: UpstreamSessionOptions) {
    const { destination, wish } = options;
    this.#options = options;
    this.#timer = new Timer(() => this.#expire());
    this.socket = connectSocket(destination, wish === 'h2' ? ['h2'] : ['h2', 'http/1.1']);
    this.socket.on('error', (error: Error) => {
      this.#error = error;
      // Node lets a session stand whose TLS has failed.
      this.#session?.destroy();
      this.socket.destroy();
    });
    this.socket.once('close', () => this.#closed());
    this.socket.once(destination.tls ? 'secureConnect' : 'connect', () => this.#onSocket());
  }

  #onSocket(): void {
    const { socket } = this;
    const { destination, wish } = this.#options;
    if (socket instanceof tls.TLSSocket && socket.alpnProtocol !== 'h2') {
      if (wish === 'auto') this.#toPlain();
      else socket.destroy(new Error('the upstream does not speak HTTP/2 (ALPN)'));
      return;
    }
    // Threads that call no upstream in HTTP/2 do not load it.
    const { connect } = process.getBuiltinModule('node:http2');
    const authority = `${destination.tls ? 'https' : 'http'}://${destination.host.includes(':') ? 'upstream' : destination.host}`;
    const session = connect(authority, sessionOptions(socket, this.#options.limits));
    this.#session = session;
    session.on('error', (error: Error) => (this.#error ??= error));
    session.on('close', () => this.#closed());
    session.on('goaway', (code, last) => this.#onGoaway(code, last));
    session.on('remoteSettings', (settings) => this.#onSettings(settings));
    session.once('connect', () => this.#onConnect(session));
  }

  #onConnect(session: ClientHttp2Session): void {
    this.connected = true;
    session.setLocalWindowSize(SESSION_WINDOW);
    for (const wire of this.#wires) wire.onSession();
    this.#rest();
  }

  #onSettings({ maxConcurrentStreams, enableConnectProtocol }: Settings): void {
    this.#streamsMax = Math.min(maxConcurrentStreams ?? STREAMS_MAX, STREAMS_MAX);
    const first = this.#extendsConnect === undefined;
    this.#extendsConnect = enableConnectProtocol === true;
    if (first) for (const wire of this.#wires) wire.onSettings();
  }

  #toPlain(): void {
    this.#over = true;
    const wires = [...this.#wires];
    this.#wires.clear();
    this.#options.onPlain();
    for (const wire of wires) wire.onPlain(this.#options.destination);
    this.socket.destroy();
  }

  #onGoaway(_code: number, last: number): void {
    this.#over = true;
    this.#lastStream = last;
  }

  get extendsConnect(): boolean | undefined {
    return this.#extendsConnect;
  }

  /** Whether another stream may begin at once. */
  get hasRoom(): boolean {
    return !this.#over && this.#wires.size < this.#streamsMax;
  }

  get usable(): boolean {
    return !this.#over;
  }

  get streams(): number {
    return this.#wires.size;
  }

  carry(connection: ClientConnection): void {
    const wire = new UpstreamWire(this, connection);
    this.#wires.add(wire);
    this.#options.wheel.disarm(this.#timer);
    // What fails on a session that others have used may have failed with it: as on a kept connection.
    if (this.#carried++ > 0) connection.uses = 1;
    connection.attach(wire);
    connection.connected = this.connected;
  }

  request(fields: readonly string[], options: StreamOptions): ClientHttp2Stream | undefined {
    const session = this.#session;
    if (session === undefined || session.destroyed || session.closed) return undefined;
    return session.request(fields, options);
  }

  refused(stream: ClientHttp2Stream): boolean {
    return stream.rstCode === CODE.refused || (stream.id ?? 0) > this.#lastStream;
  }

  get unwelcome(): Error | undefined {
    return this.#error !== undefined && isTlsRefusal(this.#error) ? this.#error : undefined;
  }

  left(wire: UpstreamWire, suspicion: Suspicion | undefined): void {
    this.#wires.delete(wire);
    // Later requests would wait for what this one has waited for in vain.
    if (suspicion === 'not-connected') this.#over = true;
    else if (suspicion === 'no-answer') this.#probe();
    this.#rest();
  }

  #rest(): void {
    if (this.#wires.size > 0 || this.#probing) return;
    if (this.#over) this.close();
    else this.#options.wheel.arm(this.#timer, this.#options.idleMs);
  }

  /** A stream got no answer: does anybody listen? */
  #probe(): void {
    const session = this.#session;
    if (this.#probing || session === undefined || session.destroyed || session.closed) return;
    this.#probing = true;
    this.#options.wheel.arm(this.#timer, PROBE_MS);
    session.ping((error) => {
      if (error !== null) return;
      this.#probing = false;
      this.#options.wheel.disarm(this.#timer);
      this.#rest();
    });
  }

  #expire(): void {
    if (this.#probing) this.#session?.destroy();
    else if (this.#wires.size === 0) this.close();
  }

  /** No further streams; those under way end first. */
  close(): void {
    this.#over = true;
    if (this.#wires.size > 0) return;
    if (this.#session === undefined) this.socket.destroy();
    else this.#session.close();
  }

  #closed(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#over = true;
    this.#options.wheel.disarm(this.#timer);
    const why = this.connected ? this.unwelcome : this.#error;
    if (why !== undefined) this.#options.onUnreachable?.(why.message);
    for (const wire of this.#wires) if (!this.connected) wire.onNoSession(this.#error);
    this.#options.onClosed(this);
  }
}
