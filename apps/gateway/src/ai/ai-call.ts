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
  type DoorName,
  type FailureCause,
  type LocalAnswer,
  type NextAttempt,
  type OpenedCall,
  type ProviderError,
  type ProviderRow,
  type Relay,
  type RequestProblem,
  type RoutePlan,
} from '@gatehouse/ai';
import type { LegTimes, RequestEvents } from '@gatehouse/http';
import { GatehouseError, type ErrorCode } from '@gatehouse/kernel';
import type { GateExchange } from '../exchange.ts';
import type { House } from '../house.ts';
import { affinityKey } from './affinity-key.ts';
import { AiBody } from './ai-body.ts';
import { emptyFacts, tokensOf, type AiFacts } from './ai-facts.ts';
import { budgetHeader, headerLines, headerText, linesOf, lossHeader, secondsHeader } from './ai-headers.ts';
import type { AiProgram } from './ai-program.ts';
import { AiPurse, settleFacts, type PurseRefusal } from './ai-purse.ts';
import { AiReply } from './ai-reply.ts';
import { AiTokenLimits } from './ai-token-limits.ts';
import { AiTry, type TryHost } from './ai-try.ts';
import { Alarm } from './alarm.ts';
import type { AttemptFailure } from './attempt-host.ts';
import { editedLines } from './edited-lines.ts';

const NEVER: LegTimes = { begunMs: 0, connectedMs: 0, firstByteMs: 0 };

/**
 * One model call: body → model → attempts in the order of its plan → the first answer that is safe to show. Fails over
 * only until the caller has seen a byte; afterwards a break is shown as a break.
 */
export class AiCall implements RequestEvents, TryHost {
  readonly #exchange: GateExchange;
  readonly #house: House;
  readonly #program: AiProgram;
  readonly #door: Door;
  readonly #body: AiBody;
  readonly #reply: AiReply;
  readonly #tokens: AiTokenLimits;
  /** Between two attempts, and then until the last one has to be over. */
  readonly #pause: Alarm;
  readonly #total: Alarm;
  readonly #hedge: Alarm;
  readonly #running = new Set<AiTry>();
  /** Of the call as a whole; the attempt that is told of in the record adds its own. */
  readonly #facts: AiFacts = emptyFacts();
  #call: OpenedCall | undefined;
  #plan: RoutePlan | undefined;
  #last: AiTry | undefined;
  #deadlineMs = 0;
  #attempts = 0;
  #refusalHeaders: Readonly<Record<string, string>> = {};
  #ended = false;

  constructor(exchange: GateExchange, door: DoorName, program: AiProgram) {
    const { house } = program;
    this.#exchange = exchange;
    this.#house = house;
    this.#program = program;
    this.#door = doorOf(door);
    this.#body = new AiBody(house.wheel, exchange.bodyBytesMax);
    this.#reply = new AiReply(exchange);
    this.#tokens = new AiTokenLimits(house, exchange.credential);
    this.#pause = new Alarm(house.wheel);
    this.#total = new Alarm(house.wheel);
    this.#hedge = new Alarm(house.wheel);
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
    this.#body.begin(this, () => this.#refuse('request.timeout', 'the request body took too long'));
    caller.wantBody();
  }

  onBodyData(bytes: Buffer, start: number, end: number): void {
    if (!this.#ended && !this.#body.add(bytes, start, end)) this.#tooLarge();
  }

  #tooLarge(): void {
    this.#refuse('request.body_too_large', `the body may have ${this.#exchange.bodyBytesMax} bytes`);
  }

  onBodyEnd(): void {
    if (this.#ended) return;
    const call = this.#opened(this.#body.take());
    if ('problem' in call) {
      this.#refuse('request.body_invalid', call.problem, call.param);
      return;
    }
    this.#call = call;
    this.#facts.modelAsked = call.model;
    this.#facts.stream = call.stream;
    const plan = this.#planFor(call);
    const allowed = this.#exchange.credential === undefined ? ['*'] : this.#exchange.credential.models;
    if (plan === undefined) {
      this.#refuse('provider.model_not_found', `the model \`${call.model}\` does not exist`, 'model');
    } else if (!mayCall(allowed, call.model)) {
      this.#refuse('auth.forbidden', `this key may not call the model \`${call.model}\``, 'model');
    } else if (this.#mayUseTokens(call)) this.#start(plan);
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
    const { router } = this.#program;
    const { clock, random } = this.#house;
    const affinity = router.affinityOf(call.model);
    return router.begin(call.model, {
      random,
      now: clock.monotonic,
      streaming: call.stream,
      estimateTokens: router.weighsPrompts(call.model) ? call.asked().inputTokensEstimate : undefined,
      affinityKey: affinity && affinityKey(affinity, this.#exchange, call),
    });
  }

  /** The limits on tokens; refuses the call when they are used up. */
  #mayUseTokens(call: OpenedCall): boolean {
    const refused = this.#tokens.none ? undefined : this.#tokens.take(call.asked().inputTokensEstimate);
    if (refused === undefined) return true;
    this.#refusalHeaders = secondsHeader(refused.retryMs);
    this.#refuse('limit.rate', 'the limit on tokens of this application is reached');
    return false;
  }

  #start(plan: RoutePlan): void {
    const attempt = plan.first();
    const { firstTokenMs, totalMs } = plan.timeouts;
    this.#plan = plan;
    // A second target gets its full time after a first that hangs; a third only what is left.
    this.#deadlineMs = this.#house.clock.monotonic() + Math.min(2 * firstTokenMs, totalMs ?? Infinity);
    if (totalMs !== undefined) this.#total.set(totalMs, this, () => this.#outOfTime());
    if (attempt !== undefined) this.#try(attempt);
    else {
      this.#refusalHeaders = secondsHeader(plan.waitMs);
      this.#refuse('provider.overloaded', 'the limits of all keys for this model are reached');
    }
  }

  #outOfTime(): void {
    for (const run of this.#running) run.abandon();
    if (this.#reply.status === 0) this.#refuse('provider.timeout', 'the model took too long');
    else this.#cutOff('provider.timeout');
  }

  #try(attempt: Attempt): void {
    const call = this.#call;
    if (call === undefined || this.#ended) return;
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
      this.#send(call, { attempt, row, relay });
    } catch (error) {
      if (!(error instanceof Untranslatable)) throw error;
      this.#untranslatable(attempt, error);
    }
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

  #answerLocally({ body, losses }: LocalAnswer, attempt: Attempt): void {
    this.#checkLosses(losses);
    this.#facts.model = attempt.model;
    this.#facts.losses = losses;
    const lines = editedLines(this.#exchange, { status: 200, lines: headerLines(lossHeader(losses)) });
    this.#reply.answer(200, lines, body);
    this.#end(undefined);
    this.#reply.finish();
  }

  /** Where nothing may be lost, a loss is a refusal. */
  #checkLosses(losses: readonly string[]): void {
    const [first] = losses;
    if (first === undefined) return;
    const asked = this.#exchange.header('x-gatehouse-strict') === 'true';
    if (!asked && !this.#program.router.isStrict(this.#facts.modelAsked ?? '')) return;
    const message = `This model cannot do all that is asked, and nothing may be left out: ${losses.join(', ')}.`;
    throw new Untranslatable(message, first.slice(first.indexOf(':') + 1));
  }

  /** This target cannot serve the call; another one may. */
  #untranslatable(attempt: Attempt, error: Untranslatable): void {
    const next = this.#plan?.passOver(attempt);
    if (next !== undefined) this.#try(next);
    else if (this.#running.size === 0) this.#refuse('request.body_invalid', error.message, error.param);
  }

  #send(call: OpenedCall, { attempt, row, relay }: { attempt: Attempt; row: ProviderRow; relay: Relay }): void {
    const plan = this.#plan;
    if (plan === undefined) return;
    const { house, budgets, catalogue } = this.#program;
    const purse = new AiPurse(house, budgets, catalogue);
    const refusal = purse.reserve({
      principal: this.#exchange.principal,
      model: call.model,
      provider: attempt.provider.name,
      kind: row.kind,
      providerModel: attempt.model,
      free: row.free,
      asked: () => call.asked(),
    });
    if (refusal !== undefined) {
      if (this.#running.size === 0) this.#refuseSpending(refusal);
      else plan.abandoned(attempt);
      return;
    }
    const { trace, id, upstreamHeaders } = this.#exchange;
    const run = new AiTry(
      this,
      {
        attempt,
        row,
        relay,
        stream: call.stream,
        pool: house.pools.of(attempt.provider.endpoint),
        timeouts: plan.timeouts,
        lines: `traceparent: ${trace.traceparent}\r\nx-request-id: ${id}\r\n`,
        edits: upstreamHeaders,
        limitMs: Math.min(this.#msLeft(), call.stream ? plan.timeouts.firstTokenMs : Infinity),
        monotonic: house.clock.monotonic,
        now: house.clock.now,
        wheel: house.wheel,
      },
      purse,
    );
    this.#attempts++;
    run.facts.provider = attempt.provider.name;
    run.facts.model = attempt.model;
    run.facts.losses = relay.losses;
    run.facts.dialect = relay.dialect === call.dialect ? call.dialect : `${call.dialect}>${relay.dialect}`;
    this.#last = run;
    this.#running.add(run);
    if (plan.hedgeAfterMs !== undefined) this.#hedge.set(plan.hedgeAfterMs, this, () => this.#startHedge());
    run.begin();
  }

  /** The first target takes its time: another one is asked beside it, and who speaks first answers. */
  #startHedge(): void {
    const second = this.#plan?.nextForHedge();
    if (second !== undefined) this.#try(second);
  }

  #refuseSpending({ code, detail, retryAfterMs }: PurseRefusal): void {
    this.#refusalHeaders = secondsHeader(retryAfterMs);
    this.#refuse(code, detail);
  }

  #msLeft(): number {
    return this.#deadlineMs - this.#house.clock.monotonic();
  }

  onAttemptFailed(run: AiTry, failure: AttemptFailure): void {
    this.#running.delete(run);
    run.purse.release();
    if (failure.usageRefused) {
      this.#program.usageRefusers.add(run.attempt.provider.name);
      if (this.#msLeft() > 0) {
        this.#try(run.attempt);
        return;
      }
    }
    const next = this.#plan?.after({
      attempt: run.attempt,
      cause: failure.cause,
      retryAfterMs: readRetryAfter(failure, this.#house.clock.now()),
      committed: this.#msLeft() <= 0,
    });
    if (next !== undefined && next.delayMs < this.#msLeft()) this.#tryLater(next);
    else if (this.#running.size === 0) this.#answerFailure(failure);
  }

  #tryLater({ attempt, delayMs }: NextAttempt): void {
    if (delayMs === 0) this.#try(attempt);
    else this.#pause.set(delayMs, this, () => this.#try(attempt));
  }

  #answerFailure({ error: said, retryAfter }: AttemptFailure): void {
    const { status, headers, body } = this.#door.failure(said, this.#exchange.id);
    const waits = retryAfter !== undefined && /^[\w ,:]+$/.test(retryAfter) ? { 'retry-after': retryAfter } : {};
    const lines = editedLines(this.#exchange, { status, lines: headerLines({ ...headers, ...waits }) });
    this.#reply.answer(status, lines, body);
    this.#end(said.code);
    this.#reply.finish();
  }

  onFirstToken(run: AiTry, ms: number): void {
    this.#plan?.answers(run.attempt, ms);
  }

  onCommit(run: AiTry, reply: { status: number; contentType: string; streaming: boolean }): void {
    this.#hedge.off();
    this.#pause.off();
    this.#last = run;
    for (const other of this.#running) if (other !== run) this.#giveUp(other);
    const { provider, losses } = run.facts;
    const streaming = reply.streaming ? 'cache-control: no-cache\r\nx-accel-buffering: no\r\n' : '';
    const model = headerText(`${provider ?? ''}/${run.attempt.model}`);
    const told = { ...lossHeader(losses), ...budgetHeader(run.purse.header), ...this.#tokens.headers };
    const lines = `content-type: ${reply.contentType}\r\n${streaming}x-gatehouse-model: ${model}\r\n${linesOf(told)}`;
    this.#reply.begin(reply.status, lines);
  }

  /** Another one was faster; what it has read of the prompt is paid for. */
  #giveUp(run: AiTry): void {
    this.#running.delete(run);
    run.abandon();
    this.#plan?.abandoned(run.attempt);
    settleFacts(run.facts, run.purse);
  }

  onBytes(bytes: Buffer, start: number, end: number): void {
    this.#reply.bytes(bytes, start, end);
  }

  onDone(run: AiTry): void {
    const { usage, firstTokenMs } = run.facts;
    const durationMs = this.#house.clock.monotonic() - run.times.begunMs;
    this.#plan?.succeeded(run.attempt, { firstTokenMs: firstTokenMs ?? durationMs, durationMs, usage });
    this.#reply.complete();
    this.#end(undefined);
    this.#reply.finish();
  }

  callerError(error: ProviderError): CallerError {
    return providersError(error, this.#exchange.id);
  }

  onCut(run: AiTry, { lastWords, cause }: { lastWords: Buffer | undefined; cause: FailureCause }): void {
    this.#plan?.after({ attempt: run.attempt, cause, committed: true });
    if (lastWords !== undefined) this.#reply.bytes(lastWords, 0, lastWords.length);
    this.#cutOff('provider.truncated');
  }

  #cutOff(code: ErrorCode): void {
    this.#end(code);
    this.#reply.breakOff();
  }

  onFlush(): boolean {
    return this.#reply.flush();
  }

  onReady(): void {}

  onSettled(): void {}

  onCallerDrain(): void {
    for (const run of this.#running) run.resume();
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
    for (const run of this.#running) run.abandon();
    if (detail !== undefined && this.#reply.status === 0) {
      this.#refuse(code, detail);
      return;
    }
    this.#end(code);
    this.#exchange.caller.abort();
  }

  #refuse(code: ErrorCode, detail: string, param?: string): void {
    if (this.#ended) return;
    const { status, headers, body } = this.#door.refusal({ code, detail, param, requestId: this.#exchange.id });
    const lines = headerLines({ ...headers, ...this.#refusalHeaders }) + this.#exchange.ownLines();
    this.#reply.answer(status, lines, body);
    this.#end(code);
    this.#reply.finish();
  }

  #end(code: ErrorCode | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const alarm of [this.#pause, this.#total, this.#hedge]) alarm.off();
    this.#body.drop();
    this.#plan?.close();
    const facts = this.#settled();
    this.#exchange.ai = facts;
    this.#exchange.ended({
      status: this.#reply.status,
      code,
      bytesIn: this.#body.bytes,
      bytesOut: this.#reply.bytesOut,
      attempts: facts.attempts,
      times: this.#last?.times ?? NEVER,
    });
  }

  /** The record's facts: those of the attempt that answered, or else of the last one. */
  #settled(): AiFacts {
    const { modelAsked, stream } = this.#facts;
    const run = this.#last;
    const facts = { ...(run?.facts ?? this.#facts), modelAsked, stream, attempts: this.#attempts };
    if (run === undefined) return facts;
    for (const other of this.#running) if (other !== run) other.purse.release();
    if (!this.#reply.committed && facts.usage === undefined) run.purse.release();
    else settleFacts(facts, run.purse);
    if (facts.usage !== undefined) this.#tokens.settle(tokensOf(facts.usage));
    return facts;
  }
}
