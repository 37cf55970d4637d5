import { ERRORS, type ErrorCode } from '@gatehouse/kernel';
import type { ClientConnection, ClientTimeouts, ReplyEvents, UpstreamFailure } from './client-connection.ts';
import { STRIP_FROM_REPLY, STRIP_FROM_REQUEST } from './hop-by-hop.ts';
import type { Pool } from './pool.ts';
import type { ReplyHead } from './reply-head.ts';
import type { RequestEvents, ServerConnection } from './server-connection.ts';

export interface ForwardPlan {
  readonly pool: Pool;
  /** Host as the upstream shall see it. */
  readonly authority: string;
  /** Canonical path and query as the upstream shall see them. */
  readonly target: string;
  /** Finished lines that go upstream: who calls, request id, forwarding fields. */
  readonly requestLines: string;
  /** Finished lines of every reply. */
  readonly replyLines: string;
  readonly requestId: string;
  readonly bodyBytesMax: number;
  readonly timeouts: ClientTimeouts;
  /** Exactly once, however it went. `code` says why the caller got a refusal or less than the whole. */
  readonly onEnd: (outcome: ForwardOutcome) => void;
}

export interface ForwardOutcome {
  readonly status: number;
  readonly code: ErrorCode | undefined;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly attempts: number;
}

const FAILURE_CODE: Readonly<Record<UpstreamFailure, ErrorCode>> = {
  connect: 'upstream.unreachable',
  'connect-timeout': 'upstream.timeout',
  'first-byte-timeout': 'upstream.timeout',
  'idle-timeout': 'upstream.timeout',
  reset: 'upstream.broken',
  malformed: 'upstream.broken',
};

/** RFC 9110 §9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/**
 * Joins one request of a caller with one reply of an upstream. Bytes go through as they come, with back-pressure both
 * ways; a break on either side breaks the other, so that nothing unfinished ever looks complete.
 */
export class Forward implements RequestEvents, ReplyEvents {
  readonly #caller: ServerConnection;
  readonly #plan: ForwardPlan;
  #upstream: ClientConnection | undefined;
  #attempts = 0;
  #status = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  #chunkReply = false;
  #closeAfter = false;
  #headless = false;
  #ended = false;

  constructor(caller: ServerConnection, plan: ForwardPlan) {
    this.#caller = caller;
    this.#plan = plan;
    const { head } = caller;
    head.removeNominated();
    head.fields.strip(STRIP_FROM_REQUEST);
  }

  /** Sends the head upstream. Call once, after the caller's connection knows these events. */
  begin(): void {
    this.#attempt(this.#plan.pool.take());
  }

  #attempt(upstream: ClientConnection | undefined): void {
    if (upstream === undefined) {
      this.#refuse('upstream.overloaded', 'too many connections to the upstream');
      return;
    }
    const { head } = this.#caller;
    this.#upstream = upstream;
    this.#attempts++;
    upstream.begin({ method: head.method, timeouts: this.#plan.timeouts, events: this });
    upstream.wire?.text(
      `${head.method} ${this.#plan.target} HTTP/1.1\r\nhost: ${this.#plan.authority}\r\n` +
        `${head.fields.kept()}${head.framing === 'chunked' ? 'transfer-encoding: chunked\r\n' : ''}` +
        `${head.upgrade === '' ? '' : `connection: upgrade\r\nupgrade: ${head.upgrade}\r\n`}${this.#plan.requestLines}\r\n`,
    );
    if (this.#caller.bodyComplete) upstream.requestSent();
    if (upstream.connected) this.onConnected();
    upstream.wire?.flush();
  }

  onConnected(): void {
    if (!this.#caller.bodyComplete) this.#caller.wantBody();
  }

  onBodyData(bytes: Buffer, start: number, end: number): void {
    this.#bytesIn += end - start;
    const upstream = this.#upstream;
    if (upstream === undefined || this.#ended) return;
    if (this.#bytesIn > this.#plan.bodyBytesMax) {
      this.#refuse('request.body_too_large', `the body may have ${this.#plan.bodyBytesMax} bytes`);
      return;
    }
    const chunked = this.#caller.head.framing === 'chunked';
    if (chunked) upstream.wire?.text(`${(end - start).toString(16)}\r\n`);
    upstream.wire?.bytes(bytes, start, end);
    if (chunked) upstream.wire?.text('\r\n');
  }

  onBodyEnd(trailers: string): void {
    const upstream = this.#upstream;
    if (upstream === undefined) return;
    if (this.#caller.head.framing === 'chunked') upstream.wire?.text(`0\r\n${trailers}\r\n`);
    upstream.requestSent();
  }

  onReplyHead(reply: ReplyHead): void {
    const { head } = this.#caller;
    this.#status = reply.status;
    reply.removeNominated();
    reply.fields.strip(STRIP_FROM_REPLY);
    this.#headless = head.method === 'HEAD' || reply.status === 204 || reply.status === 304;
    const open = reply.framing === 'chunked' || reply.framing === 'close';
    this.#chunkReply = open && head.minor === 1;
    this.#closeAfter = !this.#caller.persists || (open && head.minor === 0);
    this.#caller.markReplied();
    this.#caller.wire?.text(
      `HTTP/1.1 ${reply.status} ${reply.reason}\r\n${reply.kept()}${this.#plan.replyLines}` +
        `${this.#chunkReply ? 'transfer-encoding: chunked\r\n' : ''}${this.#connectionLine()}\r\n`,
    );
  }

  #connectionLine(): string {
    if (this.#closeAfter) return 'connection: close\r\n';
    return this.#caller.head.minor === 0 ? 'connection: keep-alive\r\n' : '';
  }

  onData(bytes: Buffer, start: number, end: number): void {
    this.#bytesOut += end - start;
    const { wire } = this.#caller;
    if (this.#headless || wire === undefined) return;
    if (this.#chunkReply) wire.text(`${(end - start).toString(16)}\r\n`);
    wire.bytes(bytes, start, end);
    if (this.#chunkReply) wire.text('\r\n');
  }

  onInformational(reply: ReplyHead): void {
    if (this.#caller.head.minor === 0 || reply.status === 100) return;
    reply.removeNominated();
    reply.fields.strip(STRIP_FROM_REPLY);
    this.#caller.wire?.text(`HTTP/1.1 ${reply.status} ${reply.reason}\r\n${reply.kept()}\r\n`);
  }

  onReplyEnd(trailers: string): void {
    this.#upstream = undefined;
    if (this.#chunkReply) this.#caller.wire?.text(`0\r\n${this.#caller.head.acceptsTrailers ? trailers : ''}\r\n`);
    this.#end(undefined);
    this.#caller.finish(!this.#closeAfter);
  }

  /** Once a read has been dealt with: hand over what it led to, and hold the faster side back. */
  onSettled(): void {
    if (this.#caller.wire?.flush() === false) this.#upstream?.pause();
    if (this.#upstream?.wire?.flush() === false) this.#caller.pauseBody();
  }

  onCallerDrain(): void {
    this.#upstream?.resume();
  }

  onUpstreamDrain(): void {
    this.#caller.resumeBody();
  }

  onFailure(failure: UpstreamFailure, facts: { detail: string; replyBegan: boolean; fresh: boolean }): void {
    this.#upstream = undefined;
    if (this.#ended) return;
    if (this.#status !== 0) {
      this.#end(FAILURE_CODE[failure]);
      this.#caller.abort();
      return;
    }
    // A kept connection that the upstream had closed meanwhile: RFC 9112 §9.3.1 lets idempotent calls try again.
    const replayable = this.#bytesIn === 0 && IDEMPOTENT.has(this.#caller.head.method);
    if (failure === 'reset' && !facts.fresh && !facts.replyBegan && replayable) {
      this.#attempt(this.#plan.pool.fresh());
      return;
    }
    this.#refuse(FAILURE_CODE[failure], 'the upstream did not answer properly');
  }

  onUpgraded(reply: ReplyHead, rest: Buffer): void {
    const upstream = this.#upstream;
    if (upstream === undefined) return;
    if (this.#caller.head.upgrade === '') {
      upstream.destroy();
      this.#upstream = undefined;
      this.#refuse('upstream.broken', 'the upstream switched protocols unasked');
      return;
    }
    this.#status = 101;
    reply.removeNominated();
    reply.fields.strip(STRIP_FROM_REPLY);
    this.#caller.markReplied();
    this.#caller.wire?.text(
      `HTTP/1.1 101 ${reply.reason}\r\n${reply.kept()}connection: upgrade\r\nupgrade: ${this.#caller.head.upgrade}\r\n\r\n`,
    );
    this.#tunnel(upstream, rest);
  }

  #tunnel(upstream: ClientConnection, rest: Buffer): void {
    const { wire } = this.#caller;
    const up = upstream.wire;
    if (wire === undefined || up === undefined) return;
    wire.bytes(rest, 0, rest.length);
    upstream.tunnel((bytes, length) => {
      this.#bytesOut += length;
      wire.bytes(bytes, 0, length);
      if (!wire.flush()) up.pause();
    });
    this.#caller.tunnel((bytes, length) => {
      this.#bytesIn += length;
      up.bytes(bytes, 0, length);
      if (!up.flush()) wire.pause();
    });
    wire.socket.on('drain', () => up.resume());
    up.socket.on('drain', () => wire.resume());
    up.socket.once('close', () => {
      this.#end(undefined);
      wire.end();
    });
  }

  onCallerGone(code: ErrorCode, answerable: boolean): void {
    if (this.#ended) return;
    if (answerable && this.#status === 0) {
      this.#refuse(code, ERRORS[code].title);
      return;
    }
    this.#upstream?.destroy();
    this.#upstream = undefined;
    this.#end(code);
    this.#caller.abort();
  }

  #refuse(code: ErrorCode, detail: string): void {
    this.#upstream?.destroy();
    this.#upstream = undefined;
    if (this.#ended) return;
    if (this.#status !== 0) {
      // The caller has seen another status already: only a broken connection is honest now.
      this.#end(code);
      this.#caller.abort();
      return;
    }
    const { status, title } = ERRORS[code];
    this.#status = status;
    const requestId = this.#plan.requestId;
    const body = JSON.stringify({ type: 'about:blank', title, status, detail, code, requestId });
    const keep = this.#caller.persists;
    this.#caller.markReplied();
    this.#caller.wire?.text(
      `HTTP/1.1 ${status} ${title}\r\ncontent-type: application/problem+json\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\n${this.#plan.replyLines}${keep ? '' : 'connection: close\r\n'}\r\n`,
    );
    if (this.#caller.head.method !== 'HEAD') this.#caller.wire?.text(body);
    this.#end(code);
    this.#caller.finish(keep);
  }

  #end(code: ErrorCode | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#plan.onEnd({
      status: this.#status,
      code,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      attempts: this.#attempts,
    });
  }
}
