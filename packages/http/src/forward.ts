import { FIELD } from './field-names.ts';
import type { ErrorCode } from '@gatehouse/kernel';
import type { ClientConnection, ClientTimeouts, ReplyEvents, UpstreamFailure } from './client-connection.ts';
import { STRIP_FROM_REPLY, STRIP_FROM_REQUEST } from './hop-by-hop.ts';
import type { Pool } from './pool.ts';
import type { CourseHead, ReplyCourse, ReplyWriter } from './reply-course.ts';
import type { ReplyHead } from './reply-head.ts';
import type { HeadProblem } from './request-head.ts';
import { isGood, Rival, type RivalOwner } from './rival.ts';
import type { RequestEvents, ServerConnection } from './server-connection.ts';
import { guarded } from './wire.ts';

/** One try at one endpoint. */
export interface Leg {
  readonly pool: Pool;
  /** Host as the upstream shall see it. */
  readonly authority: string;
  /** Path and query as the upstream shall see them. */
  readonly target: string;
  readonly timeouts: ClientTimeouts;
  /** Finished lines of this try alone. */
  readonly lines?: string;
  /** To be waited before it begins. */
  readonly delayMs?: number;
}

/** How a leg went: a reply with this status, or no reply. */
export type LegResult =
  | { readonly kind: 'reply'; readonly status: number; readonly retryAfter: string | undefined }
  | { readonly kind: 'failure'; readonly failure: UpstreamFailure }
  | { readonly kind: 'cancelled' };

export interface LegTimes {
  /** Monotonic ms; 0 for what never happened. */
  readonly begunMs: number;
  readonly connectedMs: number;
  readonly firstByteMs: number;
}

export interface ForwardOutcome {
  readonly status: number;
  /** Why the caller got a refusal, or less than the whole. */
  readonly code: ErrorCode | undefined;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly attempts: number;
  readonly times: LegTimes;
}

/** Decides where a request goes and what is said; the exchange of the gate implements it. */
export interface ForwardHost {
  readonly bodyBytesMax: number;
  /** Request bytes that are kept so that a failed leg can be tried again; 0 keeps none. */
  readonly replayBytesMax: number;
  /** Deal with the request: `begin` it, or answer. */
  ready(): void;
  firstLeg(): Leg | HeadProblem;
  /** After a leg without a usable answer: another, or undefined to let the result stand. `sent`: request bytes may have been acted on. */
  retryLeg(result: LegResult, facts: { readonly sent: boolean; readonly replayable: boolean }): Leg | undefined;
  /** Exactly once a leg. */
  legEnded(leg: Leg, result: LegResult, times: LegTimes): void;
  /** Finished lines that go upstream; may take fields out of the caller's head. */
  requestLines(): string;
  /** Lines of the caller's trailers, and those of them that go on. */
  requestTrailers(trailers: string): string;
  /** Finished lines for the caller; may take fields out of the upstream's head. */
  replyLines(reply: ReplyHead): string;
  /** What takes the reply on its way to the caller; undefined: it goes through as it comes. */
  courseOf(reply: ReplyHead): ReplyCourse | undefined;
  /** No upstream has given a reply; true when the host answers in another way than by a refusal. */
  rescue(problem: HeadProblem): boolean;
  /** A whole message of our own, head and body, in the caller's dialect. */
  refusal(problem: HeadProblem, keepAlive: boolean): { readonly status: number; readonly message: string };
  /** What the caller is told of an error that was thrown on the way. */
  fault(error: unknown): HeadProblem;
  /** Exactly once, however it went. */
  ended(outcome: ForwardOutcome): void;
}

const FAILURE: Readonly<Record<UpstreamFailure, HeadProblem>> = {
  connect: { code: 'upstream.unreachable', detail: 'the upstream cannot be reached' },
  'connect-timeout': { code: 'upstream.timeout', detail: 'the upstream did not accept a connection in time' },
  'first-byte-timeout': { code: 'upstream.timeout', detail: 'the upstream did not answer in time' },
  'idle-timeout': { code: 'upstream.timeout', detail: 'the upstream stalled' },
  reset: { code: 'upstream.broken', detail: 'the upstream broke off' },
  refused: { code: 'upstream.overloaded', detail: 'the upstream takes no more requests' },
  malformed: { code: 'upstream.broken', detail: 'the upstream sent no valid HTTP reply' },
};

const CANCELLED: LegResult = { kind: 'cancelled' };
const EXPIRED: HeadProblem = { code: 'upstream.timeout', detail: 'no try has brought an answer in the time for all' };
const OVERLOADED: HeadProblem = { code: 'upstream.overloaded', detail: 'too many connections to the upstream' };

/** A request finds another session of HTTP/2 that often, at most, where one is going away. */
const REFUSALS_MAX = 2;

/** RFC 9110 §9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}

/**
 * Joins one request of a caller with one reply of an upstream. Bytes go through as they come, with back-pressure both
 * ways; a break on either side breaks the other, so that nothing unfinished ever looks complete.
 */
export class Forward implements RequestEvents, RivalOwner, ReplyWriter {
  readonly #caller: ServerConnection;
  readonly #host: ForwardHost;
  readonly #monotonic: () => number;
  #leg: Leg | undefined;
  /** What the leg came to, once its reply head is here; it stays in flight until the last byte. */
  #result: LegResult = CANCELLED;
  #upstream: ClientConnection | undefined;
  /** A second try beside the first, while neither has won. */
  #rival: Rival | undefined;
  #requestLines: string | undefined;
  #attempts = 0;
  #refusals = 0;
  #status = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  #replay: Buffer[] = [];
  /** The caller's body, or another in its place, where somebody has asked for the whole of it. */
  #whole: Buffer | undefined;
  #course: ReplyCourse | undefined;
  #held = false;
  #bodyEnded = false;
  #trailers = '';
  #delay: NodeJS.Timeout | undefined;
  #chunkReply = false;
  #closeAfter = false;
  #headless = false;
  #ended = false;
  #begunMs = 0;
  #connectedMs = 0;
  #firstByteMs = 0;

  constructor(caller: ServerConnection, host: ForwardHost, monotonic: () => number) {
    this.#caller = caller;
    this.#host = host;
    this.#monotonic = monotonic;
  }

  onReady(): void {
    this.#host.ready();
  }

  /** Sends the head upstream; once. */
  begin(): void {
    if (this.#ended) return;
    const { head } = this.#caller;
    if (head.contentLength > this.#host.bodyBytesMax) {
      this.#refuseBody();
      return;
    }
    head.removeNominated();
    head.fields.strip(STRIP_FROM_REQUEST);
    const leg = this.#host.firstLeg();
    if ('code' in leg) this.#failed(leg);
    else this.#attempt(leg, leg.pool.take());
  }

  /** Goes upstream as the body; the caller's own has been read. */
  useBody(whole: Buffer, callersBytes: number): void {
    this.#whole = whole;
    this.#bytesIn = callersBytes;
    this.#bodyEnded = true;
  }

  #attempt(leg: Leg, upstream: ClientConnection | undefined): void {
    this.#leg = leg;
    this.#begunMs = this.#monotonic();
    this.#connectedMs = 0;
    this.#firstByteMs = 0;
    if (upstream === undefined) {
      this.#endLeg(CANCELLED);
      this.#failed(OVERLOADED);
      return;
    }
    this.#upstream = upstream;
    this.#send(leg, upstream, this);
  }

  #send(leg: Leg, upstream: ClientConnection, events: ReplyEvents): void {
    const { head } = this.#caller;
    this.#attempts++;
    this.#requestLines ??= this.#host.requestLines();
    if (this.#whole !== undefined) head.fields.remove('content-length');
    upstream.begin({ method: head.method, timeouts: leg.timeouts, events });
    upstream.wire?.text(
      `${head.method} ${leg.target} HTTP/1.1\r\nhost: ${leg.authority}\r\n${head.fields.kept()}` +
        (this.#whole === undefined ? '' : `content-length: ${this.#whole.length}\r\n`) +
        (this.#chunked ? 'transfer-encoding: chunked\r\n' : '') +
        (head.acceptsTrailers && upstream.wire.http2 ? 'te: trailers\r\n' : '') +
        `${head.upgrade === '' ? '' : `connection: upgrade\r\nupgrade: ${head.upgrade}\r\n`}${this.#requestLines}${leg.lines ?? ''}\r\n`,
    );
    this.#sendReplay(upstream);
    if (upstream.connected) events.onConnected();
    upstream.wire?.flush();
  }

  get #chunked(): boolean {
    return this.#whole === undefined && this.#caller.head.framing === 'chunked';
  }

  #sendReplay(upstream: ClientConnection): void {
    if (this.#whole !== undefined) {
      upstream.wire?.lasting(this.#whole);
      upstream.requestSent();
      return;
    }
    for (const piece of this.#replay) this.#writeBody(upstream, piece, 0, piece.length);
    if (this.#caller.bodyComplete && this.#caller.head.framing === 'none') this.#bodyEnded = true;
    if (this.#bodyEnded || (this.#caller.bodyComplete && this.#bytesIn === 0)) this.#sendBodyEnd(upstream);
  }

  onConnected(): void {
    this.#connectedMs = this.#monotonic();
    if (!this.#caller.bodyComplete) this.#caller.wantBody();
  }

  onBodyData(bytes: Buffer, start: number, end: number): void {
    this.#bytesIn += end - start;
    if (this.#ended) return;
    if (this.#bytesIn > this.#host.bodyBytesMax) {
      this.#refuseBody();
      return;
    }
    if (this.#bytesIn <= this.#host.replayBytesMax) this.#replay.push(Buffer.from(bytes.subarray(start, end)));
    else this.#replay = [];
    if (this.#upstream !== undefined) this.#writeBody(this.#upstream, bytes, start, end);
  }

  #refuseBody(): void {
    this.refuse({ code: 'request.body_too_large', detail: `the body may have ${this.#host.bodyBytesMax} bytes` });
  }

  // oxlint-disable-next-line max-params -- a connection and a range of bytes, once a piece
  #writeBody(upstream: ClientConnection, bytes: Buffer, start: number, end: number): void {
    const chunked = this.#chunked;
    if (chunked) upstream.wire?.text(`${(end - start).toString(16)}\r\n`);
    upstream.wire?.bytes(bytes, start, end);
    if (chunked) upstream.wire?.text('\r\n');
  }

  onBodyEnd(trailers: string): void {
    this.#bodyEnded = true;
    this.#trailers = trailers === '' ? '' : this.#host.requestTrailers(trailers);
    if (this.#upstream !== undefined) this.#sendBodyEnd(this.#upstream);
  }

  #sendBodyEnd(upstream: ClientConnection): void {
    if (this.#chunked) upstream.wire?.text(`0\r\n${this.#trailers}\r\n`);
    upstream.requestSent();
  }

  onReplyHead(reply: ReplyHead): void {
    this.#firstByteMs = this.#monotonic();
    const result: LegResult = {
      kind: 'reply',
      status: reply.status,
      retryAfter: reply.fields.known(FIELD['retry-after']),
    };
    if (this.#rival !== undefined) {
      if (!isGood(reply.status)) {
        this.#giveWay(this.#rival, result);
        return;
      }
      this.#dropRival();
    }
    if (reply.status >= 429 && this.#retry(result)) return;
    this.#result = result;
    this.#writeReplyHead(reply);
  }

  #writeReplyHead(reply: ReplyHead): void {
    const { head } = this.#caller;
    reply.removeNominated();
    reply.fields.strip(STRIP_FROM_REPLY);
    this.#course = this.#host.courseOf(reply);
    if (this.#course !== undefined) {
      this.#course.head();
      return;
    }
    const lines = this.#host.replyLines(reply);
    this.#headless = head.method === 'HEAD' || reply.status === 204 || reply.status === 304;
    const open = reply.framing === 'chunked' || reply.framing === 'close';
    this.#chunkReply = open && head.minor === 1;
    this.#closeAfter = !this.#caller.persists || (open && head.minor === 0);
    this.#status = reply.status;
    this.#writeHead(
      `HTTP/1.1 ${reply.status} ${reply.reason}\r\n${reply.kept()}${lines}` +
        `${this.#chunkReply ? 'transfer-encoding: chunked\r\n' : ''}${this.#connectionLine()}\r\n`,
    );
  }

  #writeHead(text: string): void {
    this.#caller.markReplied();
    this.#caller.tap?.replyHead(text);
    this.#caller.wire?.text(text);
  }

  writeHead({ status, reason, lines, length }: CourseHead): void {
    const { head } = this.#caller;
    this.#headless = head.method === 'HEAD' || status === 204 || status === 304;
    const open = length === undefined && !this.#headless;
    this.#chunkReply = open && head.minor === 1;
    this.#closeAfter = !this.#caller.persists || (open && head.minor === 0);
    this.#status = status;
    this.#writeHead(
      `HTTP/1.1 ${status} ${reason}\r\n${lines}${length === undefined || status === 204 ? '' : `content-length: ${length}\r\n`}` +
        `${this.#chunkReply ? 'transfer-encoding: chunked\r\n' : ''}${this.#connectionLine()}\r\n`,
    );
    this.#flushCaller();
  }

  writeData(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#pass(bytes, 0, bytes.length);
    this.#flushCaller();
  }

  /** The upstream may still be sending what nobody wants. */
  writeEnd(trailers: string): void {
    const upstream = this.#upstream;
    this.#upstream = undefined;
    this.#endLeg(this.#result);
    upstream?.destroy();
    this.#finish(trailers);
  }

  hold(on: boolean): void {
    this.#held = on;
    if (on) this.#upstream?.pause();
    else if (this.#caller.wire?.full !== true) this.#upstream?.resume();
  }

  #flushCaller(): void {
    if (this.#caller.wire?.flush() === false) this.#upstream?.pause();
  }

  #connectionLine(): string {
    if (this.#closeAfter) return 'connection: close\r\n';
    return this.#caller.head.minor === 0 ? 'connection: keep-alive\r\n' : '';
  }

  onData(bytes: Buffer, start: number, end: number): void {
    if (this.#course === undefined) this.#pass(bytes, start, end);
    else this.#course.data(bytes.subarray(start, end));
  }

  #pass(bytes: Buffer, start: number, end: number): void {
    this.#bytesOut += end - start;
    const { wire } = this.#caller;
    if (this.#headless || wire === undefined) return;
    this.#caller.tap?.replyData(bytes, start, end);
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
    this.#endLeg(this.#result);
    if (this.#course === undefined) this.#finish(trailers);
    else this.#course.end(trailers);
  }

  #finish(trailers: string): void {
    if (this.#ended) return;
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
    if (!this.#held) this.#upstream?.resume();
  }

  onUpstreamDrain(): void {
    this.#caller.resumeBody();
  }

  onFailure(failure: UpstreamFailure, facts: { detail: string; replyBegan: boolean; fresh: boolean }): void {
    this.#upstream = undefined;
    if (this.#ended) return;
    if (this.#rival !== undefined) {
      const stale = failure === 'reset' && !facts.fresh && !facts.replyBegan;
      this.#giveWay(this.#rival, stale ? CANCELLED : { kind: 'failure', failure });
      return;
    }
    if (this.#status !== 0) {
      this.#endLeg({ kind: 'failure', failure });
      this.#end(FAILURE[failure].code);
      this.#caller.abort();
      return;
    }
    if (this.#course !== undefined) {
      // Nothing was shown yet, but what came has been acted on: this is no time for another try.
      this.#breakCourse();
      this.#endLeg({ kind: 'failure', failure });
      this.#failed(FAILURE[failure]);
      return;
    }
    const leg = this.#leg;
    // A kept connection that the upstream had closed meanwhile is no failure of the leg (RFC 9112 §9.3.1).
    if (leg !== undefined && failure === 'reset' && !facts.fresh && !facts.replyBegan && this.#safeToRepeat()) {
      this.#attempt(leg, leg.pool.fresh());
      return;
    }
    // What was provably not dealt with may be sent again, whatever its method (RFC 9113 §8.7).
    if (leg !== undefined && failure === 'refused' && this.#replayable && this.#refusals++ < REFUSALS_MAX) {
      this.#attempt(leg, leg.pool.fresh());
      return;
    }
    if (this.#retry({ kind: 'failure', failure })) return;
    this.#endLeg({ kind: 'failure', failure });
    this.#failed(FAILURE[failure]);
  }

  /**
   * Sends the request a second time, while its first try has not answered: whichever brings a good answer first wins, and
   * the other is cancelled. `another` is asked only when that is possible. True: not yet, the body is still coming.
   */
  hedge(another: () => Leg | undefined): boolean {
    const waiting = this.#upstream !== undefined && this.#firstByteMs === 0 && this.#rival === undefined;
    if (this.#ended || !waiting || !this.#safeToRepeat() || this.#caller.head.upgrade !== '') return false;
    if (!this.#bodyEnded && !this.#caller.bodyComplete) return true;
    const leg = another();
    if (leg === undefined) return false;
    const upstream = leg.pool.take();
    if (upstream === undefined) {
      this.#host.legEnded(leg, CANCELLED, this.#times());
      return false;
    }
    this.#rival = new Rival(leg, upstream, { owner: this, monotonic: this.#monotonic });
    this.#send(leg, upstream, this.#rival);
    return false;
  }

  onRivalWon(reply: ReplyHead): void {
    if (this.#rival === undefined) return;
    this.#giveWay(this.#rival, CANCELLED);
    this.onReplyHead(reply);
  }

  onRivalLost(result: LegResult): void {
    const rival = this.#rival;
    if (rival === undefined) return;
    this.#rival = undefined;
    rival.upstream.destroy();
    this.#host.legEnded(rival.leg, result, rival.times);
  }

  #dropRival(): void {
    if (this.#rival !== undefined) this.onRivalLost(CANCELLED);
  }

  /** The first try came to `result`: the second goes on in its place. */
  #giveWay(rival: Rival, result: LegResult): void {
    this.#rival = undefined;
    this.#upstream?.destroy();
    this.#endLeg(result);
    this.#leg = rival.leg;
    this.#upstream = rival.upstream;
    const { begunMs, connectedMs, firstByteMs } = rival.times;
    this.#begunMs = begunMs;
    this.#connectedMs = connectedMs;
    this.#firstByteMs = firstByteMs;
    rival.choose();
  }

  /** The time for all tries together is over. */
  expire(): void {
    if (this.#ended) return;
    this.#dropRival();
    this.#upstream?.destroy();
    this.#upstream = undefined;
    this.#endLeg({ kind: 'failure', failure: 'first-byte-timeout' });
    if (this.#status !== 0) {
      this.#end(EXPIRED.code);
      this.#caller.abort();
      return;
    }
    this.#breakCourse();
    this.#failed(EXPIRED);
  }

  #failed(problem: HeadProblem): void {
    if (this.#ended || this.#host.rescue(problem)) return;
    this.refuse(problem);
  }

  /** A reply that does not come from an upstream takes this way to the caller. */
  take(course: ReplyCourse): void {
    this.#course = course;
  }

  get over(): boolean {
    return this.#ended;
  }

  #breakCourse(): void {
    const course = this.#course;
    this.#course = undefined;
    course?.broken();
  }

  #safeToRepeat(): boolean {
    return this.#replayable && isIdempotent(this.#caller.head.method);
  }

  get #replayable(): boolean {
    return this.#whole !== undefined || this.#bytesIn <= this.#host.replayBytesMax || this.#bytesIn === 0;
  }

  /** Asks the host for another leg; true when it is under way. */
  #retry(result: LegResult): boolean {
    const sent = !(result.kind === 'failure' && /^connect|^refused/.test(result.failure));
    const next = this.#host.retryLeg(result, { sent, replayable: this.#replayable });
    if (next === undefined) return false;
    this.#endLeg(result);
    this.#upstream?.destroy();
    this.#upstream = undefined;
    const { delayMs = 0 } = next;
    if (delayMs === 0) this.#attempt(next, next.pool.take());
    else this.#attemptLater(next, delayMs);
    return true;
  }

  #attemptLater(next: Leg, delayMs: number): void {
    this.#leg = next;
    if (!this.#caller.bodyComplete) this.#caller.pauseBody();
    this.#delay = setTimeout(() => {
      if (this.#ended) return;
      this.#caller.resumeBody();
      guarded(this, () => this.#attempt(next, next.pool.take()));
    }, delayMs);
  }

  onUpgraded(reply: ReplyHead, rest: Buffer): void {
    const upstream = this.#upstream;
    if (upstream === undefined) return;
    const { upgrade } = this.#caller.head;
    if (upgrade === '' || reply.fields.known(FIELD.upgrade)?.toLowerCase() !== upgrade) {
      this.#endLeg({ kind: 'failure', failure: 'malformed' });
      this.refuse({ code: 'upstream.broken', detail: 'the upstream switched protocols unasked' });
      return;
    }
    this.#firstByteMs = this.#monotonic();
    reply.removeNominated();
    reply.fields.strip(STRIP_FROM_REPLY);
    const lines = this.#host.replyLines(reply);
    this.#status = 101;
    this.#writeHead(
      `HTTP/1.1 101 ${reply.reason}\r\n${reply.kept()}${lines}connection: upgrade\r\nupgrade: ${this.#caller.head.upgrade}\r\n\r\n`,
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
    wire.onTaken(() => up.resume());
    up.onTaken(() => wire.resume());
    up.onceClosed(() => {
      this.#endLeg({ kind: 'reply', status: 101, retryAfter: undefined });
      this.#end(undefined);
      this.#caller.breakOff();
    });
  }

  onCallerGone(code: ErrorCode, answerable: boolean): void {
    if (this.#ended) return;
    if (answerable && this.#status === 0) {
      this.refuse({ code, detail: 'the request body broke off' });
      return;
    }
    if (this.#status === 101) this.#upstream?.endTunnel();
    else this.#upstream?.destroy();
    this.#upstream = undefined;
    this.#endLeg(CANCELLED);
    this.#end(this.#status === 101 && code === 'request.cancelled' ? undefined : code);
    this.#caller.abort();
  }

  /** Costs this exchange alone: its caller is told, or cut off if it has seen a status already. */
  onFault(error: unknown): void {
    const problem = this.#host.fault(error);
    try {
      this.refuse(problem);
    } catch {
      this.#end(problem.code);
      this.#caller.abort();
    }
  }

  /** Answers in the gate's own name, unless the caller has seen another status already: then only a broken connection is honest. */
  refuse(problem: HeadProblem): void {
    this.#upstream?.destroy();
    this.#upstream = undefined;
    this.#endLeg(CANCELLED);
    if (this.#ended) return;
    if (this.#status !== 0) {
      this.#end(problem.code);
      this.#caller.abort();
      return;
    }
    this.answer(this.#host.refusal(problem, this.#caller.persists), problem.code);
  }

  /** Ends the exchange with a whole message of the gate's own; without a `code` it is no refusal. */
  answer(own: { readonly status: number; readonly message: string }, code: ErrorCode | undefined): void {
    if (this.#ended) return;
    const keep = this.#caller.persists;
    this.#status = own.status;
    this.#caller.markReplied();
    this.#caller.tap?.replyWhole(own.message);
    this.#caller.wire?.text(own.message);
    this.#end(code);
    this.#caller.finish(keep);
  }

  #endLeg(result: LegResult): void {
    const leg = this.#leg;
    if (leg === undefined) return;
    this.#leg = undefined;
    this.#host.legEnded(leg, result, this.#times());
  }

  #times(): LegTimes {
    return { begunMs: this.#begunMs, connectedMs: this.#connectedMs, firstByteMs: this.#firstByteMs };
  }

  #end(code: ErrorCode | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#dropRival();
    // Where it ended by itself, it has nothing to break.
    this.#breakCourse();
    clearTimeout(this.#delay);
    this.#host.ended({
      status: this.#status,
      code,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      attempts: this.#attempts,
      times: this.#times(),
    });
  }
}
