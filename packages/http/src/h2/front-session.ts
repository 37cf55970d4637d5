import { randomBytes } from 'node:crypto';
import type { ServerHttp2Session, ServerHttp2Stream, ServerSessionOptions } from 'node:http2';
import type { ErrorCode } from '@gatehouse/kernel';
import type { HeadProblem } from '../request-head.ts';
import { ServerConnection, type RequestEvents, type ServerEvents, type ServerLimits } from '../server-connection.ts';
import { Timer, type TimerWheel } from '../timer-wheel.ts';
import type { Transport } from '../wire.ts';
import { FrontWire, texts } from './front-wire.ts';
import { requestText } from './header-rules.ts';
import { HTTP2_LIMITS, SessionBudget, type Abuse, type Http2Limits } from './session-budget.ts';
import { CODE } from './stream-wire.ts';

export interface Http2FrontOptions {
  readonly limits: ServerLimits;
  readonly wheel: TimerWheel;
  /** Hears of every stream as of a connection with one request; of their closing it is not told. */
  readonly events: Pick<ServerEvents, 'onRequest' | 'onRefused'>;
  /** Where a proxy has vouched for another than the socket's. */
  readonly remoteAddress?: string | undefined;
  /** Exactly once, when the session and all of its streams are gone. */
  readonly onClosed: () => void;
  /** Is told why a session was ended that did too much. */
  readonly onAbuse?: (cause: Abuse | 'silence') => void;
  readonly budget?: Partial<Http2Limits>;
}

export interface Http2FrontSession {
  /** No further streams: GOAWAY, then the end once those under way are answered (RFC 9113 §6.8). */
  drain(): void;
  /** Ends what is under way as `code` says, and the session with it. */
  cut(code: ErrorCode): void;
  /** Streams under way. */
  readonly streams: number;
}

/** Serves HTTP/2 on a socket that has agreed on it, by ALPN or by the preface. Not one byte may have been taken from it. */
export function serveHttp2(socket: Transport, options: Http2FrontOptions): Http2FrontSession {
  return new FrontSession(socket, options);
}

const SESSION_MEMORY_MB = 16;
const STREAM_WINDOW = 128 * 1024;
const SESSION_WINDOW = 1024 * 1024;
const LAST_STREAM = 2 ** 31 - 1;
/** How long a peer may take to hear that the session is going away. */
const ROUND_TRIP_MS = 1000;

function sessionOptions({ headBytesMax, fieldsMax }: ServerLimits, limits: Http2Limits): ServerSessionOptions {
  return {
    // A head a little too large is answered 431; one far beyond ends its stream before it is decoded.
    maxHeaderListPairs: 2 * fieldsMax,
    maxSessionMemory: SESSION_MEMORY_MB,
    maxOutstandingPings: 2,
    maxSettings: 32,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
    unknownProtocolTimeout: 1000,
    streamResetBurst: limits.resetsMax,
    streamResetRate: Math.max(1, Math.ceil((limits.resetsMax * 1000) / limits.windowMs)),
    strictSingleValueFields: false,
    settings: {
      maxConcurrentStreams: limits.streamsMax,
      maxHeaderListSize: 2 * headBytesMax,
      initialWindowSize: STREAM_WINDOW,
      enablePush: false,
      enableConnectProtocol: true,
    },
  };
}

/** One caller's session: every stream becomes a `ServerConnection` of its own, and the session has its budget. */
class FrontSession implements Http2FrontSession, ServerEvents {
  readonly #options: Http2FrontOptions;
  readonly #socket: Transport;
  readonly #session: ServerHttp2Session;
  readonly #budget: SessionBudget;
  readonly #timer: Timer;
  readonly #connections = new Map<ServerConnection, FrontWire>();
  #settled = false;
  #probing = false;
  #draining = false;
  #over = false;

  constructor(socket: Transport, options: Http2FrontOptions) {
    const limits = { ...HTTP2_LIMITS, ...options.budget };
    this.#options = options;
    this.#socket = socket;
    this.#budget = new SessionBudget(limits, options.wheel);
    this.#timer = new Timer(() => this.#expire());
    // In HTTP/2 a peer that closes its side has left; without this its session would be kept for ever.
    socket.allowHalfOpen = false;
    // Threads that no caller speaks HTTP/2 to do not load it.
    const { performServerHandshake } = process.getBuiltinModule('node:http2');
    this.#session = performServerHandshake(socket, sessionOptions(options.limits, limits));
    this.#listen(this.#session);
    options.wheel.arm(this.#timer, options.limits.headTimeoutMs);
  }

  #listen(session: ServerHttp2Session): void {
    session.on('stream', (stream: ServerHttp2Stream, ...[, flags, raw]: readonly unknown[]) => {
      this.#onStream(stream, (Number(flags) & 1) !== 0, texts(raw));
    });
    session.on('remoteSettings', () => {
      if (!this.#settled) {
        this.#settled = true;
        session.setLocalWindowSize(SESSION_WINDOW);
        this.#rest();
      }
      this.#charge(this.#budget.settings());
    });
    session.on('ping', () => this.#charge(this.#budget.ping()));
    // What ended it is told by 'close'; a session of HTTP/2 that breaks is no news.
    session.on('error', () => {});
    session.on('close', () => this.#closed());
  }

  #onStream(stream: ServerHttp2Stream, bodiless: boolean, raw: readonly string[]): void {
    stream.on('error', () => {});
    if (stream.destroyed || stream.closed) {
      this.#charge(this.#budget.reset());
      return;
    }
    const bytes = decodedBytes(raw);
    const abuse = this.#budget.opened(bytes);
    stream.once('close', () => this.#budget.closed(bytes));
    this.#budget.moved();
    if (abuse !== undefined || this.#over) {
      stream.close(CODE.calm);
      this.#charge(abuse);
      return;
    }
    this.#serve(stream, bodiless, raw);
  }

  #serve(stream: ServerHttp2Stream, bodiless: boolean, raw: readonly string[]): void {
    const { limits, wheel } = this.#options;
    let webSocketKey = '';
    const makeKey = (): string => (webSocketKey = randomBytes(16).toString('base64'));
    const head = requestText(raw, { headBytesMax: limits.headBytesMax, bodiless, webSocketKey: makeKey });
    const connection = new ServerConnection({ limits, wheel, events: this });
    const wire = new FrontWire({
      stream,
      socket: this.#socket,
      connection,
      method: methodOf(raw),
      webSocketKey,
      onMoved: () => this.#budget.moved(),
      onFilled: () => this.#onFilled(),
    });
    this.#connections.set(connection, wire);
    stream.once('close', () => {
      if (!wire.ours && (stream.rstCode !== CODE.none || stream.aborted)) this.#charge(this.#budget.reset());
    });
    connection.start(wire, this.#options.remoteAddress);
    try {
      connection.deliverHead(head);
    } catch (error) {
      connection.onFault(error);
    }
  }

  onRequest(connection: ServerConnection): RequestEvents {
    return this.#options.events.onRequest(connection);
  }

  onRefused(problem: HeadProblem, connection: ServerConnection): void {
    this.#options.events.onRefused(problem, connection);
  }

  onClosed(connection: ServerConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size > 0) return;
    if (this.#draining) this.#session.close();
    else this.#rest();
  }

  get streams(): number {
    return this.#connections.size;
  }

  /** Without streams it may be idle for a while; with some, its peer is asked now and then whether it is there. */
  #rest(): void {
    if (!this.#over && !this.#draining && this.#settled) {
      this.#options.wheel.arm(this.#timer, this.#options.limits.idleTimeoutMs);
    }
  }

  #expire(): void {
    if (!this.#settled || (this.#draining && this.#probing)) {
      if (this.#draining && this.#settled) this.#session.close();
      else this.#session.destroy();
    } else if (this.#connections.size === 0) this.drain();
    else if (this.#probing) this.#end('silence');
    else this.#probe(this.#options.limits.headTimeoutMs, () => this.#rest());
  }

  #probe(ms: number, answered: () => void): void {
    this.#probing = true;
    this.#options.wheel.arm(this.#timer, ms);
    this.#session.ping((error) => {
      if (error !== null || this.#over) return;
      this.#probing = false;
      this.#options.wheel.disarm(this.#timer);
      answered();
    });
  }

  #onFilled(): void {
    let unsent = 0;
    for (const wire of this.#connections.values()) unsent += wire.unsent;
    this.#charge(this.#budget.unsent(unsent));
  }

  #charge(abuse: Abuse | undefined): void {
    if (abuse !== undefined) this.#end(abuse);
  }

  #end(cause: Abuse | 'silence'): void {
    if (this.#over) return;
    this.#over = true;
    this.#options.onAbuse?.(cause);
    this.#drop('request.cancelled');
    this.#session.destroy(new Error(`too much of ${cause}`), CODE.calm);
  }

  #drop(code: ErrorCode): void {
    for (const connection of this.#connections.keys()) connection.cut(code);
  }

  drain(): void {
    const session = this.#session;
    if (this.#draining || this.#over) return;
    this.#draining = true;
    if (this.#connections.size === 0 || session.destroyed) {
      session.close();
      return;
    }
    // Streams that are on their way are still served: the last id is told once the peer has heard of the end.
    session.goaway(CODE.none, LAST_STREAM);
    this.#probe(ROUND_TRIP_MS, () => session.close());
  }

  cut(code: ErrorCode): void {
    if (this.#over) return;
    this.#over = true;
    this.#drop(code);
    this.#session.destroy();
  }

  #closed(): void {
    this.#over = true;
    this.#budget.end();
    this.#options.wheel.disarm(this.#timer);
    this.#drop('request.cancelled');
    this.#options.onClosed();
  }
}

/** As RFC 9113 §6.5.2 counts. */
function decodedBytes(raw: readonly string[]): number {
  let bytes = 16 * raw.length;
  for (const text of raw) bytes += text.length;
  return bytes;
}

function methodOf(raw: readonly string[]): string {
  return raw[raw.indexOf(':method') + 1] ?? '';
}
