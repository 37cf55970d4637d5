import {
  classifyProviderError,
  REPLY_BYTES_READ_MAX,
  type Answer,
  type FailureCause,
  type ProviderError,
  type StreamRelay,
  type Unfit,
} from '@gatehouse/ai';
import {
  FIELD,
  type ClientConnection,
  type LegTimes,
  type ReplyEvents,
  type ReplyHead,
  type UpstreamFailure,
} from '@gatehouse/http';
import { noteAnswer, noteStreamEnd } from './ai-facts.ts';
import { Alarm } from '../body/alarm.ts';
import type { AttemptHost, AttemptPlan } from './attempt-host.ts';
import { failureOf, type FailureCode } from './failure-of.ts';
import { firstInk } from './first-ink.ts';
import { Pieces } from '../body/pieces.ts';
import { providerHead } from './provider-request.ts';
import { replyForm, type ReplyForm } from './reply-form.ts';

/** Before the first token this much of a stream is held, so that a failure can still go elsewhere. */
const HELD_BYTES_MAX = 64 * 1024;
/** And for so long: what a provider sends to keep the connection alive has to keep the caller's alive too. */
const HELD_MS_MAX = 4000;
/** A plain answer is held whole up to here for the same reason. */
const ANSWER_HELD_BYTES_MAX = 1024 * 1024;
const ERROR_BYTES_MAX = 64 * 1024;
/** A provider that takes longer to say why it refuses is not listened to any further. */
const ERROR_MS_MAX = 5000;

const BRACE_OPEN = 0x7b;

/** One try at one provider: sends the patched body, reads beside the bytes, and decides when the answer is safe to show. */
export class AiAttempt implements ReplyEvents {
  readonly #host: AttemptHost;
  readonly #plan: AttemptPlan;
  readonly #begunMs: number;
  #upstream: ClientConnection | undefined;
  #mode: ReplyForm = 'unreadable';
  #status = 0;
  #contentType = '';
  #errorType: string | undefined;
  #retryAfter: string | undefined;
  #retryAfterMs: string | undefined;
  readonly #held = new Pieces();
  /** The answer is larger than what is read of one. */
  #unread = false;
  #committed = false;
  #over = false;
  #firstByteMs = 0;
  #connectedMs = 0;
  /** Of a streamed reply, from its head on. */
  #stream: StreamRelay | undefined;
  readonly #limit: Alarm;
  /** Until what is held is shown, or an error is taken as it is. */
  readonly #patience: Alarm;

  constructor(host: AttemptHost, plan: AttemptPlan) {
    this.#host = host;
    this.#plan = plan;
    this.#begunMs = plan.monotonic();
    this.#limit = new Alarm(plan.wheel);
    this.#patience = new Alarm(plan.wheel);
  }

  get times(): LegTimes {
    return { begunMs: this.#begunMs, connectedMs: this.#connectedMs, firstByteMs: this.#firstByteMs };
  }

  begin(): void {
    this.#limit.set(this.#plan.limitMs, this, () => this.#failOrCut('timeout', 'provider.timeout'));
    this.#send(this.#plan.pool.take());
  }

  #send(upstream: ClientConnection | undefined): void {
    const { attempt, relay, timeouts } = this.#plan;
    if (upstream === undefined) {
      this.#fail('crowded', 'provider.unavailable');
      return;
    }
    this.#upstream = upstream;
    const head = providerHead({ ...this.#plan, provider: attempt.provider, nowMs: this.#plan.now() });
    if (head === undefined) {
      this.#failWith(classifyProviderError(401, ''));
      return;
    }
    upstream.begin({ method: 'POST', timeouts, events: this });
    upstream.wire?.text(head);
    upstream.wire?.lasting(relay.body);
    upstream.requestSent();
    if (upstream.connected) this.onConnected();
    upstream.wire?.flush();
  }

  onConnected(): void {
    this.#connectedMs = this.#plan.monotonic();
  }

  onInformational(): void {}

  onUpgraded(): void {
    this.#fail('upstream', 'provider.unavailable');
  }

  onReplyHead(reply: ReplyHead): void {
    this.#firstByteMs = this.#plan.monotonic();
    this.#status = reply.status;
    this.#errorType = reply.fields.get('x-amzn-errortype');
    this.#retryAfter = reply.fields.known(FIELD['retry-after']);
    this.#retryAfterMs = reply.fields.get('retry-after-ms');
    const { relay, stream } = this.#plan;
    this.#mode = replyForm(reply, stream ? { type: relay.streamType, orAnswer: relay.anyReply } : undefined);
    const unsaid = this.#mode === 'stream' ? 'application/octet-stream' : 'application/json';
    const type = (this.#contentType = reply.fields.known(FIELD['content-type']) ?? unsaid);
    if (this.#mode === 'stream') this.#stream = relay.openStream((bytes) => this.#onPiece(bytes), type);
    else if (this.#mode === 'unreadable') this.#failWith(classifyProviderError(reply.status, ''));
    else if (this.#mode === 'error') this.#patience.set(ERROR_MS_MAX, this, () => this.#refused());
  }

  onData(bytes: Buffer, start: number, end: number): void {
    if (this.#over) return;
    if (this.#mode === 'answer') this.#onAnswer(bytes, start, end);
    else if (this.#mode === 'error') {
      this.#held.add(bytes, start, Math.min(end, start + ERROR_BYTES_MAX - this.#held.bytes));
      if (this.#held.bytes === ERROR_BYTES_MAX) this.#refused();
    } else if (this.#stream !== undefined) this.#onStream(this.#stream, { bytes, start, end });
  }

  #onStream(stream: StreamRelay, { bytes, start, end }: { bytes: Buffer; start: number; end: number }): void {
    const readable = stream.push(bytes, start, end);
    if (this.#over) return;
    if (stream.blocked === true) this.#blocked();
    else if (stream.error !== undefined) this.#onErrorEvent(stream.error);
    else if (!readable) this.#failOrCut('upstream', 'provider.unavailable');
    else if (stream.tokenSeen) this.#onToken(stream);
  }

  /** From the first token on the answer is the caller's. */
  #onToken({ withheld = false }: StreamRelay): void {
    const { facts } = this.#host;
    if (facts.firstTokenMs === undefined) {
      facts.firstTokenMs = this.#plan.monotonic() - this.#begunMs;
      this.#host.onFirstToken(facts.firstTokenMs);
      this.#limit.off();
    }
    if (!this.#committed && !withheld) this.#release();
  }

  /** An answer of more than a megabyte is shown before it is whole, once it looks like one. */
  #onAnswer(bytes: Buffer, start: number, end: number): void {
    if (!this.#unread) this.#held.add(bytes, start, end);
    if (this.#committed) this.#host.onBytes(bytes, start, end);
    else if (this.#plan.relay.untouched && this.#held.bytes > ANSWER_HELD_BYTES_MAX) {
      const { relay } = this.#plan;
      const early = relay.showsEarly?.(this.#held.list);
      if (early ?? firstInk(this.#held.list) === BRACE_OPEN) this.#release();
      else if (early === undefined) this.#failWith(classifyProviderError(this.#status, ''));
    }
    if (this.#held.bytes <= REPLY_BYTES_READ_MAX) return;
    this.#unread = true;
    this.#held.drop();
  }

  #commit(): void {
    this.#committed = true;
    this.#patience.off();
    if (this.#mode === 'answer') this.#limit.off();
    const { attempt } = this.#plan;
    this.#host.facts.provider = attempt.provider.name;
    this.#host.facts.model = this.#stream?.model ?? attempt.model;
    const streaming = this.#mode === 'stream';
    const said = (streaming ? this.#plan.relay.replyType : undefined) ?? this.#contentType;
    // SDKs parse nothing that is not called JSON; what is shown has been read as such, whatever it was called.
    const keeps = streaming || this.#plan.relay.anyReply === true || /json/i.test(said);
    const contentType = keeps ? said : 'application/json';
    this.#host.onCommit({ status: this.#status, contentType, streaming });
  }

  #onPiece(bytes: Buffer): void {
    if (this.#over) return;
    if (this.#committed) {
      this.#host.onBytes(bytes, 0, bytes.length);
      return;
    }
    if (this.#held.bytes === 0) this.#patience.set(HELD_MS_MAX, this, () => this.#showHeld());
    this.#held.add(bytes, 0, bytes.length);
    if (this.#held.bytes > HELD_BYTES_MAX) this.#release();
  }

  #showHeld(): void {
    this.#release();
    this.onSettled();
  }

  #release(): void {
    this.#commit();
    for (const piece of this.#held.list) this.#host.onBytes(piece, 0, piece.length);
    if (this.#mode === 'stream') this.#held.drop();
  }

  #onErrorEvent(error: ProviderError): void {
    if (this.#committed) this.#cut(error, error.kind);
    else this.#failWith(error);
  }

  onReplyEnd(): void {
    this.#upstream = undefined;
    if (this.#over) return;
    if (this.#mode === 'error') this.#refused();
    else if (this.#mode === 'stream') this.#streamEnded();
    else this.#answered();
  }

  #refused(): void {
    const said = this.#held.whole();
    const { relay } = this.#plan;
    const refusedMember = relay.refusedMember?.(this.#status, said);
    this.#failWith(relay.readError(this.#status, said, this.#errorType), refusedMember);
  }

  #answered(): void {
    if (this.#unread) {
      if (this.#committed) this.#done();
      else this.#fail('upstream', 'provider.unavailable');
      return;
    }
    this.#onAnswerRead(this.#plan.relay.readAnswer(this.#held.whole(), this.#contentType));
  }

  #onAnswerRead(answer: Answer): void {
    if ('later' in answer) {
      this.#await(answer.later, (late) => this.#onAnswerRead(late));
      return;
    }
    if ('blocked' in answer || 'unfit' in answer) {
      noteAnswer(this.#host.facts, answer);
      this.#blocked('unfit' in answer ? answer.unfit : undefined);
      return;
    }
    if (!('body' in answer)) {
      const error = 'error' in answer ? answer.error : classifyProviderError(this.#status, '');
      if (!this.#committed) this.#failWith(error);
      else this.#cut(undefined, 'upstream');
      return;
    }
    noteAnswer(this.#host.facts, answer);
    this.#host.onFirstToken(this.#plan.monotonic() - this.#begunMs);
    if (!this.#committed) {
      this.#commit();
      this.#host.onBytes(answer.body, 0, answer.body.length);
    }
    this.#done();
  }

  #streamEnded(): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    const end = stream.end();
    if (this.#over) return;
    noteStreamEnd(this.#host.facts, end);
    if (stream.blocked === true) this.#blocked();
    else if (stream.error !== undefined) this.#onErrorEvent(stream.error);
    else if (!end.complete) this.#failOrCut('truncated', 'provider.truncated');
    else if (stream.judged === undefined) this.#streamDone();
    else this.#await(stream.judged(), () => (stream.blocked === true ? this.#blocked() : this.#streamDone()));
  }

  #streamDone(): void {
    const unfit = this.#stream?.unfit;
    if (unfit !== undefined) {
      this.#blocked(unfit);
      return;
    }
    if (!this.#committed) this.#release();
    this.#done();
  }

  /** What others have to be asked about; the caller may have left meanwhile. */
  #await<T>(answer: Promise<T>, then: (value: T) => void): void {
    const late = (value: T): void => {
      if (this.#over) return;
      then(value);
      this.onSettled();
    };
    answer.then(late).catch((error: unknown) => this.onFault(error));
  }

  /** The answer, or the rest of it, is withheld: the provider has done its part, and another would do no other. */
  #blocked(why?: Unfit): void {
    const stream = this.#stream;
    if (stream !== undefined) noteStreamEnd(this.#host.facts, stream.soFar());
    const say = this.#committed && stream !== undefined ? stream.fail.bind(stream) : undefined;
    this.#stop();
    this.#host.onBlocked(say, why);
  }

  #done(): void {
    this.#stop();
    this.#host.onDone();
  }

  onFailure(failure: UpstreamFailure, facts: { readonly replyBegan: boolean; readonly fresh: boolean }): void {
    this.#upstream = undefined;
    if (this.#over) return;
    // A kept connection that the provider had closed meanwhile is no failure of the provider (RFC 9112 §9.3.1).
    if (failure === 'reset' && !facts.fresh && !facts.replyBegan) {
      this.#send(this.#plan.pool.fresh());
      return;
    }
    const timeout = failure.endsWith('timeout');
    if (this.#committed) {
      this.#cut(failureOf(timeout ? 'provider.timeout' : 'provider.truncated'), timeout ? 'timeout' : 'truncated');
      return;
    }
    const cause: FailureCause = timeout ? 'timeout' : failure === 'connect' ? 'connect' : 'upstream';
    this.#fail(cause, timeout ? 'provider.timeout' : 'provider.unavailable');
  }

  /** Another target may answer while the caller has seen nothing; afterwards a stream's last event says what happened. */
  #failOrCut(cause: FailureCause, code: FailureCode): void {
    if (this.#over) return;
    if (this.#committed) this.#cut(failureOf(code), cause);
    else this.#fail(cause, code);
  }

  /** What ends a stream of which the caller has seen a part; undefined for what is no stream. */
  lastWords(code: FailureCode): Buffer | undefined {
    return this.#wordsFor(failureOf(code));
  }

  #wordsFor(error: ProviderError): Buffer | undefined {
    return this.#stream?.fail(this.#host.callerError(error));
  }

  #cut(error: ProviderError | undefined, cause: FailureCause): void {
    const lastWords = error && this.#wordsFor(error);
    if (this.#stream !== undefined) noteStreamEnd(this.#host.facts, this.#stream.soFar());
    this.#stop();
    this.#host.onCut(lastWords, cause);
  }

  #fail(cause: FailureCause, code: FailureCode): void {
    this.#stop();
    const error = failureOf(code);
    this.#host.onAttemptFailed({ ...this.#waits(), cause, retryElsewhere: true, refusedMember: undefined, error });
  }

  #failWith(error: ProviderError, refusedMember?: string): void {
    this.#stop();
    const { kind, retryElsewhere } = error;
    this.#host.onAttemptFailed({ ...this.#waits(), cause: kind, retryElsewhere, refusedMember, error });
  }

  #waits(): { retryAfter: string | undefined; retryAfterMs: string | undefined } {
    return { retryAfter: this.#retryAfter, retryAfterMs: this.#retryAfterMs };
  }

  onFault(error: unknown): void {
    this.#stop();
    this.#host.onFault(error);
  }

  onUpstreamDrain(): void {}

  onSettled(): void {
    if (!this.#host.onFlush()) this.#upstream?.pause();
  }

  resume(): void {
    this.#upstream?.resume();
  }

  /** What was used so far, when the caller has left. */
  abandon(): void {
    if (!this.#over && this.#stream !== undefined) noteStreamEnd(this.#host.facts, this.#stream.soFar());
    this.#stop();
  }

  /** Nothing more is heard of the provider: it may have more to say, so its connection serves nobody else. */
  #stop(): void {
    this.#over = true;
    this.#limit.off();
    this.#patience.off();
    this.#held.drop();
    this.#upstream?.destroy();
    this.#upstream = undefined;
  }
}
