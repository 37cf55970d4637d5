import { TLSSocket } from 'node:tls';
import type net from 'node:net';
import { ERRORS, type ErrorCode } from '@gatehouse/kernel';
import type { CallTap } from './call-tap.ts';
import { ChunkedDecoder, type BodySink } from './chunked-decoder.ts';
import { FIELD } from './field-names.ts';
import { httpDate } from './http-date.ts';
import { latin1 } from './latin1.ts';
import { hopelessHead, RequestHead, type HeadLimits, type HeadProblem } from './request-head.ts';
import { Timer, type TimerWheel } from './timer-wheel.ts';
import { TUNNEL_PROBE_MS } from './client-connection.ts';
import { guarded, SocketWire, type Wire, type WireEvents } from './wire.ts';

export interface ServerLimits extends HeadLimits {
  readonly headTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly bodyIdleMs: number;
  /** How long an answered but unread body is drained before the connection is cut. */
  readonly lingerMs: number;
}

export const SERVER_LIMITS: ServerLimits = {
  headBytesMax: 32 * 1024,
  targetBytesMax: 8 * 1024,
  fieldsMax: 128,
  headTimeoutMs: 10_000,
  idleTimeoutMs: 75_000,
  bodyIdleMs: 30_000,
  lingerMs: 2_000,
};

/** Hears the body of a request, and what happens to the caller meanwhile. */
export interface RequestEvents {
  /** The connection now reports here: deal with the request. */
  onReady(): void;
  /** A piece of the body; the bytes are valid during the call only. */
  onBodyData(bytes: Buffer, start: number, end: number): void;
  /** The body is complete; `trailers` are finished lines that may be forwarded. */
  onBodyEnd(trailers: string): void;
  /** All that one read brought has been said: flush what it led to. */
  onSettled(): void;
  /** The caller reads again after a `write` that answered false. */
  onCallerDrain(): void;
  /** The caller left, broke the body's framing or stalled; nothing more can be answered unless `answerable`. */
  onCallerGone(code: ErrorCode, answerable: boolean): void;
  /** Dealing with the request has thrown. */
  onFault(error: unknown): void;
}

export interface ServerEvents {
  /** A complete, valid head; answer through `connection` now or later. */
  onRequest(connection: ServerConnection): RequestEvents;
  /** A head was refused and answered by the engine itself. */
  onRefused(problem: HeadProblem, connection: ServerConnection): void;
  onClosed(connection: ServerConnection): void;
  /**
   * The first bytes are the preface of HTTP/2 (RFC 9113 §3.4). Whoever speaks that takes the socket over, with those
   * bytes still to be read, and this connection is over; undefined where nobody does.
   */
  readonly onPreface?: ((connection: ServerConnection, socket: net.Socket) => void) | undefined;
}

type Phase = 'idle' | 'head' | 'busy' | 'tunnel' | 'closing';
const NOTHING = Buffer.alloc(0);
const PROBE_MS = 100;
const PREFACE = 'PRI * HTTP/2.0\r\n\r\n';
/** A caller that has said its last and takes nothing for so long has left. */
const SILENCE_MS = 1_000;

function isGrpc({ fields }: RequestHead): boolean {
  return fields.known(FIELD['content-type'])?.toLowerCase().startsWith('application/grpc') === true;
}

/**
 * The caller's side of one connection: reads requests one at a time, in order, and writes their replies.
 * Pipelined bytes wait, unread, until the reply before them is complete (RFC 9112 §9.3.2).
 */
export class ServerConnection implements WireEvents {
  readonly head: RequestHead;
  wire: Wire | undefined;
  /** It came by TLS. */
  secure = false;
  /** Looks on at the request under way and its reply; whoever sets it does so before the body is wanted. */
  tap: CallTap | undefined;
  readonly #limits: ServerLimits;
  readonly #wheel: TimerWheel;
  readonly #events: ServerEvents;
  readonly #chunks = new ChunkedDecoder();
  readonly #timer: Timer;
  #phase: Phase = 'idle';
  #remoteAddress: string | undefined;
  #request: RequestEvents | undefined;
  #tunnel: ((bytes: Buffer, length: number) => void) | undefined;
  readonly #sink: BodySink = {
    onData: (bytes, start, end) => {
      this.tap?.requestData(bytes, start, end);
      this.#request?.onBodyData(bytes, start, end);
    },
  };
  #pending: Buffer = NOTHING;
  /** So many of the pending bytes may still become a head; they are not looked at again. */
  #hopeful = 0;
  #bodyLeft = 0;
  #bodyDone = true;
  #bodyWanted = false;
  #replied = false;
  #continueSent = false;
  #draining = false;
  /** Its body is not timed. */
  #unhurried = false;
  /** Bytes written when the caller said its last; -1 before. */
  #writtenAtEnd = -1;

  constructor(options: { limits: ServerLimits; wheel: TimerWheel; events: ServerEvents }) {
    this.#limits = options.limits;
    this.#wheel = options.wheel;
    this.#events = options.events;
    this.head = new RequestHead(options.limits);
    this.#timer = new Timer(() => guarded(this, () => this.#expire()));
  }

  /**
   * Takes its socket; the wire must have been made with this connection as its events. `remoteAddress` where a proxy
   * has vouched for another than the socket's.
   */
  start(wire: Wire, remoteAddress?: string): void {
    this.wire = wire;
    this.secure = wire.socket instanceof TLSSocket;
    this.#remoteAddress = remoteAddress;
    this.#wheel.arm(this.#timer, this.#limits.headTimeoutMs);
  }

  /** Fields of the request, as finished lines: those that came, until somebody takes one out. */
  get lines(): string {
    return this.head.fields.kept();
  }

  /** The peer's address, an IPv4-mapped one in its IPv4 form; asked of the socket once a connection. */
  get remoteAddress(): string {
    this.#remoteAddress ??= (this.wire?.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
    return this.#remoteAddress;
  }

  onBytes(bytes: Buffer, length: number): void {
    if (this.#phase === 'closing') return;
    if (this.#phase === 'tunnel') {
      this.#tunnel?.(bytes, length);
      return;
    }
    if (this.#pending.length === 0) this.#read(bytes, 0, length);
    else if (this.#phase === 'busy') this.#hold(bytes, 0, length);
    // Without a line end, no head ends: one that trickles is not read again with every byte.
    else if (this.#phase === 'head' && !bytes.subarray(0, length).includes(10)) this.#hold(bytes, 0, length);
    else {
      this.#pending = Buffer.concat([this.#pending, bytes.subarray(0, length)]);
      this.#readPending();
    }
  }

  #readPending(): void {
    const held = this.#pending;
    this.#pending = NOTHING;
    this.#read(held, 0, held.length);
  }

  #read(bytes: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end && this.#phase !== 'closing') {
      const before = at;
      at = this.#phase === 'busy' ? this.#readBody(bytes, at, end) : this.#readHead(bytes, at, end);
      if (at === before) {
        this.#hold(bytes, at, end);
        break;
      }
      if (at < end && this.#phase === 'idle' && this.wire?.full === true) {
        // Answered at once, and not yet taken: `#next` goes on when it is.
        this.#pending = Buffer.from(bytes.subarray(at, end));
        break;
      }
    }
    this.#request?.onSettled();
    this.wire?.flush();
  }

  /** Keeps bytes that cannot be dealt with yet; stops reading when they belong to a later request. */
  #hold(bytes: Buffer, start: number, end: number): void {
    this.#pending = Buffer.concat([this.#pending, bytes.subarray(start, end)]);
    if (this.#phase === 'busy') this.wire?.pause();
    else if (this.#pending.length > this.#limits.headBytesMax) this.#tooLong();
    else if (hopelessHead(this.#pending, this.#hopeful)) {
      this.#refuse({ code: 'request.malformed', detail: 'not an HTTP request' });
    } else this.#hopeful = this.#pending.length;
  }

  #tooLong(): void {
    const line = this.#pending.indexOf('\r\n');
    this.#refuse(
      line < 0 || line > this.#limits.targetBytesMax + 64
        ? { code: 'request.target_too_long', detail: 'request target too long' }
        : { code: 'request.head_too_large', detail: 'request head too large' },
    );
  }

  #readHead(bytes: Buffer, from: number, end: number): number {
    let start = from;
    // RFC 9112 §2.2: an empty line before the request line is ignored.
    if (end - start >= 2 && bytes[start] === 13 && bytes[start + 1] === 10) start += 2;
    const { headBytesMax } = this.#limits;
    const text = latin1(bytes, start, Math.min(end, start + headBytesMax));
    const stop = text.indexOf('\r\n\r\n');
    if (stop < 0 && end - start >= headBytesMax) {
      this.#pending = Buffer.from(bytes.subarray(start, end));
      this.#tooLong();
      return end;
    }
    if (stop < 0) {
      if (this.#phase === 'idle') this.#wheel.arm(this.#timer, this.#limits.headTimeoutMs);
      this.#phase = 'head';
      return from;
    }
    const problem = this.head.parse(text);
    if (problem !== undefined) {
      if (!this.#handedOver(text, bytes.subarray(start, end))) this.#refuse(problem);
      return end;
    }
    this.#begin();
    return start + stop + 4;
  }

  /** Only the first bytes of a connection are a preface: before a head was read, none had a method. */
  #handedOver(text: string, bytes: Buffer): boolean {
    const { onPreface } = this.#events;
    if (onPreface === undefined || this.head.method !== '' || !text.startsWith(PREFACE)) return false;
    if (!(this.wire instanceof SocketWire)) return false;
    const socket = this.wire.release(Buffer.from(bytes));
    this.#phase = 'closing';
    this.wire = undefined;
    this.#wheel.disarm(this.#timer);
    onPreface.call(this.#events, this, socket);
    return true;
  }

  /** A head that came in frames of HTTP/2, written as HTTP/1.1, or what is wrong with it. */
  deliverHead(head: string | HeadProblem): void {
    const problem = typeof head === 'string' ? this.head.parse(head) : head;
    this.#unhurried = problem === undefined && isGrpc(this.head);
    if (problem === undefined) this.#begin();
    else this.#refuse(problem);
    this.#request?.onSettled();
    this.wire?.flush();
  }

  /** A piece of its body; comes only while the wire is not paused. */
  deliverBody(bytes: Buffer): void {
    if (this.#phase === 'tunnel') this.#tunnel?.(bytes, bytes.length);
    const request = this.#request;
    if (this.#phase !== 'busy' || this.#bodyDone || request === undefined) return;
    this.#armBody();
    if (this.head.framing === 'length') {
      this.#bodyLeft -= bytes.length;
      if (this.#bodyLeft < 0) {
        this.#bodyBroken(request);
        return;
      }
    }
    this.tap?.requestData(bytes, 0, bytes.length);
    request.onBodyData(bytes, 0, bytes.length);
    this.#request?.onSettled();
    this.wire?.flush();
  }

  /** The caller has said its last. */
  deliverEnd(trailers: string): void {
    if (this.#phase === 'tunnel') this.onEnd();
    const request = this.#request;
    if (this.#phase !== 'busy' || this.#bodyDone || request === undefined) return;
    if (this.head.framing === 'length' && this.#bodyLeft > 0) {
      this.#bodyBroken(request);
      return;
    }
    this.#bodyDone = true;
    this.#bodyEnd(trailers);
    this.#request?.onSettled();
    this.wire?.flush();
  }

  #bodyBroken(request: RequestEvents): void {
    this.#bodyDone = true;
    this.head.keepAlive = false;
    request.onCallerGone('request.malformed', !this.#replied);
    this.wire?.flush();
  }

  /** A call of gRPC may be silent for as long as it likes: its own deadline ends it, or the silence of its reply. */
  #armBody(): void {
    if (!this.#unhurried) this.#wheel.arm(this.#timer, this.#limits.bodyIdleMs);
  }

  #begin(): void {
    const { framing, contentLength } = this.head;
    this.#phase = 'busy';
    this.#hopeful = 0;
    this.tap = undefined;
    this.#replied = false;
    this.#continueSent = false;
    this.#bodyWanted = false;
    this.#bodyLeft = contentLength;
    this.#bodyDone = framing === 'none' || (framing === 'length' && contentLength === 0);
    if (framing === 'chunked') this.#chunks.reset();
    this.#wheel.disarm(this.#timer);
    this.#request = this.#events.onRequest(this);
    this.#request.onReady();
  }

  /** Hands the rest of the request to somebody else, such as the AI gateway once the policies have agreed. */
  handOver(request: RequestEvents): void {
    if (this.#phase === 'busy') this.#request = request;
  }

  /** Lets the body flow to the request's events; sends 100 Continue if the caller waits for it (RFC 9110 §10.1.1). */
  wantBody(): void {
    if (this.#bodyWanted) return;
    this.#bodyWanted = true;
    if (this.#bodyDone) {
      this.#request?.onBodyEnd('');
      return;
    }
    if (this.head.expectsContinue && this.#pending.length === 0 && !this.#continueSent && !this.#replied) {
      this.#continueSent = true;
      this.wire?.text('HTTP/1.1 100 Continue\r\n\r\n');
      this.wire?.flush();
    }
    this.#armBody();
    this.wire?.resume();
    if (this.#pending.length > 0) this.#readPending();
  }

  #readBody(bytes: Buffer, start: number, end: number): number {
    if (this.#bodyDone || !this.#bodyWanted) return start;
    this.#wheel.arm(this.#timer, this.#limits.bodyIdleMs);
    const request = this.#request;
    if (request === undefined) return start;
    if (this.head.framing === 'length') {
      const stop = Math.min(end, start + this.#bodyLeft);
      this.#bodyLeft -= stop - start;
      this.#bodyDone = this.#bodyLeft === 0;
      this.tap?.requestData(bytes, start, stop);
      request.onBodyData(bytes, start, stop);
      if (this.#bodyDone) this.#bodyEnd('');
      return stop;
    }
    const stop = this.#chunks.push(bytes, { start, end }, this.#sink);
    if (stop < 0) {
      this.#bodyDone = true;
      this.head.keepAlive = false;
      request.onCallerGone('request.malformed', !this.#replied);
      return end;
    }
    if (this.#chunks.done) {
      this.#bodyDone = true;
      this.#bodyEnd(this.#chunks.trailers);
    }
    return stop;
  }

  #bodyEnd(trailers: string): void {
    this.#wheel.disarm(this.#timer);
    this.tap?.requestEnd();
    this.#request?.onBodyEnd(trailers);
  }

  /** A call of gRPC, which is told of failures in its own way. */
  get grpc(): boolean {
    return this.#unhurried;
  }

  pauseBody(): void {
    this.wire?.pause();
    if (this.wire?.full === true) this.onFull();
    else this.#wheel.disarm(this.#timer);
  }

  resumeBody(): void {
    if (this.#bodyWanted && !this.#bodyDone) this.#armBody();
    this.wire?.resume();
  }

  get bodyComplete(): boolean {
    return this.#bodyDone;
  }

  /** Will the connection be kept after this reply? Part of the head that is about to be written. */
  get persists(): boolean {
    return this.head.keepAlive && this.#bodyDone && !this.#draining;
  }

  markReplied(): void {
    this.#replied = true;
    if (this.#writtenAtEnd >= 0) this.#wheel.arm(this.#timer, SILENCE_MS);
  }

  /** The reply is complete: on to the next request, or to the end of the connection. */
  finish(keep: boolean): void {
    if (this.#phase !== 'busy') return;
    this.#request = undefined;
    const taken = this.wire?.flush() === true;
    if (!keep || !this.#bodyDone || !this.head.keepAlive || this.#draining) {
      this.#close();
      return;
    }
    this.#phase = 'idle';
    this.#wheel.arm(this.#timer, this.#limits.idleTimeoutMs);
    if (taken && this.#pending.length === 0) {
      this.wire?.resume();
      return;
    }
    // Nothing is read before what waits already, nor while the caller has yet to take its replies.
    this.wire?.pause();
    if (taken) setImmediate(() => guarded(this, () => this.#next()));
  }

  #next(): void {
    if (this.#phase !== 'idle') return;
    this.wire?.resume();
    if (this.#pending.length > 0) this.#readPending();
  }

  /** Sends what was gathered and ends without the reply's own end: the caller sees that it was cut short. */
  breakOff(): void {
    this.#request = undefined;
    this.#close();
  }

  /** Cuts the connection, so that an unfinished reply never looks complete: in HTTP/1.0 only a reset says so. */
  abort(): void {
    this.#phase = 'closing';
    this.#request = undefined;
    if (this.head.minor === 0) this.wire?.reset();
    else this.wire?.destroy();
  }

  /** Ends what is under way as `code` says, and the connection with it. */
  cut(code: ErrorCode): void {
    this.#request?.onCallerGone(code, false);
    this.abort();
  }

  /** The reader may have been anywhere in what was sent: nothing that follows can be trusted to be a request. */
  onFault(error: unknown): void {
    this.head.keepAlive = false;
    if (this.#request === undefined) this.abort();
    else this.#request.onFault(error);
  }

  /** After a 101 both ways: raw bytes from here on, first those that the caller sent ahead (reference row 25). */
  tunnel(onBytes: (bytes: Buffer, length: number) => void): void {
    this.#phase = 'tunnel';
    this.#tunnel = onBytes;
    this.wire?.keepAlive(TUNNEL_PROBE_MS);
    const ahead = this.#pending;
    this.#pending = NOTHING;
    if (ahead.length > 0) onBytes(ahead, ahead.length);
    this.wire?.resume();
  }

  /** No further requests: idle connections close now, busy ones after their reply. */
  drain(): void {
    this.#draining = true;
    if (this.#phase === 'idle' || this.#phase === 'head') this.#close();
  }

  #refuse(problem: HeadProblem): void {
    const { status, title } = ERRORS[problem.code];
    const body = JSON.stringify({ type: 'about:blank', title, status, detail: problem.detail, code: problem.code });
    this.wire?.text(
      `HTTP/1.1 ${status} ${title}\r\ndate: ${httpDate()}\r\ncontent-type: application/problem+json\r\ncontent-length: ${body.length}\r\n` +
        `connection: close\r\n\r\n${body}`,
    );
    this.#events.onRefused(problem, this);
    this.#close();
  }

  /** Closes our side, then waits a little for the caller's, so that a reset does not swallow the reply (RFC 9112 §9.6). */
  #close(): void {
    this.#phase = 'closing';
    this.#pending = NOTHING;
    this.wire?.end();
    this.wire?.resume();
    const { idleTimeoutMs, lingerMs } = this.#limits;
    this.#wheel.arm(this.#timer, (this.wire?.unsent ?? 0) > 0 ? idleTimeoutMs : lingerMs);
  }

  #probe(): void {
    if (this.head.minor === 0) {
      this.wire?.poke();
      this.#wheel.arm(this.#timer, SILENCE_MS);
      return;
    }
    this.wire?.text('HTTP/1.1 102 Processing\r\n\r\n');
    this.wire?.flush();
  }

  #expire(): void {
    if (this.#phase === 'idle' || this.#phase === 'closing') {
      this.wire?.destroy();
    } else if (this.#phase === 'head') {
      this.#refuse({ code: 'request.timeout', detail: 'request head took too long' });
    } else if (!this.#bodyDone) {
      this.head.keepAlive = false;
      this.#request?.onCallerGone('request.timeout', !this.#replied);
    } else if (!this.#replied) {
      this.#probe();
    } else if (this.wire?.full === true) {
      this.#request?.onCallerGone('request.timeout', false);
    } else if (this.#writtenAtEnd >= 0) this.#watchSilence();
  }

  /** What is written to a caller that has left is answered with a reset; only silence does not tell. */
  #watchSilence(): void {
    const written = this.wire?.written ?? 0;
    if (written === this.#writtenAtEnd) {
      this.#request?.onCallerGone('request.cancelled', false);
      return;
    }
    this.#writtenAtEnd = written;
    this.#wheel.arm(this.#timer, SILENCE_MS);
  }

  onEnd(): void {
    if (this.#phase !== 'busy') {
      // One that is closing ends by itself once the caller has taken what is left.
      if (this.#phase !== 'closing' || this.wire?.unsent === 0) this.wire?.destroy();
      return;
    }
    this.head.keepAlive = false;
    this.#writtenAtEnd = this.wire?.written ?? 0;
    // Half a WebSocket is of no use.
    if (!this.#bodyDone || this.head.upgrade !== '') {
      this.#request?.onCallerGone('request.cancelled', false);
      this.abort();
    } else if (this.#replied) {
      this.#wheel.arm(this.#timer, SILENCE_MS);
    } else if (this.head.minor === 1) {
      // Left, or only done sending? An interim reply tells: a closed peer answers it with a reset, which the next
      // write then meets; a half-closed one reads on.
      this.#probe();
      this.#wheel.arm(this.#timer, PROBE_MS);
    } else {
      // HTTP/1.0 knows no interim replies. TCP's own probes ask there, and get a reset once the caller's system has
      // forgotten a socket that was closed: about a minute later.
      this.wire?.keepAlive(SILENCE_MS);
      this.#wheel.arm(this.#timer, SILENCE_MS);
    }
  }

  /** Answered faster than it reads: it must take something in time. While its body flows, that is timed instead. */
  onFull(): void {
    if (this.#phase === 'busy' && this.#waits) this.#wheel.arm(this.#timer, this.#limits.idleTimeoutMs);
  }

  onDrain(): void {
    if (this.#phase === 'closing' && this.wire?.http2 === true) {
      // All is said; what is left of the request is not waited for much longer.
      this.#wheel.arm(this.#timer, this.#limits.lingerMs);
      return;
    }
    if (this.#phase === 'busy' && this.#waits) {
      if (this.#writtenAtEnd < 0) this.#wheel.disarm(this.#timer);
      else this.#wheel.arm(this.#timer, SILENCE_MS);
    }
    if (this.#request === undefined) this.#next();
    else this.#request.onCallerDrain();
  }

  get #waits(): boolean {
    return this.#bodyDone || this.wire?.paused === true;
  }

  onClose(): void {
    const request = this.#request;
    this.#phase = 'closing';
    this.#request = undefined;
    this.#wheel.disarm(this.#timer);
    request?.onCallerGone('request.cancelled', false);
    this.#events.onClosed(this);
  }
}
