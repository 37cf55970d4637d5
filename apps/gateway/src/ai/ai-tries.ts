import {
  providerRow,
  readRetryAfter,
  RefusalLessons,
  reportsUsage,
  Untranslatable,
  type AnswerTap,
  type Attempt,
  type CallerError,
  type Destination,
  type FailureCause,
  type FieldProblem,
  type GuardedCall,
  type LocalAnswer,
  type NextAttempt,
  type OpenedCall,
  type ProviderError,
  type ProviderRow,
  type Relay,
  type RoutePlan,
  type Unfit,
} from '@gatehouse/ai';
import { GatehouseError, type ErrorCode } from '@gatehouse/kernel';
import type { GateExchange } from '../exchange.ts';
import type { House } from '../house.ts';
import { AiFit, type FitHost } from './ai-fit.ts';
import type { AiProgram } from './ai-program.ts';
import { settleFacts, settleFailed, type AiPurse } from './ai-purse.ts';
import { AiTry, type TryHost } from './ai-try.ts';
import { Alarm } from '../body/alarm.ts';
import type { AttemptFailure, LastWords } from './attempt-host.ts';

/** A refusal of the gate's own. */
export interface OwnRefusal {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly param?: string | undefined;
  readonly errors?: readonly FieldProblem[] | undefined;
  /** Infinity when waiting does not help. */
  readonly retryAfterMs?: number;
}

export interface ReplyHeadFacts {
  readonly status: number;
  readonly contentType: string;
  readonly streaming: boolean;
}

/** What a call hears of its tries. One of `onAnswered`, `onFailed`, `onRefused`, `onLocal`, `onCut` and `onBlocked` comes last, once. */
export interface TriesHost {
  /** From here the answer is this one's. */
  onCommit(run: AiTry, reply: ReplyHeadFacts): void;
  onBytes(bytes: Buffer, start: number, end: number): void;
  onAnswered(): void;
  /** No target has an answer, and this is why. */
  onFailed(failure: AttemptFailure): void;
  onRefused(refusal: OwnRefusal): void;
  onLocal(answer: LocalAnswer, attempt: Attempt): void;
  /** Broke after the caller had seen a part of it. */
  onCut(code: ErrorCode, lastWords: Buffer | undefined): void;
  /** A guard withholds the answer or, where there is something to `say` at its end, the rest of it; `why`, if not a guard. */
  onBlocked(say: LastWords | undefined, why: Unfit | undefined): void;
  onFault(error: unknown): void;
  onFlush(): boolean;
  callerError(error: ProviderError): CallerError;
}

export interface TriesPlan {
  readonly exchange: GateExchange;
  readonly program: AiProgram;
  readonly call: OpenedCall;
  readonly plan: RoutePlan;
  readonly purse: () => AiPurse;
  /** What a provider cannot be told is refused instead of left out. */
  readonly strict: boolean;
  readonly tap: (AnswerTap & { again(): void }) | undefined;
  readonly guards: GuardedCall | undefined;
}

/** The tries of one call, in the order of its plan: one after the other, or two at once where a hedge is wished. */
export class AiTries implements TryHost, FitHost {
  /** How many there were. */
  count = 0;
  /** The one that answers or, until one does, the last. */
  last: AiTry | undefined;
  readonly #host: TriesHost;
  readonly #set: TriesPlan;
  readonly #house: House;
  /** Undefined for calls that every target can serve, such as embeddings. */
  readonly #fit: AiFit | undefined;
  readonly #running = new Set<AiTry>();
  /** Between two attempts. */
  readonly #pause: Alarm;
  readonly #hedge: Alarm;
  readonly #total: Alarm;
  #deadlineMs: number;
  /** Of the attempt that failed last. */
  #failure: AttemptFailure | undefined;
  #lessons: RefusalLessons | undefined;
  #committed = false;
  #over = false;

  constructor(host: TriesHost, set: TriesPlan) {
    const { house } = set.program;
    const { firstTokenMs, totalMs } = set.plan.timeouts;
    this.#host = host;
    this.#set = set;
    this.#house = house;
    this.#fit = set.call.chat && new AiFit(this, set.program, set.call.chat);
    this.#pause = new Alarm(house.wheel);
    this.#hedge = new Alarm(house.wheel);
    this.#total = new Alarm(house.wheel);
    // A second target gets its full time after a first that hangs; a third only what is left.
    this.#deadlineMs = house.clock.monotonic() + Math.min(2 * firstTokenMs, totalMs ?? Infinity);
    if (totalMs !== undefined) this.#total.set(totalMs, host, () => this.#outOfTime());
  }

  begin(): void {
    const { plan } = this.#set;
    const attempt = plan.first();
    if (attempt !== undefined) {
      this.#try(attempt);
      return;
    }
    this.#refuseForLimits();
  }

  /** The caller has nothing more to hear of it. */
  stop(): void {
    if (this.#over) return;
    this.#over = true;
    for (const alarm of [this.#pause, this.#hedge, this.#total]) alarm.off();
    for (const run of this.#running) run.abandon();
    for (const attempt of this.#fit?.waiting ?? []) this.#set.plan.unused(attempt);
    this.#fit?.close();
    this.#set.plan.close();
  }

  /** What is held for tries that nobody is told of. */
  releaseOthers(): void {
    for (const run of this.#running) if (run !== this.last) run.purse.release();
  }

  resume(): void {
    for (const run of this.#running) run.resume();
  }

  #outOfTime(): void {
    const lastWords = this.#committed ? this.last?.lastWords('provider.timeout') : undefined;
    this.stop();
    if (this.#committed) this.#host.onCut('provider.timeout', lastWords);
    else this.#host.onRefused({ code: 'provider.timeout', detail: 'the model took too long' });
  }

  #try(attempt: Attempt): void {
    if (this.#over) return;
    const { call } = this.#set;
    const row = providerRow(attempt.provider.kind);
    if (row === undefined) throw new GatehouseError('gateway.internal', `no such provider: ${attempt.provider.kind}`);
    const destination = this.#destination(attempt, row);
    try {
      const local = call.locally?.(destination);
      const misfit = local === undefined ? this.#fit?.check(attempt, row) : undefined;
      if (misfit === 'later') return;
      if (misfit !== undefined) {
        this.#passOver(attempt, misfit);
        return;
      }
      const relay = local === undefined ? call.relayTo(destination) : undefined;
      this.#checkLosses((local ?? relay)?.losses ?? []);
      if (local !== undefined) this.#answerLocally(local, attempt);
      else if (relay !== undefined) this.#send({ attempt, row, relay });
    } catch (error) {
      if (!(error instanceof Untranslatable)) throw error;
      this.#passOver(attempt, { code: 'request.body_invalid', detail: error.message, param: error.param });
    }
  }

  onFetched(attempt: Attempt, { refusal, tookMs }: Parameters<FitHost['onFetched']>[1]): void {
    if (this.#over) return;
    // Callers choose servers that are slow: no provider is held to be so for it.
    this.#deadlineMs += tookMs;
    // A hedge that came too late.
    if (this.#committed) this.#set.plan.unused(attempt);
    else if (refusal !== undefined) this.#passOver(attempt, refusal);
    else this.#try(attempt);
  }

  /** Of what nobody was asked, no limit counts anything. */
  #answerLocally(local: LocalAnswer, attempt: Attempt): void {
    this.#set.plan.unused(attempt);
    this.#host.onLocal(local, attempt);
  }

  #destination(attempt: Attempt, row: ProviderRow): Destination {
    const { exchange, program, call, tap, guards } = this.#set;
    const refused = (this.#lessons ?? program.refused).of(attempt, call.chat);
    return {
      row,
      model: attempt.model,
      forceUsage: reportsUsage(refused),
      refused,
      requestId: exchange.id,
      created: Math.floor(this.#house.clock.now() / 1000),
      tap,
      guards,
      inlineOnly: this.#fit?.inlineOnly(attempt, row),
    };
  }

  #checkLosses(losses: readonly string[]): void {
    const [first] = losses;
    if (first === undefined || !this.#set.strict) return;
    const message = `This model cannot do all that is asked, and nothing may be left out: ${losses.join(', ')}.`;
    throw new Untranslatable(message, first.slice(first.indexOf(':') + 1));
  }

  /** This target cannot serve the call; another one may. */
  #passOver(attempt: Attempt, refusal: OwnRefusal): void {
    const { plan } = this.#set;
    const next = plan.passOver(attempt);
    if (next !== undefined && next.delayMs < this.#msLeft()) this.#tryLater(next);
    else if (!this.#isAlone) return;
    // Others could have served it, and have failed: that is what happened, and what may be different the next time.
    else if (this.#failure !== undefined) this.#host.onFailed(this.#failure);
    else if (Number.isFinite(plan.waitMs)) this.#refuseForLimits();
    else this.#host.onRefused(refusal);
  }

  /** No other attempt is on its way that may still answer. */
  get #isAlone(): boolean {
    return this.#running.size === 0 && this.#fit?.isBusy !== true;
  }

  #refuseForLimits(): void {
    const detail = 'the limits of all keys for this model are reached';
    this.#host.onRefused({ code: 'provider.overloaded', detail, retryAfterMs: this.#set.plan.waitMs });
  }

  #send({ attempt, row, relay }: { attempt: Attempt; row: ProviderRow; relay: Relay }): void {
    const { plan, tap, call } = this.#set;
    const purse = this.#purse(attempt, row.free || relay.gratis === true ? { ...row, free: true } : row);
    if (purse === undefined) return;
    const run = new AiTry(this, this.#planOf({ attempt, row, relay }), purse);
    this.count++;
    tap?.again();
    run.facts.provider = attempt.provider.name;
    run.facts.model = attempt.model;
    run.facts.losses = relay.losses;
    run.facts.unmetered = relay.unmetered === true;
    run.facts.dialect = relay.dialect === call.dialect ? call.dialect : `${call.dialect}>${relay.dialect}`;
    this.last = run;
    this.#running.add(run);
    if (plan.hedgeAfterMs !== undefined) this.#hedge.set(plan.hedgeAfterMs, this, () => this.#startHedge());
    run.begin();
  }

  /** With what the attempt may cost at most; undefined when there is no room for it. */
  #purse(attempt: Attempt, row: ProviderRow): AiPurse | undefined {
    const { exchange, call, plan } = this.#set;
    const purse = this.#set.purse();
    const refusal = purse.reserve({
      principal: exchange.principal,
      model: call.model,
      provider: attempt.provider.name,
      kind: row.kind,
      providerModel: attempt.model,
      free: row.free,
      asked: () => call.asked(),
    });
    if (refusal === undefined) return purse;
    plan.unused(attempt);
    if (this.#isAlone) this.#host.onRefused(refusal);
    return undefined;
  }

  #planOf({
    attempt,
    row,
    relay,
  }: {
    attempt: Attempt;
    row: ProviderRow;
    relay: Relay;
  }): ConstructorParameters<typeof AiTry>[1] {
    const { exchange, call, plan } = this.#set;
    const { clock, pools, wheel } = this.#house;
    return {
      attempt,
      row,
      relay,
      stream: call.stream,
      pool: pools.ofVendor(attempt.provider.endpoint),
      timeouts: plan.timeouts,
      lines: `traceparent: ${exchange.trace.traceparent}\r\nx-request-id: ${exchange.id}\r\n`,
      edits: exchange.upstreamHeaders,
      limitMs: Math.min(this.#msLeft(), call.stream ? plan.timeouts.firstTokenMs : Infinity),
      monotonic: clock.monotonic,
      now: clock.now,
      wheel,
    };
  }

  /** The first target takes its time: another one is asked beside it, and who speaks first answers. */
  #startHedge(): void {
    const second = this.#set.plan.nextForHedge();
    if (second !== undefined) this.#try(second);
  }

  #msLeft(): number {
    return this.#deadlineMs - this.#house.clock.monotonic();
  }

  onAttemptFailed(run: AiTry, failure: AttemptFailure): void {
    const { plan, program } = this.#set;
    const { attempt } = run;
    this.#running.delete(run);
    settleFailed(run.facts, run.purse);
    if (failure.refusedMember !== undefined && this.#msLeft() > 0) {
      this.#lessons ??= new RefusalLessons(program.refused);
      this.#lessons.learn(attempt, failure.refusedMember);
      this.#try(attempt);
      return;
    }
    const retryAfterMs = readRetryAfter(failure, this.#house.clock.now()) ?? failure.error.retryAfterMs;
    const next = plan.after({ attempt, cause: failure.cause, retryAfterMs, committed: this.#msLeft() <= 0 });
    this.#failure = failure;
    if (next !== undefined && next.delayMs < this.#msLeft()) this.#tryLater(next);
    else if (this.#isAlone) this.#host.onFailed(failure);
  }

  #tryLater({ attempt, delayMs }: NextAttempt): void {
    if (delayMs === 0) this.#try(attempt);
    else this.#pause.set(delayMs, this, () => this.#try(attempt));
  }

  onFirstToken(run: AiTry, ms: number): void {
    this.#set.plan.answers(run.attempt, ms);
  }

  onCommit(run: AiTry, reply: ReplyHeadFacts): void {
    this.#hedge.off();
    this.#pause.off();
    this.#committed = true;
    this.last = run;
    this.#lessons?.answered(run.attempt, this.#set.call.chat);
    for (const other of this.#running) if (other !== run) this.#giveUp(other);
    this.#host.onCommit(run, reply);
  }

  /** Another one was faster; what it has read of the prompt is paid for. */
  #giveUp(run: AiTry): void {
    this.#running.delete(run);
    run.abandon();
    this.#set.plan.abandoned(run.attempt);
    settleFacts(run.facts, run.purse);
  }

  onBytes(bytes: Buffer, start: number, end: number): void {
    this.#host.onBytes(bytes, start, end);
  }

  onDone(run: AiTry): void {
    this.#succeeded(run);
    this.#host.onAnswered();
  }

  #succeeded(run: AiTry): void {
    const { usage, firstTokenMs } = run.facts;
    const durationMs = this.#house.clock.monotonic() - run.times.begunMs;
    this.#set.plan.succeeded(run.attempt, { firstTokenMs: firstTokenMs ?? durationMs, durationMs, usage });
  }

  /** What nobody is shown was made all the same, and is paid for. */
  onBlocked(run: AiTry, say: LastWords | undefined, why: Unfit | undefined): void {
    this.last = run;
    this.#succeeded(run);
    for (const other of this.#running) if (other !== run) this.#giveUp(other);
    settleFacts(run.facts, run.purse);
    this.#host.onBlocked(say, why);
  }

  onCut(run: AiTry, { lastWords, cause }: { lastWords: Buffer | undefined; cause: FailureCause }): void {
    this.#set.plan.after({ attempt: run.attempt, cause, committed: true });
    this.#host.onCut('provider.truncated', lastWords);
  }

  callerError(error: ProviderError): CallerError {
    return this.#host.callerError(error);
  }

  onFault(error: unknown): void {
    this.#host.onFault(error);
  }

  onFlush(): boolean {
    return this.#host.onFlush();
  }
}
