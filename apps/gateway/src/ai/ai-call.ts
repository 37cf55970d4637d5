import {
  doorOf,
  mayCall,
  providersError,
  Untranslatable,
  type Attempt,
  type CacheHit,
  type CallerError,
  type Door,
  type DoorName,
  type LocalAnswer,
  type OpenedCall,
  type ProviderError,
  type RequestProblem,
  type RoutePlan,
} from '@gatehouse/ai';
import type { LegTimes, RequestEvents } from '@gatehouse/http';
import type { ErrorCode } from '@gatehouse/kernel';
import type { GateExchange } from '../exchange.ts';
import { affinityKey } from './affinity-key.ts';
import { AiBody } from './ai-body.ts';
import { AiCached } from './ai-cached.ts';
import { emptyFacts, tokensOf, type AiFacts } from './ai-facts.ts';
import { budgetHeader, headerLines, headerText, linesOf, lossHeader, secondsHeader } from './ai-headers.ts';
import type { AiProgram } from './ai-program.ts';
import { settleFacts } from './ai-purse.ts';
import { AiReply } from './ai-reply.ts';
import { AiTokenLimits } from './ai-token-limits.ts';
import { AiTries, type OwnRefusal, type ReplyHeadFacts, type TriesHost } from './ai-tries.ts';
import type { AiTry } from './ai-try.ts';
import type { AttemptFailure } from './attempt-host.ts';
import { editedLines } from './edited-lines.ts';

const NEVER: LegTimes = { begunMs: 0, connectedMs: 0, firstByteMs: 0 };

/**
 * One model call: body → model → what is kept, or tries in the order of a plan → the first answer that is safe to show.
 * Fails over only until the caller has seen a byte; afterwards a break is shown as a break.
 */
export class AiCall implements RequestEvents, TriesHost {
  readonly #exchange: GateExchange;
  readonly #program: AiProgram;
  readonly #door: Door;
  readonly #body: AiBody;
  readonly #reply: AiReply;
  readonly #tokens: AiTokenLimits;
  readonly #cached: AiCached;
  /** Of the call as a whole; the try that is told of in the record adds its own. */
  readonly #facts: AiFacts = emptyFacts();
  #tries: AiTries | undefined;
  #ended = false;

  constructor(exchange: GateExchange, door: DoorName, program: AiProgram) {
    this.#exchange = exchange;
    this.#program = program;
    this.#door = doorOf(door);
    this.#body = new AiBody(program.house.wheel, exchange.bodyBytesMax);
    this.#reply = new AiReply(exchange);
    this.#tokens = new AiTokenLimits(program.house, exchange.credential);
    this.#cached = new AiCached(exchange);
  }

  begin(): void {
    const { caller } = this.#exchange;
    // Left while a policy was thinking: the exchange has ended, or ends when the connection closes.
    if (caller.wire?.socket.destroyed ?? true) return;
    this.#exchange.ai = this.#facts;
    if ((this.#exchange.contentLength ?? 0) > this.#exchange.bodyBytesMax) {
      this.#tooLarge();
      return;
    }
    caller.handOver(this);
    this.#body.begin(this, () => this.onRefused({ code: 'request.timeout', detail: 'the request body took too long' }));
    caller.wantBody();
  }

  onBodyData(bytes: Buffer, start: number, end: number): void {
    if (!this.#ended && !this.#body.add(bytes, start, end)) this.#tooLarge();
  }

  #tooLarge(): void {
    const detail = `the body may have ${this.#exchange.bodyBytesMax} bytes`;
    this.onRefused({ code: 'request.body_too_large', detail });
  }

  onBodyEnd(): void {
    if (this.#ended) return;
    const call = this.#opened(this.#body.take());
    if ('problem' in call) {
      this.onRefused({ code: 'request.body_invalid', detail: call.problem, param: call.param });
      return;
    }
    this.#facts.modelAsked = call.model;
    this.#facts.stream = call.stream;
    const plan = this.#planFor(call);
    const refusal = this.#refusalOf(call, plan);
    if (refusal !== undefined) this.onRefused(refusal);
    else if (plan !== undefined) this.#serve(call, plan);
  }

  #opened(body: Buffer): OpenedCall | RequestProblem {
    try {
      return this.#door.open(body, this.#exchange);
    } catch (error) {
      if (error instanceof Untranslatable) return { problem: error.message, param: error.param };
      throw error;
    }
  }

  #planFor(call: OpenedCall): RoutePlan | undefined {
    const { router, house } = this.#program;
    const affinity = router.affinityOf(call.model);
    return router.begin(call.model, {
      random: house.random,
      now: house.clock.monotonic,
      streaming: call.stream,
      estimateTokens: router.weighsPrompts(call.model) ? call.asked().inputTokensEstimate : undefined,
      affinityKey: affinity && affinityKey(affinity, this.#exchange, call),
    });
  }

  #refusalOf(call: OpenedCall, plan: RoutePlan | undefined): OwnRefusal | undefined {
    const { model } = call;
    const allowed = this.#exchange.credential === undefined ? ['*'] : this.#exchange.credential.models;
    if (plan === undefined) {
      return { code: 'provider.model_not_found', detail: `the model \`${model}\` does not exist`, param: 'model' };
    }
    if (!mayCall(allowed, model)) {
      return { code: 'auth.forbidden', detail: `this key may not call the model \`${model}\``, param: 'model' };
    }
    const full = this.#tokens.none ? undefined : this.#tokens.take(call.asked().inputTokensEstimate);
    if (full === undefined) return undefined;
    const detail = 'the limit on tokens of this application is reached';
    return { code: 'limit.rate', detail, retryAfterMs: full.retryMs };
  }

  /** From what is kept, or else from a provider. */
  #serve(call: OpenedCall, plan: RoutePlan): void {
    const rules = this.#program.cacheOf(call.model);
    const { chat, model } = call;
    const hit = rules && chat && this.#cached.ask(this.#program.house, rules, { chat, model });
    if (!(hit instanceof Promise)) this.#serveFrom(hit, call, plan);
    else hit.then((late) => this.#serveFrom(late, call, plan)).catch((error: unknown) => this.onFault(error));
  }

  #serveFrom(hit: CacheHit | undefined, call: OpenedCall, plan: RoutePlan): void {
    if (this.#ended) return;
    if (hit !== undefined && call.chat !== undefined) {
      const { body, contentType } = call.chat.written(hit.reply, this.#exchange.id);
      this.#facts.model = hit.reply.model;
      this.#facts.costMicroUsd = 0;
      this.#reply.begin(200, linesOf({ 'content-type': contentType, ...this.#cached.header, ...this.#tokens.headers }));
      this.#reply.bytes(body, 0, body.length);
      this.#complete();
      return;
    }
    const asked = this.#exchange.header('x-gatehouse-strict') === 'true';
    this.#tries = new AiTries(this, {
      exchange: this.#exchange,
      program: this.#program,
      call,
      plan,
      strict: asked || this.#program.router.isStrict(call.model),
      tap: this.#cached.isAsked ? this.#cached : undefined,
    });
    this.#tries.begin();
  }

  onCommit(run: AiTry, reply: ReplyHeadFacts): void {
    const streaming = reply.streaming ? 'cache-control: no-cache\r\nx-accel-buffering: no\r\n' : '';
    const model = headerText(`${run.facts.provider ?? ''}/${run.attempt.model}`);
    const told = linesOf({
      ...lossHeader(run.facts.losses),
      ...budgetHeader(run.purse.header),
      ...this.#tokens.headers,
      ...this.#cached.header,
    });
    const lines = `content-type: ${reply.contentType}\r\n${streaming}x-gatehouse-model: ${model}\r\n${told}`;
    this.#reply.begin(reply.status, lines);
  }

  onBytes(bytes: Buffer, start: number, end: number): void {
    this.#reply.bytes(bytes, start, end);
  }

  onAnswered(): void {
    this.#cached.done();
    this.#complete();
  }

  #complete(): void {
    this.#reply.complete();
    this.#end(undefined);
    this.#reply.finish();
  }

  onLocal({ body, losses }: LocalAnswer, attempt: Attempt): void {
    this.#facts.model = attempt.model;
    this.#facts.losses = losses;
    this.#answer(200, lossHeader(losses), body);
    this.#end(undefined);
    this.#reply.finish();
  }

  onFailed({ error: said, retryAfter }: AttemptFailure): void {
    const { status, headers, body } = this.#door.failure(said, this.#exchange.id);
    const waits = retryAfter !== undefined && /^[\w ,:]+$/.test(retryAfter) ? { 'retry-after': retryAfter } : {};
    this.#answer(status, { ...headers, ...waits }, body);
    this.#end(said.code);
    this.#reply.finish();
  }

  /** As a provider's reply would be: policies see and edit its lines. */
  #answer(status: number, headers: Readonly<Record<string, string>>, body: string): void {
    this.#reply.answer(status, editedLines(this.#exchange, { status, lines: headerLines(headers) }), body);
  }

  onRefused({ code, detail, param, retryAfterMs = Infinity }: OwnRefusal): void {
    if (this.#ended) return;
    const { status, headers, body } = this.#door.refusal({ code, detail, param, requestId: this.#exchange.id });
    const lines = headerLines({ ...headers, ...secondsHeader(retryAfterMs) }) + this.#exchange.ownLines();
    this.#reply.answer(status, lines, body);
    this.#end(code);
    this.#reply.finish();
  }

  callerError(error: ProviderError): CallerError {
    return providersError(error, this.#exchange.id);
  }

  onCut(code: ErrorCode, lastWords: Buffer | undefined): void {
    if (lastWords !== undefined) this.#reply.bytes(lastWords, 0, lastWords.length);
    this.#end(code);
    this.#reply.breakOff();
  }

  onFlush(): boolean {
    return this.#reply.flush();
  }

  onReady(): void {}

  onSettled(): void {}

  onCallerDrain(): void {
    this.#tries?.resume();
  }

  onCallerGone(code: ErrorCode, answerable: boolean): void {
    this.#stop(code, answerable ? 'the request body broke off' : undefined);
  }

  onFault(error: unknown): void {
    const { code, detail } = this.#exchange.fault(error);
    this.#stop(code, detail);
  }

  /** Says `detail` if nothing was said yet. */
  #stop(code: ErrorCode, detail: string | undefined): void {
    if (this.#ended) return;
    this.#tries?.stop();
    if (detail !== undefined && this.#reply.status === 0) {
      this.onRefused({ code, detail });
      return;
    }
    this.#end(code);
    this.#exchange.caller.abort();
  }

  #end(code: ErrorCode | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#body.drop();
    this.#tries?.stop();
    this.#cached.close();
    const facts = this.#settled();
    this.#exchange.ai = facts;
    this.#exchange.ended({
      status: this.#reply.status,
      code,
      bytesIn: this.#body.bytes,
      bytesOut: this.#reply.bytesOut,
      attempts: facts.attempts,
      times: this.#tries?.last?.times ?? NEVER,
    });
  }

  /** The record's facts: those of the try that answered, or else of the last one. */
  #settled(): AiFacts {
    const { modelAsked, stream } = this.#facts;
    const tries = this.#tries;
    const run = tries?.last;
    const facts = { ...(run?.facts ?? this.#facts), modelAsked, stream, attempts: tries?.count ?? 0 };
    if (run === undefined) return facts;
    tries?.releaseOthers();
    if (!this.#reply.committed && facts.usage === undefined) run.purse.release();
    else settleFacts(facts, run.purse);
    if (facts.usage !== undefined) this.#tokens.settle(tokensOf(facts.usage));
    return facts;
  }
}
