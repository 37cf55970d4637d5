import { errorEvent, mayCall, openAiError, readRetryAfter, type Attempt } from '@gatehouse/ai';
import type { LegTimes, RequestEvents } from '@gatehouse/http';
import type { ErrorCode } from '@gatehouse/kernel';
import type { GateExchange } from '../exchange.ts';
import type { House } from '../house.ts';
import { httpDate, ownMessage } from '../problem.ts';
import { AiAttempt, type AttemptFailure, type AttemptHost } from './ai-attempt.ts';
import { emptyFacts, type AiFacts } from './ai-facts.ts';
import type { AiProgram } from './ai-program.ts';
import { readAiRequest, type AiRequest, type ModelEndpoint } from './ai-request.ts';

const NEVER: LegTimes = { begunMs: 0, connectedMs: 0, firstByteMs: 0 };

/**
 * One model call: body → model → attempts in order → the first answer that is safe to show. Fails over only until the
 * caller has seen a byte; afterwards a break is shown as a break.
 */
export class AiCall implements RequestEvents, AttemptHost {
  readonly facts: AiFacts = emptyFacts();
  readonly #exchange: GateExchange;
  readonly #house: House;
  readonly #program: AiProgram;
  readonly #endpoint: ModelEndpoint;
  #body: Buffer[] = [];
  #bytesIn = 0;
  #bytesOut = 0;
  #request: AiRequest | undefined;
  #attempts: readonly Attempt[] = [];
  #current: AiAttempt | undefined;
  #status = 0;
  #chunked = false;
  #persists = false;
  #ended = false;

  constructor(exchange: GateExchange, endpoint: ModelEndpoint, program: AiProgram) {
    this.#exchange = exchange;
    this.#house = program.house;
    this.#program = program;
    this.#endpoint = endpoint;
  }

  begin(): void {
    const { caller, credential } = this.#exchange;
    this.#exchange.ai = this.facts;
    const unenforced = credential?.modelsUnenforced;
    if (unenforced !== undefined) {
      this.#refuse('route.unavailable', unenforced);
      return;
    }
    if ((this.#exchange.contentLength ?? 0) > this.#exchange.bodyBytesMax) {
      this.#tooLarge();
      return;
    }
    caller.handOver(this);
    caller.wantBody();
  }

  onBodyData(bytes: Buffer, start: number, end: number): void {
    if (this.#ended) return;
    this.#bytesIn += end - start;
    if (this.#bytesIn > this.#exchange.bodyBytesMax) this.#tooLarge();
    else this.#body.push(Buffer.from(bytes.subarray(start, end)));
  }

  #tooLarge(): void {
    this.#refuse('request.body_too_large', `the body may have ${this.#exchange.bodyBytesMax} bytes`);
  }

  onBodyEnd(): void {
    if (this.#ended) return;
    const read = readAiRequest(this.#endpoint, Buffer.concat(this.#body));
    this.#body = [];
    if ('problem' in read) {
      this.#refuse('request.body_invalid', read.problem, read.param);
      return;
    }
    this.#request = read;
    this.facts.modelAsked = read.model;
    this.facts.stream = read.stream;
    const { clock, random } = this.#house;
    const attempts = this.#program.router.plan(read.model, { random, now: clock.monotonic() });
    const allowed = this.#exchange.credential === undefined ? ['*'] : this.#exchange.credential.models;
    if (attempts === undefined) {
      this.#refuse('provider.model_not_found', `the model \`${read.model}\` does not exist`, 'model');
    } else if (!mayCall(allowed, read.model)) {
      this.#refuse('auth.forbidden', `this key may not call the model \`${read.model}\``, 'model');
    } else {
      this.#attempts = attempts;
      this.#try(0);
    }
  }

  #try(index: number): void {
    const attempt = this.#attempts[index];
    const request = this.#request;
    if (attempt === undefined || request === undefined) return;
    this.facts.attempts = index + 1;
    this.facts.provider = attempt.provider.name;
    this.facts.model = attempt.model;
    this.#current = new AiAttempt(this, {
      attempt,
      endpoint: this.#endpoint,
      request,
      pool: this.#house.pools.of(attempt.provider.endpoint),
      timeouts: this.#program.spec.timeouts,
      lines: `traceparent: ${this.#exchange.trace.traceparent}\r\nx-request-id: ${this.#exchange.id}\r\n`,
      monotonic: this.#house.clock.monotonic,
    });
    this.#current.begin();
  }

  onAttemptFailed(failure: AttemptFailure): void {
    const index = this.facts.attempts - 1;
    const attempt = this.#attempts[index];
    const now = this.#house.clock.now();
    if (attempt !== undefined && failure.retryElsewhere) {
      const retryAfterMs = readRetryAfter(failure, now);
      this.#program.cooldowns.failed(attempt, {
        cause: failure.cause,
        retryAfterMs,
        now: this.#house.clock.monotonic(),
      });
      if (index + 1 < this.#attempts.length) {
        this.#try(index + 1);
        return;
      }
    }
    const { error, retryAfter } = failure;
    const waits = retryAfter !== undefined && /^[\w ,:]+$/.test(retryAfter) ? { 'retry-after': retryAfter } : {};
    this.#answer(error.status, { ...error.headers, ...waits }, error.body);
    this.#end(error.code);
    this.#exchange.caller.finish(this.#persists);
  }

  onCommit(reply: { status: number; contentType: string; streaming: boolean }): void {
    const { caller } = this.#exchange;
    const attempt = this.#attempts[this.facts.attempts - 1];
    if (attempt !== undefined) this.#program.cooldowns.succeeded(attempt);
    this.#status = reply.status;
    this.#chunked = caller.head.minor === 1;
    this.#persists = caller.persists && this.#chunked;
    const streaming = reply.streaming ? 'cache-control: no-cache\r\nx-accel-buffering: no\r\n' : '';
    caller.markReplied();
    caller.wire?.text(
      `HTTP/1.1 ${reply.status} OK\r\ndate: ${httpDate()}\r\ncontent-type: ${reply.contentType}\r\n${streaming}` +
        `x-gatehouse-model: ${this.facts.provider ?? ''}/${attempt?.model ?? ''}\r\n${this.#exchange.ownLines()}` +
        (this.#chunked ? 'transfer-encoding: chunked\r\n' : '') +
        (this.#persists ? '\r\n' : 'connection: close\r\n\r\n'),
    );
  }

  onBytes(bytes: Buffer, start: number, end: number): void {
    if (start === end) return;
    this.#bytesOut += end - start;
    const { wire } = this.#exchange.caller;
    if (this.#chunked) wire?.text(`${(end - start).toString(16)}\r\n`);
    wire?.bytes(bytes, start, end);
    if (this.#chunked) wire?.text('\r\n');
  }

  onDone(): void {
    if (this.#chunked) this.#exchange.caller.wire?.text('0\r\n\r\n');
    this.#end(undefined);
    this.#exchange.caller.finish(this.#persists);
  }

  onCut(errorBody: string | undefined): void {
    if (errorBody !== undefined) {
      const event = errorEvent(errorBody);
      this.onBytes(event, 0, event.length);
    }
    this.#end('provider.truncated');
    this.#exchange.caller.breakOff();
  }

  onFlush(): boolean {
    return this.#exchange.caller.wire?.flush() ?? true;
  }

  onReady(): void {}

  onSettled(): void {}

  onCallerDrain(): void {
    this.#current?.resume();
  }

  onCallerGone(code: ErrorCode, answerable: boolean): void {
    if (this.#ended) return;
    this.#current?.abandon();
    if (answerable && this.#status === 0) {
      this.#refuse(code, 'the request body broke off');
      return;
    }
    this.#end(code);
    this.#exchange.caller.abort();
  }

  onFault(error: unknown): void {
    const { code, detail } = this.#exchange.fault(error);
    if (this.#ended) return;
    this.#current?.abandon();
    if (this.#status === 0) {
      this.#refuse(code, detail);
      return;
    }
    this.#end(code);
    this.#exchange.caller.abort();
  }

  #refuse(code: ErrorCode, detail: string, param?: string): void {
    const reply = openAiError(code, detail, param);
    this.#answer(reply.status, reply.headers, reply.body);
    this.#end(code);
    this.#exchange.caller.finish(this.#persists);
  }

  #answer(status: number, headers: Readonly<Record<string, string>>, body: string): void {
    const { caller } = this.#exchange;
    this.#status = status;
    this.#persists = caller.persists;
    const lines = Object.entries({ 'content-type': 'application/json', ...headers }).map(([n, v]) => `${n}: ${v}\r\n`);
    const head = { status, lines: lines.join('') + this.#exchange.ownLines() };
    caller.markReplied();
    caller.wire?.text(ownMessage(head, body, { keepAlive: this.#persists, headOnly: false }));
  }

  #end(code: ErrorCode | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#exchange.ended({
      status: this.#status,
      code,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      attempts: this.facts.attempts,
      times: this.#current?.times ?? NEVER,
    });
  }
}
