import {
  ownError,
  providersError,
  readRetryAfter,
  Untranslatable,
  type Attempt,
  type CacheHit,
  type CallerError,
  type Door,
  type GuardDecision,
  type GuardedCall,
  type GuardSide,
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
import { mayAsk } from './ai-access.ts';
import { GatheredBody } from '../body/gathered-body.ts';
import { AiCached } from './ai-cached.ts';
import { emptyFacts, tokensOf, type AiFacts } from './ai-facts.ts';
import { budgetHeader, headerLines, headerText, linesOf, lossHeader, secondsHeader } from './ai-headers.ts';
import type { AiProgram } from './ai-program.ts';
import { AiPurse, settleFacts } from './ai-purse.ts';
import { AiReply } from './ai-reply.ts';
import { AiTab } from './ai-tab.ts';
import { AiTokenLimits } from './ai-token-limits.ts';
import { AiTries, type OwnRefusal, type ReplyHeadFacts, type TriesHost } from './ai-tries.ts';
import type { AiTry } from './ai-try.ts';
import type { AttemptFailure, LastWords } from './attempt-host.ts';
import { editedLines } from './edited-lines.ts';

const CROWDED = 'too many large calls are under way';
const NEVER: LegTimes = { begunMs: 0, connectedMs: 0, firstByteMs: 0 };

/**
 * One model call: body → model → what is kept, or tries in the order of a plan → the first answer that is safe to show.
 * Fails over only until the caller has seen a byte; afterwards a break is shown as a break.
 */
export class AiCall implements RequestEvents, TriesHost {
  readonly #exchange: GateExchange;
  readonly #program: AiProgram;
  readonly #door: Door;
  readonly #body: GatheredBody;
  readonly #reply: AiReply;
  readonly #tokens: AiTokenLimits;
  readonly #cached: AiCached;
  readonly #tab: AiTab;
  /** Of the call as a whole; the try that is told of in the record adds its own. */
  readonly #facts: AiFacts = emptyFacts();
  #guards: GuardedCall | undefined;
  #tries: AiTries | undefined;
  #ended = false;

  constructor(exchange: GateExchange, door: Door, program: AiProgram) {
    this.#exchange = exchange;
    this.#program = program;
    const { wheel, bodies: room } = program.house;
    this.#door = door;
    this.#body = new GatheredBody({ wheel, bytesMax: exchange.bodyBytesMax, room });
    this.#reply = new AiReply(exchange);
    this.#tokens = new AiTokenLimits(program.house, exchange.credential);
    this.#tab = new AiTab(exchange, program.house);
    this.#cached = new AiCached(exchange, this.#tab);
  }

  begin(): void {
    const { caller } = this.#exchange;
    // Left while a policy was thinking: the exchange has ended, or ends when the connection closes.
    if (caller.wire?.gone ?? true) return;
    this.#exchange.ai = this.#facts;
    this.#exchange.tab = this.#tab;
    if ((this.#exchange.contentLength ?? 0) > this.#exchange.bodyBytesMax) {
      this.#tooLarge();
      return;
    }
    caller.handOver(this);
    this.#body.begin(this, () => this.onRefused({ code: 'request.timeout', detail: 'the request body took too long' }));
    const { wholeBody } = this.#exchange;
    if (wholeBody === undefined) caller.wantBody();
    else {
      this.onBodyData(wholeBody, 0, wholeBody.length);
      this.onBodyEnd();
    }
  }

  onBodyData(bytes: Buffer, start: number, end: number): void {
    const wrong = this.#ended ? undefined : this.#body.add(bytes, start, end);
    if (wrong === 'large') this.#tooLarge();
    else if (wrong === 'crowded') this.onRefused({ code: 'gateway.overloaded', detail: CROWDED, retryAfterMs: 1000 });
  }

  #tooLarge(): void {
    const detail = `the body may have ${this.#exchange.bodyBytesMax} bytes`;
    this.onRefused({ code: 'request.body_too_large', detail });
  }

  onBodyEnd(): void {
    if (this.#ended) return;
    const call = this.#opened(this.#body.take());
    if ('problem' in call) {
      const { problem: detail, param, errors } = call;
      this.onRefused({ code: 'request.body_invalid', detail, param, errors });
      return;
    }
    this.#facts.modelAsked = call.model;
    this.#facts.stream = call.stream;
    this.#facts.prompt = call.prompt;
    try {
      const plan = this.#planFor(call);
      const refusal = this.#refusalOf(call, plan);
      if (refusal !== undefined) this.onRefused(refusal);
      else if (plan !== undefined) this.#check(call, plan);
    } catch (error) {
      // Of most calls nobody reads more than the model; what is no request shows when somebody does.
      if (!(error instanceof Untranslatable)) throw error;
      this.onRefused({ code: 'request.body_invalid', detail: error.message, param: error.param });
    }
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
      wish: call.chat,
    });
  }

  #refusalOf(call: OpenedCall, plan: RoutePlan | undefined): OwnRefusal | undefined {
    const { model, prompt } = call;
    if (plan === undefined) {
      return { code: 'provider.model_not_found', detail: `the model \`${model}\` does not exist`, param: 'model' };
    }
    if (!mayAsk(this.#exchange.credential, model, prompt?.name)) {
      return { code: 'auth.forbidden', detail: `this key may not call the model \`${model}\``, param: 'model' };
    }
    const full = this.#tokens.none ? undefined : this.#tokens.take(call.asked().inputTokensEstimate);
    if (full === undefined) return undefined;
    const detail = 'the limit on tokens of this application is reached';
    return { code: 'limit.rate', detail, retryAfterMs: full.retryMs };
  }

  /** Guards look before anything is looked up or sent. */
  #check(call: OpenedCall, plan: RoutePlan): void {
    const guards = this.#program.guards?.begin(call.model, this.#exchange.principal?.application);
    if (guards === undefined) {
      this.#serve(call, plan);
      return;
    }
    this.#guards = guards;
    const decision = guards.checkRequest(call);
    const decided = (late: GuardDecision): void => {
      if (this.#ended) return;
      if (late === 'block') this.onRefused(this.#withheld('request'));
      else this.#serve(call, plan);
    };
    if (!(decision instanceof Promise)) decided(decision);
    else decision.then(decided).catch((error: unknown) => this.onFault(error));
  }

  #withheld(side: GuardSide): OwnRefusal {
    return { code: 'guard.blocked', detail: this.#guards?.reason(side) ?? '' };
  }

  /** From what is kept, or else from a provider. */
  #serve(call: OpenedCall, plan: RoutePlan): void {
    const rules = this.#program.cacheOf(call.model);
    const { chat, model } = call;
    if (rules === undefined || chat === undefined) {
      this.#serveFrom(undefined, call, plan);
      return;
    }
    // Where something is masked, what was masked is all that may tell two questions apart, and no embedder is shown it.
    const semantic = this.#guards?.masks === true ? undefined : this.#program.semanticOf(model);
    const asked = { model, partition: this.#guards?.identity, semantic };
    const hit = this.#cached.ask(this.#program.house, rules, { chat, ...asked });
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
      purse: () => new AiPurse(this.#tab, this.#program),
      strict: asked || this.#program.router.isStrict(call.model),
      tap: this.#cached.isAsked ? this.#cached : undefined,
      guards: this.#guards,
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
    // Whoever has the whole answer finds it in the journal, even if the process dies now.
    this.#end(undefined);
    this.#reply.complete();
    this.#reply.finish();
  }

  onLocal({ body, losses }: LocalAnswer, attempt: Attempt): void {
    this.#facts.model = attempt.model;
    this.#facts.losses = losses;
    this.#answer(200, lossHeader(losses), body);
    this.#end(undefined);
    this.#reply.finish();
  }

  onFailed({ error: said, ...waits }: AttemptFailure): void {
    const { clock } = this.#program.house;
    const retryAfterMs = readRetryAfter(waits, clock.now()) ?? said.retryAfterMs;
    const { status, headers, body } = this.#door.failure({ ...said, retryAfterMs }, this.#exchange.id);
    this.#answer(status, { ...headers, ...secondsHeader(retryAfterMs ?? Infinity) }, body);
    this.#end(said.code);
    this.#reply.finish();
  }

  /** As a provider's reply would be: policies see and edit its lines. */
  #answer(status: number, headers: Readonly<Record<string, string>>, body: string): void {
    this.#reply.answer(status, editedLines(this.#exchange, { status, lines: headerLines(headers) }), body);
  }

  onRefused({ retryAfterMs = Infinity, ...refusal }: OwnRefusal): void {
    if (this.#ended) return;
    const { code } = refusal;
    const { status, headers, body } = this.#door.refusal({ ...refusal, retryAfterMs, requestId: this.#exchange.id });
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

  onBlocked(say: LastWords | undefined, why: OwnRefusal | undefined): void {
    const refusal = why ?? this.#withheld('reply');
    if (say === undefined) this.onRefused(refusal);
    else this.onCut(refusal.code, say(ownError({ ...refusal, requestId: this.#exchange.id })));
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
    this.#tab.ending();
    this.#tries?.stop();
    this.#cached.close();
    this.#guards?.close();
    const facts = this.#tab.close(this.#settled());
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
    const { modelAsked, stream, prompt } = this.#facts;
    const told = { modelAsked, stream, prompt, guards: this.#guards?.findings };
    const tries = this.#tries;
    const run = tries?.last;
    const facts = { ...(run?.facts ?? this.#facts), ...told, attempts: tries?.count ?? 0 };
    if (run === undefined) return facts;
    tries?.releaseOthers();
    if (!this.#reply.committed && facts.usage === undefined) run.purse.release();
    else settleFacts(facts, run.purse);
    if (facts.usage !== undefined) this.#tokens.settle(tokensOf(facts.usage));
    return facts;
  }
}
