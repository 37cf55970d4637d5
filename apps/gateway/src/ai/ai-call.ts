import {
  doorOf,
  mayCall,
  providerRow,
  providersError,
  readRetryAfter,
  Untranslatable,
  type Attempt,
  type CallerError,
  type Destination,
  type Door,
  type LocalAnswer,
  type DoorName,
  type OpenedCall,
  type ProviderError,
  type ProviderRow,
  type Relay,
  type RequestProblem,
} from '@gatehouse/ai';
import { httpDate, type LegTimes, type RequestEvents } from '@gatehouse/http';
import { GatehouseError, type ErrorCode } from '@gatehouse/kernel';
import type { GateExchange } from '../exchange.ts';
import type { House } from '../house.ts';
import { ownMessage } from '../problem.ts';
import { AiAttempt } from './ai-attempt.ts';
import { emptyFacts, tokensOf, type AiFacts } from './ai-facts.ts';
import type { AiProgram } from './ai-program.ts';
import { AiPurse, settleFacts, type Priced, type PurseRefusal } from './ai-purse.ts';
import { budgetHeader, headerLines, headerText, linesOf, lossHeader } from './ai-headers.ts';
import { AiTokenLimits } from './ai-token-limits.ts';
import { Alarm } from './alarm.ts';
import type { AttemptFailure, AttemptHost } from './attempt-host.ts';
import { editedLines } from './edited-lines.ts';

/** A body that trickles keeps its pieces in memory until it is whole. */
const BODY_MS_MAX = 5 * 60_000;
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
  readonly #door: Door;
  readonly #bodyLimit: Alarm;
  #body: Buffer[] = [];
  #bytesIn = 0;
  #bytesOut = 0;
  #call: OpenedCall | undefined;
  #attempts: readonly Attempt[] = [];
  #index = 0;
  #deadlineMs = 0;
  #refusalHeaders: Readonly<Record<string, string>> = {};
  readonly #purse: AiPurse;
  #tokens: AiTokenLimits | undefined;
  #current: AiAttempt | undefined;
  #status = 0;
  #committed = false;
  #chunked = false;
  #persists = false;
  #ended = false;

  constructor(exchange: GateExchange, door: DoorName, program: AiProgram) {
    this.#exchange = exchange;
    this.#house = program.house;
    this.#program = program;
    this.#door = doorOf(door);
    this.#bodyLimit = new Alarm(program.house.wheel);
    this.#purse = new AiPurse(program.house, program.budgets, program.catalogue);
  }

  begin(): void {
    const { caller } = this.#exchange;
    // Left while a policy was thinking: the exchange has ended, or ends when the connection closes.
    if (caller.wire?.socket.destroyed ?? true) return;
    this.#exchange.ai = this.facts;
    if ((this.#exchange.contentLength ?? 0) > this.#exchange.bodyBytesMax) {
      this.#tooLarge();
      return;
    }
    caller.handOver(this);
    this.#bodyLimit.set(BODY_MS_MAX, this, () => this.#refuse('request.timeout', 'the request body took too long'));
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
    this.#bodyLimit.off();
    const read = this.#opened(Buffer.concat(this.#body));
    this.#body = [];
    if ('problem' in read) {
      this.#refuse('request.body_invalid', read.problem, read.param);
      return;
    }
    this.#call = read;
    this.facts.modelAsked = read.model;
    this.facts.stream = read.stream;
    const { clock, random } = this.#house;
    const attempts = this.#program.router.plan(read.model, { random, now: clock.monotonic() });
    const allowed = this.#exchange.credential === undefined ? ['*'] : this.#exchange.credential.models;
    if (attempts === undefined) {
      this.#refuse('provider.model_not_found', `the model \`${read.model}\` does not exist`, 'model');
    } else if (!mayCall(allowed, read.model)) {
      this.#refuse('auth.forbidden', `this key may not call the model \`${read.model}\``, 'model');
    } else if (this.#mayUseTokens(read)) {
      const { connectMs, firstByteMs } = this.#program.spec.timeouts;
      this.#attempts = attempts;
      // A second target gets its full time after a first that hangs; a third only what is left.
      this.#deadlineMs = clock.monotonic() + 2 * (connectMs + firstByteMs);
      this.#try();
    }
  }

  /** The limits on tokens; refuses the call when they are used up. */
  #mayUseTokens(call: OpenedCall): boolean {
    this.#tokens = new AiTokenLimits(this.#house, this.#exchange.credential);
    const refused = this.#tokens.none ? undefined : this.#tokens.take(call.asked().inputTokensEstimate);
    if (refused === undefined) return true;
    const { retryMs } = refused;
    if (Number.isFinite(retryMs)) this.#refusalHeaders = { 'retry-after': String(Math.ceil(retryMs / 1000)) };
    this.#refuse('limit.rate', 'the limit on tokens of this application is reached');
    return false;
  }

  #opened(body: Buffer): OpenedCall | RequestProblem {
    try {
      return this.#door.open(body, this.#exchange);
    } catch (error) {
      if (error instanceof Untranslatable) return { problem: error.message, param: error.param };
      throw error;
    }
  }

  #try(): void {
    const attempt = this.#attempts[this.#index];
    const call = this.#call;
    if (attempt === undefined || call === undefined) return;
    const row = providerRow(attempt.provider.kind);
    if (row === undefined) throw new GatehouseError('gateway.internal', `no such provider: ${attempt.provider.kind}`);
    const destination = this.#destination(attempt, row);
    try {
      const local = call.locally?.(destination);
      if (local !== undefined) {
        this.#answerLocally(local, attempt);
        return;
      }
      const relay = call.relayTo(destination);
      this.#checkLosses(relay.losses);
      const refusal = this.#purse.reserve(this.#priced(call, attempt, row));
      if (refusal === undefined) this.#send(call, { attempt, row, relay });
      else this.#refuseSpending(refusal);
    } catch (error) {
      if (!(error instanceof Untranslatable)) throw error;
      this.#untranslatable(error);
    }
  }

  #priced(call: OpenedCall, attempt: Attempt, row: ProviderRow): Priced {
    return {
      principal: this.#exchange.principal,
      model: call.model,
      provider: attempt.provider.name,
      kind: row.kind,
      providerModel: attempt.model,
      free: row.free,
      asked: () => call.asked(),
    };
  }

  #refuseSpending({ code, detail, retryAfterSeconds }: PurseRefusal): void {
    if (retryAfterSeconds !== undefined) this.#refusalHeaders = { 'retry-after': String(retryAfterSeconds) };
    this.#refuse(code, detail);
  }

  #answerLocally({ body, losses }: LocalAnswer, attempt: Attempt): void {
    this.#checkLosses(losses);
    this.facts.model = attempt.model;
    const lines = editedLines(this.#exchange, { status: 200, lines: headerLines(lossHeader(losses)) });
    this.#answer(200, lines, body);
    this.#end(undefined);
    this.#exchange.caller.finish(this.#persists);
  }

  /** Remembers what the target cannot do; where nothing may be lost, that is a refusal. */
  #checkLosses(losses: readonly string[]): void {
    this.facts.losses = losses;
    const strict =
      this.#program.router.isStrict(this.facts.modelAsked ?? '') ||
      this.#exchange.header('x-gatehouse-strict') === 'true';
    const [first] = losses;
    if (!strict || first === undefined) return;
    const param = first.slice(first.indexOf(':') + 1);
    throw new Untranslatable(
      `This model cannot do all that is asked, and nothing may be left out: ${losses.join(', ')}.`,
      param,
    );
  }

  #destination(attempt: Attempt, row: ProviderRow): Destination {
    return {
      row,
      model: attempt.model,
      forceUsage: !this.#program.usageRefusers.has(attempt.provider.name),
      requestId: this.#exchange.id,
      created: Math.floor(this.#house.clock.now() / 1000),
    };
  }

  /** This target cannot serve the call; another one may. */
  #untranslatable(error: Untranslatable): void {
    this.#index++;
    if (this.#index < this.#attempts.length) this.#try();
    else this.#refuse('request.body_invalid', error.message, error.param);
  }

  #send(call: OpenedCall, { attempt, row, relay }: { attempt: Attempt; row: ProviderRow; relay: Relay }): void {
    const { spec, house } = this.#program;
    this.facts.dialect = relay.dialect === call.dialect ? call.dialect : `${call.dialect}>${relay.dialect}`;
    const { connectMs, firstByteMs } = spec.timeouts;
    const { trace, id, upstreamHeaders } = this.#exchange;
    this.facts.attempts++;
    this.facts.provider = attempt.provider.name;
    this.facts.model = attempt.model;
    this.#current = new AiAttempt(this, {
      attempt,
      row,
      relay,
      stream: call.stream,
      pool: house.pools.of(attempt.provider.endpoint),
      timeouts: spec.timeouts,
      lines: `traceparent: ${trace.traceparent}\r\nx-request-id: ${id}\r\n`,
      edits: upstreamHeaders,
      limitMs: Math.min(this.#msLeft(), call.stream ? connectMs + firstByteMs : Infinity),
      monotonic: house.clock.monotonic,
      now: house.clock.now,
      wheel: house.wheel,
    });
    this.#current.begin();
  }

  #msLeft(): number {
    return this.#deadlineMs - this.#house.clock.monotonic();
  }

  onAttemptFailed(failure: AttemptFailure): void {
    if (this.#mayTryAgain(failure)) {
      this.#try();
      return;
    }
    const { retryAfter } = failure;
    const error = this.#door.failure(failure.error, this.#exchange.id);
    const waits = retryAfter !== undefined && /^[\w ,:]+$/.test(retryAfter) ? { 'retry-after': retryAfter } : {};
    const headers = headerLines({ ...error.headers, ...waits });
    this.#answer(error.status, editedLines(this.#exchange, { status: error.status, lines: headers }), error.body);
    this.#end(failure.error.code);
    this.#exchange.caller.finish(this.#persists);
  }

  /** Remembers what the failure means for later calls, and moves on to where this one may be tried next. */
  #mayTryAgain({ cause, retryElsewhere, usageRefused, ...waits }: AttemptFailure): boolean {
    const attempt = this.#attempts[this.#index];
    if (attempt === undefined) return false;
    const { clock } = this.#house;
    if (usageRefused) this.#program.usageRefusers.add(attempt.provider.name);
    else if (retryElsewhere) {
      const retryAfterMs = readRetryAfter(waits, clock.now());
      this.#program.cooldowns.failed(attempt, { cause, retryAfterMs, now: clock.monotonic() });
      this.#index++;
    } else return false;
    return this.#index < this.#attempts.length && this.#msLeft() > 0;
  }

  onCommit(reply: { status: number; contentType: string; streaming: boolean }): void {
    const { caller } = this.#exchange;
    const attempt = this.#attempts[this.#index];
    if (attempt !== undefined) this.#program.cooldowns.succeeded(attempt);
    const streaming = reply.streaming ? 'cache-control: no-cache\r\nx-accel-buffering: no\r\n' : '';
    const model = headerText(`${this.facts.provider ?? ''}/${attempt?.model ?? ''}`);
    const lines = editedLines(this.#exchange, {
      status: reply.status,
      lines: `content-type: ${reply.contentType}\r\n${streaming}x-gatehouse-model: ${model}\r\n${linesOf(lossHeader(this.facts.losses))}${linesOf({ ...budgetHeader(this.#purse.header), ...this.#tokens?.headers })}`,
    });
    this.#status = reply.status;
    this.#committed = true;
    this.#chunked = caller.head.minor === 1;
    this.#persists = caller.persists && this.#chunked;
    caller.markReplied();
    caller.wire?.text(
      `HTTP/1.1 ${reply.status} OK\r\ndate: ${httpDate()}\r\n${lines}` +
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

  callerError(error: ProviderError): CallerError {
    return providersError(error, this.#exchange.id);
  }

  onCut(lastWords: Buffer | undefined): void {
    if (lastWords !== undefined) this.onBytes(lastWords, 0, lastWords.length);
    this.#end('provider.truncated');
    const { caller } = this.#exchange;
    // In HTTP/1.0 the end of the connection ends the message: only a reset says that there was more.
    if (this.#chunked) caller.breakOff();
    else caller.abort();
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
    const { status, headers, body } = this.#door.refusal({ code, detail, param, requestId: this.#exchange.id });
    this.#answer(status, headerLines({ ...headers, ...this.#refusalHeaders }) + this.#exchange.ownLines(), body);
    this.#end(code);
    this.#exchange.caller.finish(this.#persists);
  }

  #answer(status: number, lines: string, body: string): void {
    const { caller } = this.#exchange;
    this.#status = status;
    this.#persists = caller.persists;
    caller.markReplied();
    caller.wire?.text(ownMessage({ status, lines }, body, { keepAlive: this.#persists, headOnly: false }));
  }

  #end(code: ErrorCode | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#bodyLimit.off();
    this.#body = [];
    if (this.#current === undefined || (!this.#committed && this.facts.usage === undefined)) this.#purse.release();
    else settleFacts(this.facts, this.#purse);
    if (this.facts.usage !== undefined) this.#tokens?.settle(tokensOf(this.facts.usage));
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
