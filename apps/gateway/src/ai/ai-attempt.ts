import {
  ChatStreamReader,
  classifyProviderError,
  providerPath,
  providerRow,
  readChatReply,
  readEmbeddingsReply,
  REPLY_BYTES_READ_MAX,
  SseSplitter,
  type Attempt,
  type FailureCause,
  type ProviderError,
  type SseEvent,
} from '@gatehouse/ai';
import {
  FIELD,
  type ClientConnection,
  type LegTimes,
  type Pool,
  type ReplyEvents,
  type ReplyHead,
  type UpstreamFailure,
} from '@gatehouse/http';
import type { TimeoutSpec } from '@gatehouse/config';
import { noteStreamEnd, type AiFacts } from './ai-facts.ts';
import type { AiRequest, ModelEndpoint } from './ai-request.ts';

/** Why an attempt gave no answer, before the caller saw a byte of it. */
export interface AttemptFailure {
  readonly cause: FailureCause;
  readonly retryElsewhere: boolean;
  readonly retryAfter: string | undefined;
  readonly retryAfterMs: string | undefined;
  /** What the caller is told if nobody else can answer. */
  readonly error: ProviderError;
}

/** What one attempt asks of the call that it belongs to. */
export interface AttemptHost {
  readonly facts: AiFacts;
  /** From here the answer is the caller's: no more failing over. */
  onCommit(reply: { readonly status: number; readonly contentType: string; readonly streaming: boolean }): void;
  onBytes(bytes: Buffer, start: number, end: number): void;
  /** Complete, and complete only if the provider said so. */
  onDone(): void;
  onAttemptFailed(failure: AttemptFailure): void;
  /** Broke after the commit; `event` is a last error event for a stream. */
  onCut(event: string | undefined): void;
  /** Dealing with the reply has thrown. */
  onFault(error: unknown): void;
  /** Gathered bytes may leave now. */
  onFlush(): boolean;
}

export interface AttemptPlan {
  readonly attempt: Attempt;
  readonly endpoint: ModelEndpoint;
  readonly request: AiRequest;
  readonly pool: Pool;
  readonly timeouts: TimeoutSpec;
  /** Finished lines: request id, trace. */
  readonly lines: string;
  readonly monotonic: () => number;
}

/** Before the first token this much of a stream is held, so that a failure can still go elsewhere. */
const HELD_BYTES_MAX = 64 * 1024;
/** A plain answer is held whole up to here for the same reason. */
const ANSWER_HELD_BYTES_MAX = 1024 * 1024;
const ERROR_BYTES_MAX = 64 * 1024;

type Mode = 'head' | 'error' | 'answer' | 'stream';

/** One try at one provider: sends the patched body, reads beside the bytes, and decides when the answer is safe to show. */
export class AiAttempt implements ReplyEvents {
  readonly #host: AttemptHost;
  readonly #plan: AttemptPlan;
  readonly #begunMs: number;
  readonly #hideUsage: boolean;
  #upstream: ClientConnection | undefined;
  #mode: Mode = 'head';
  #status = 0;
  #contentType = '';
  #retryAfter: string | undefined;
  #retryAfterMs: string | undefined;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #committed = false;
  #over = false;
  #firstByteMs = 0;
  #connectedMs = 0;
  readonly #reader: ChatStreamReader;
  readonly #splitter: SseSplitter;

  constructor(host: AttemptHost, plan: AttemptPlan) {
    this.#host = host;
    this.#plan = plan;
    this.#begunMs = plan.monotonic();
    const row = providerRow(plan.attempt.provider.kind);
    this.#hideUsage = plan.request.stream && !plan.request.includeUsage && row?.streamUsage === 'on-request';
    this.#reader = new ChatStreamReader({ hideUsage: this.#hideUsage });
    this.#splitter = new SseSplitter((event) => this.#onEvent(event));
  }

  get times(): LegTimes {
    return { begunMs: this.#begunMs, connectedMs: this.#connectedMs, firstByteMs: this.#firstByteMs };
  }

  begin(): void {
    const { attempt, endpoint, request, pool, timeouts, lines } = this.#plan;
    const upstream = pool.take();
    const row = providerRow(attempt.provider.kind);
    if (upstream === undefined || row === undefined) {
      this.#fail('connect', 'provider.unavailable');
      return;
    }
    this.#upstream = upstream;
    const body = request.write({ model: attempt.model, forceUsage: this.#hideUsage });
    const { endpoint: where, apiKey } = attempt.provider;
    upstream.begin({ method: 'POST', timeouts, events: this });
    upstream.wire?.text(
      `POST ${where.basePath}${providerPath(row, endpoint)} HTTP/1.1\r\nhost: ${where.authority}\r\n` +
        `content-type: application/json\r\ncontent-length: ${body.length}\r\naccept-encoding: identity\r\n` +
        `${apiKey === undefined ? '' : `authorization: Bearer ${apiKey}\r\n`}${lines}\r\n`,
    );
    upstream.wire?.bytes(body, 0, body.length);
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
    this.#contentType = reply.fields.known(FIELD['content-type']) ?? 'application/json';
    this.#retryAfter = reply.fields.known(FIELD['retry-after']);
    this.#retryAfterMs = reply.fields.get('retry-after-ms');
    if (reply.status >= 300) this.#mode = 'error';
    else this.#mode = this.#contentType.startsWith('text/event-stream') ? 'stream' : 'answer';
  }

  onData(bytes: Buffer, start: number, end: number): void {
    if (this.#over) return;
    if (this.#mode === 'stream') {
      this.#splitter.push(bytes, start, end);
      return;
    }
    const most = this.#mode === 'error' ? ERROR_BYTES_MAX : REPLY_BYTES_READ_MAX;
    if (this.#heldBytes + end - start <= most) this.#hold(bytes, start, end);
    else this.#heldBytes = Infinity;
    if (this.#mode === 'error') return;
    if (this.#committed) this.#host.onBytes(bytes, start, end);
    else if (this.#heldBytes > ANSWER_HELD_BYTES_MAX) {
      this.#commit();
      for (const piece of this.#held) this.#host.onBytes(piece, 0, piece.length);
    }
  }

  #hold(bytes: Buffer, start: number, end: number): void {
    this.#held.push(Buffer.from(bytes.subarray(start, end)));
    this.#heldBytes += end - start;
  }

  #commit(): void {
    this.#committed = true;
    const { attempt } = this.#plan;
    this.#host.facts.provider = attempt.provider.name;
    this.#host.facts.model = this.#reader.model ?? attempt.model;
    this.#host.onCommit({ status: this.#status, contentType: this.#contentType, streaming: this.#mode === 'stream' });
  }

  #onEvent(event: SseEvent): void {
    if (this.#over) return;
    const decision = this.#reader.read(event);
    if (decision === 'error') {
      this.#onErrorEvent();
      return;
    }
    const { facts } = this.#host;
    if (this.#reader.tokenSeen && facts.firstTokenMs === undefined) {
      facts.firstTokenMs = this.#plan.monotonic() - this.#begunMs;
    }
    if (decision === 'hide') return;
    const { raw } = event;
    if (this.#committed) {
      this.#host.onBytes(raw, 0, raw.length);
      return;
    }
    this.#hold(raw, 0, raw.length);
    if (this.#reader.tokenSeen || this.#heldBytes > HELD_BYTES_MAX) this.#release();
  }

  #release(): void {
    this.#commit();
    for (const piece of this.#held) this.#host.onBytes(piece, 0, piece.length);
    this.#held = [];
  }

  #onErrorEvent(): void {
    const { error } = this.#reader;
    if (error === undefined) return;
    this.#stop();
    if (this.#committed) this.#cut(error.body);
    else this.#failWith(error);
  }

  onReplyEnd(): void {
    this.#upstream = undefined;
    if (this.#over) return;
    if (this.#mode === 'error') {
      this.#over = true;
      this.#failWith(classifyProviderError(this.#status, Buffer.concat(this.#held)));
    } else if (this.#mode === 'stream') this.#streamEnded();
    else this.#answered();
  }

  #answered(): void {
    this.#over = true;
    const body = this.#heldBytes === Infinity ? undefined : Buffer.concat(this.#held);
    const read =
      body === undefined ? undefined : (this.#plan.endpoint === 'chat' ? readChatReply : readEmbeddingsReply)(body);
    if (read !== undefined && 'error' in read && !this.#committed) {
      this.#failWith(read.error);
      return;
    }
    if (read !== undefined && 'usage' in read) {
      const { facts } = this.#host;
      facts.usage = read.usage;
      facts.usageState = read.usage === undefined ? 'missing' : 'measured';
      facts.finishReason = read.finishReason;
    }
    if (!this.#committed && body !== undefined) {
      this.#commit();
      this.#host.onBytes(body, 0, body.length);
    }
    this.#host.onDone();
  }

  #streamEnded(): void {
    this.#splitter.end();
    if (this.#over) return;
    this.#over = true;
    const end = this.#reader.end();
    noteStreamEnd(this.#host.facts, end);
    if (end.complete) {
      if (!this.#committed) this.#release();
      this.#host.onDone();
    } else if (this.#committed) this.#cut(undefined);
    else this.#fail('truncated', 'provider.truncated');
  }

  onFailure(failure: UpstreamFailure): void {
    this.#upstream = undefined;
    if (this.#over) return;
    this.#over = true;
    if (this.#committed) {
      noteStreamEnd(this.#host.facts, this.#reader.end());
      this.#cut(undefined);
      return;
    }
    const timeout = failure.endsWith('timeout');
    const cause: FailureCause = timeout ? 'timeout' : failure === 'connect' ? 'connect' : 'upstream';
    this.#fail(cause, timeout ? 'provider.timeout' : 'provider.unavailable');
  }

  #cut(errorBody: string | undefined): void {
    this.#host.onCut(this.#mode === 'stream' ? errorBody : undefined);
  }

  #fail(cause: FailureCause, code: 'provider.unavailable' | 'provider.timeout' | 'provider.truncated'): void {
    this.#over = true;
    const shown = classifyProviderError(code === 'provider.timeout' ? 504 : 502, '');
    this.#host.onAttemptFailed({ ...this.#waits(), cause, retryElsewhere: true, error: { ...shown, code } });
  }

  #failWith(error: ProviderError): void {
    this.#over = true;
    this.#host.onAttemptFailed({ ...this.#waits(), cause: error.kind, retryElsewhere: error.retryElsewhere, error });
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
    if (!this.#over && this.#mode === 'stream') noteStreamEnd(this.#host.facts, this.#reader.end());
    this.#stop();
  }

  #stop(): void {
    this.#over = true;
    this.#upstream?.destroy();
    this.#upstream = undefined;
  }
}
