import { ChunkedDecoder, type BodySink } from './chunked-decoder.ts';
import { latin1 } from './latin1.ts';
import { ReplyHead } from './reply-head.ts';
import type { HeadLimits } from './request-head.ts';
import { Timer, type TimerWheel } from './timer-wheel.ts';
import { isTlsRefusal } from './tls-settings.ts';
import { guarded, type SocketWire, type Wire, type WireEvents } from './wire.ts';

export type UpstreamFailure =
  | 'connect'
  | 'connect-timeout'
  | 'first-byte-timeout'
  | 'idle-timeout'
  | 'reset'
  /** The upstream has said that it did not deal with the request. */
  | 'refused'
  | 'malformed';

/** Hears one reply. Exactly one of `onReplyEnd`, `onFailure` and `onUpgraded` comes last. */
export interface ReplyEvents extends BodySink {
  onConnected(): void;
  /** 1xx other than 101; the head is valid during the call. */
  onInformational(head: ReplyHead): void;
  onReplyHead(head: ReplyHead): void;
  onReplyEnd(trailers: string): void;
  /** `fresh` is false when a kept connection broke before any reply byte: it was probably closed while idle. */
  onFailure(
    failure: UpstreamFailure,
    facts: { readonly detail: string; readonly replyBegan: boolean; readonly fresh: boolean },
  ): void;
  /** 101: bytes now flow through `tunnel`. `rest` came with the head. */
  onUpgraded(head: ReplyHead, rest: Buffer): void;
  onUpstreamDrain(): void;
  onSettled(): void;
  /** Dealing with the reply has thrown; the connection is gone. */
  onFault(error: unknown): void;
}

export interface ClientTimeouts {
  readonly connectMs: number;
  readonly firstByteMs: number;
  readonly idleMs: number;
}

export interface ClientHost {
  /** The exchange is over and the connection may serve another. */
  onIdle(connection: ClientConnection): void;
  onClosed(connection: ClientConnection, error: Error | undefined): void;
}

type Phase = 'idle' | 'waiting' | 'body' | 'tunnel' | 'closed';
const NOTHING = Buffer.alloc(0);
const INFORMATIONAL_MAX = 8;
/** A tunnel without a word is probed by the kernel from here on, so that a peer that vanished is noticed. */
export const TUNNEL_PROBE_MS = 60_000;
/** How long the other end of a tunnel may take to close after us. */
const LINGER_MS = 2_000;

/** One connection to an upstream: one request at a time, its reply parsed as strictly as a request. */
export class ClientConnection implements WireEvents {
  readonly head: ReplyHead;
  wire: Wire | undefined;
  connected = false;
  /** It did not come to be connected in the time that it had. */
  connectedTooLate = false;
  /** How many requests it has carried. */
  uses = 0;
  /** Monotonic ms after which an idle one is no longer trusted. */
  idleUntilMs = Infinity;
  readonly #limits: HeadLimits;
  readonly #wheel: TimerWheel;
  readonly #host: ClientHost;
  readonly #timer: Timer;
  readonly #chunks = new ChunkedDecoder();
  #phase: Phase = 'idle';
  #reply: ReplyEvents | undefined;
  #tunnel: ((bytes: Buffer, length: number) => void) | undefined;
  #method = 'GET';
  #timeouts: ClientTimeouts = { connectMs: 0, firstByteMs: 0, idleMs: 0 };
  #pending: Buffer = NOTHING;
  #bodyLeft = 0;
  #informational = 0;
  #requestSent = false;
  #replyBytes = false;
  #failure: UpstreamFailure = 'reset';

  constructor(options: { limits: HeadLimits; wheel: TimerWheel; host: ClientHost }) {
    this.#limits = options.limits;
    this.#wheel = options.wheel;
    this.#host = options.host;
    this.head = new ReplyHead(options.limits);
    this.#timer = new Timer(() => guarded(this, () => this.#expire()));
  }

  /** Takes its wire, which says `onConnect` when it may carry a request. */
  attach(wire: Wire): void {
    this.wire = wire;
  }

  start(wire: SocketWire, ready: 'connect' | 'secureConnect'): void {
    this.attach(wire);
    wire.socket.once(ready, () => guarded(this, () => this.onConnect()));
  }

  onConnect(): void {
    this.connected = true;
    this.#failure = 'reset';
    if (this.#phase === 'waiting') {
      this.#wheel.disarm(this.#timer);
      this.#reply?.onConnected();
      if (this.#requestSent) this.#wheel.arm(this.#timer, this.#timeouts.firstByteMs);
    }
  }

  /** Takes the connection for one exchange. The head and body are then written through `wire`. */
  begin(options: { method: string; timeouts: ClientTimeouts; events: ReplyEvents }): void {
    this.uses++;
    this.#phase = 'waiting';
    this.#method = options.method;
    this.#timeouts = options.timeouts;
    this.#reply = options.events;
    this.#requestSent = false;
    this.#replyBytes = false;
    this.#informational = 0;
    this.#failure = this.connected ? 'reset' : 'connect';
    if (!this.connected) this.#wheel.arm(this.#timer, options.timeouts.connectMs);
  }

  /** The request is complete: from here the first byte is waited for. */
  requestSent(): void {
    this.#requestSent = true;
    if (this.connected && this.#phase === 'waiting') this.#wheel.arm(this.#timer, this.#timeouts.firstByteMs);
  }

  onBytes(bytes: Buffer, length: number): void {
    if (this.#phase === 'idle') {
      // Bytes nobody asked for would answer the next request (reference row 40).
      this.destroy();
      return;
    }
    this.#replyBytes = true;
    if (this.#phase === 'tunnel') {
      this.#tunnel?.(bytes, length);
      return;
    }
    if (this.#pending.length > 0) {
      const held = Buffer.concat([this.#pending, bytes.subarray(0, length)]);
      this.#pending = NOTHING;
      this.#read(held, held.length);
    } else this.#read(bytes, length);
  }

  #read(bytes: Buffer, end: number): void {
    const reply = this.#reply;
    let at = 0;
    while (at < end && (this.#phase === 'waiting' || this.#phase === 'body')) {
      const next = this.#phase === 'waiting' ? this.#readHead(bytes, at, end) : this.#readBody(bytes, at, end);
      if (next < 0) break;
      at = next;
    }
    if (at < end && this.#phase === 'idle') this.destroy();
    reply?.onSettled();
  }

  /** Returns where the head ended, or -1 when it must wait or has failed. */
  #readHead(bytes: Buffer, start: number, end: number): number {
    const { headBytesMax } = this.#limits;
    const text = latin1(bytes, start, Math.min(end, start + headBytesMax));
    const stop = text.indexOf('\r\n\r\n');
    if (stop < 0) {
      if (end - start >= headBytesMax) this.fail('malformed', 'reply head too large');
      else this.#pending = Buffer.from(bytes.subarray(start, end));
      return -1;
    }
    const bodyStart = start + stop + 4;
    const problem = this.head.parse(text, this.#method);
    if (problem !== undefined) {
      this.fail('malformed', problem);
      return -1;
    }
    if (this.head.status === 101) return this.#upgrade(bytes, bodyStart, end);
    if (this.head.status < 200) return this.#informationalHead(bodyStart);
    this.#beginBody();
    if (this.head.framing === 'none' || (this.head.framing === 'length' && this.#bodyLeft === 0)) this.#complete('');
    return bodyStart;
  }

  #beginBody(): void {
    this.#phase = 'body';
    this.#bodyLeft = this.head.contentLength;
    if (this.head.framing === 'chunked') this.#chunks.reset();
    this.#wheel.arm(this.#timer, this.#timeouts.idleMs);
    this.#reply?.onReplyHead(this.head);
  }

  #informationalHead(next: number): number {
    if (++this.#informational > INFORMATIONAL_MAX) {
      this.fail('malformed', 'too many interim replies');
      return -1;
    }
    this.#reply?.onInformational(this.head);
    return next;
  }

  #upgrade(bytes: Buffer, start: number, end: number): number {
    this.#phase = 'tunnel';
    this.#wheel.disarm(this.#timer);
    this.#reply?.onUpgraded(this.head, Buffer.from(bytes.subarray(start, end)));
    return end;
  }

  #readBody(bytes: Buffer, start: number, end: number): number {
    this.#wheel.arm(this.#timer, this.#timeouts.idleMs);
    const sink = this.#reply;
    if (sink === undefined) return -1;
    if (this.head.framing === 'close') {
      sink.onData(bytes, start, end);
      return end;
    }
    if (this.head.framing === 'length') {
      const stop = Math.min(end, start + this.#bodyLeft);
      this.#bodyLeft -= stop - start;
      sink.onData(bytes, start, stop);
      if (this.#bodyLeft === 0) this.#complete('');
      return stop;
    }
    const stop = this.#chunks.push(bytes, { start, end }, sink);
    if (stop < 0) this.fail('malformed', this.#chunks.problem);
    else if (this.#chunks.done) this.#complete(this.#chunks.trailers);
    return stop;
  }

  /** A head that came in frames of HTTP/2, written as HTTP/1.1. `ended`: no body follows. */
  deliverHead(text: string, ended: boolean): void {
    if (this.#phase !== 'waiting') return;
    const reply = this.#reply;
    this.#replyBytes = true;
    const problem = this.head.parse(text, this.#method);
    if (problem !== undefined) this.fail('malformed', problem);
    else if (this.head.status === 101) this.#upgrade(NOTHING, 0, 0);
    else if (this.head.status < 200) this.#informationalHead(0);
    else {
      this.#beginBody();
      if (ended) this.deliverEnd('');
    }
    reply?.onSettled();
  }

  deliverBody(bytes: Buffer): void {
    if (this.#phase === 'tunnel') this.#tunnel?.(bytes, bytes.length);
    const reply = this.#reply;
    if (this.#phase !== 'body' || reply === undefined) return;
    this.#wheel.arm(this.#timer, this.#timeouts.idleMs);
    if (this.head.framing !== 'chunked') {
      this.#bodyLeft -= bytes.length;
      if (this.#bodyLeft < 0 || this.head.framing === 'none') {
        this.fail('malformed', 'more of a body than the head says');
        return;
      }
    }
    reply.onData(bytes, 0, bytes.length);
    reply.onSettled();
  }

  deliverEnd(trailers: string): void {
    const reply = this.#reply;
    if (this.#phase === 'tunnel') this.destroy();
    if (this.#phase !== 'body') return;
    if (this.head.framing === 'length' && this.#bodyLeft > 0)
      this.fail('malformed', 'less of a body than the head says');
    else this.#complete(trailers);
    reply?.onSettled();
  }

  #complete(trailers: string): void {
    const reply = this.#reply;
    if (reply === undefined) return;
    this.#wheel.disarm(this.#timer);
    this.#reply = undefined;
    const kept = this.head.keepAlive && this.#requestSent && this.head.framing !== 'close';
    // A stream carries one request; it is the session that is kept.
    const keep = kept && this.wire?.http2 !== true;
    this.#phase = 'idle';
    reply.onReplyEnd(trailers);
    if (keep) this.#host.onIdle(this);
    else this.destroy();
  }

  pause(): void {
    this.wire?.pause();
    this.#wheel.disarm(this.#timer);
  }

  resume(): void {
    if (this.#phase === 'body') this.#wheel.arm(this.#timer, this.#timeouts.idleMs);
    else if (this.connected && this.#requestSent) this.requestSent();
    this.wire?.resume();
  }

  /** From 101 on: raw bytes both ways. */
  tunnel(onBytes: (bytes: Buffer, length: number) => void): void {
    this.#tunnel = onBytes;
    this.wire?.keepAlive(TUNNEL_PROBE_MS);
  }

  /** The caller's side of the tunnel has ended: what it sent still leaves, then the upstream has a little time to close. */
  endTunnel(): void {
    this.#tunnel = undefined;
    this.wire?.end();
    this.#wheel.arm(this.#timer, LINGER_MS);
  }

  fail(failure: UpstreamFailure, detail: string): void {
    const reply = this.#reply;
    this.#reply = undefined;
    this.destroy();
    reply?.onFailure(failure, { detail, replyBegan: this.#replyBytes, fresh: this.uses <= 1 });
  }

  /** The caller has left or the exchange failed elsewhere: nobody listens any more. */
  destroy(): void {
    this.#phase = 'closed';
    // The pool hears of it only when the socket has closed, and must not hand it out until then.
    this.idleUntilMs = -Infinity;
    this.#reply = undefined;
    this.#wheel.disarm(this.#timer);
    this.wire?.destroy();
  }

  #expire(): void {
    if (!this.connected) {
      this.connectedTooLate = true;
      this.fail('connect-timeout', 'connect timed out');
    } else if (this.#phase === 'waiting') this.fail('first-byte-timeout', 'no reply in time');
    else if (this.#phase === 'body') this.fail('idle-timeout', 'reply stalled');
    else this.destroy();
  }

  onFault(error: unknown): void {
    const reply = this.#reply;
    this.destroy();
    reply?.onFault(error);
  }

  onEnd(): void {
    if (this.#phase === 'body' && this.head.framing === 'close') {
      this.#complete('');
      this.#reply?.onSettled();
      return;
    }
    this.#ended('upstream closed the connection');
  }

  #ended(detail: string): void {
    if (this.#phase === 'waiting' || this.#phase === 'body') this.fail(this.#failure, detail);
    else this.destroy();
  }

  /** An upstream that stops taking the request is waited for no longer than one that stops sending its reply. */
  onFull(): void {
    if (this.#takesRequest) this.#wheel.arm(this.#timer, this.#timeouts.idleMs);
  }

  onDrain(): void {
    if (this.#takesRequest) this.#wheel.disarm(this.#timer);
    this.#reply?.onUpstreamDrain();
  }

  get #takesRequest(): boolean {
    return this.connected && this.#phase === 'waiting' && !this.#requestSent;
  }

  onClose(error: Error | undefined): void {
    if (error !== undefined && this.uses <= 1 && !this.#replyBytes && isTlsRefusal(error)) this.#failure = 'connect';
    this.#ended(error?.message ?? 'upstream closed the connection');
    this.#host.onClosed(this, error);
  }
}
