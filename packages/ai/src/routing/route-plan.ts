import type { AiTimeoutSpec } from '@gatehouse/config';
import type { Usage } from '../usage.ts';
import type { Attempt } from './attempt.ts';
import { chooseFrom, type ChoiceRule, type Draw } from './balances.ts';
import type { FailureCause } from './failure-cause.ts';
import type { Random } from './draw.ts';
import { FAILURE_RULES, type NextStop } from './failure-rules.ts';
import type { KeyNeed } from './key-meter.ts';
import { Lease } from './lease.ts';
import { isClosed, limitedUntilMs, restsUntilMs, type Candidate, type Place } from './place.ts';
import type { Route } from './route.ts';
import { Travelled } from './travelled.ts';

/** One call, as far as its way depends on it. */
export interface RoutedCall {
  readonly random: Random;
  /** Monotonic ms. */
  readonly now: () => number;
  /** What the call has in common with those that should go the same way; asked for by `ModelRouter.affinityOf`. */
  readonly affinityKey?: string | undefined;
  readonly streaming: boolean;
  /** Tokens of the prompt, about. */
  readonly estimateTokens?: number | undefined;
  /** Asked only where there is a choice: does the call wish for reasoning? */
  readonly wish?: { asksForReasoning(): boolean } | undefined;
}

/** A model as functions that are handed in know it. */
export interface RoutedModel {
  readonly provider: string;
  readonly kind: string;
  readonly model: string;
}

export interface RoutingFacts {
  /** What a call with such a prompt may cost, in any unit; undefined where nobody knows, which counts as dear. */
  readonly priceOf: (model: RoutedModel, promptTokens: number | undefined) => number | undefined;
  /** How many tokens prompt and answer may have; undefined where nobody knows, which counts as no more than another. */
  readonly contextTokensOf: (model: RoutedModel) => number | undefined;
  /** Undefined where nobody knows, which counts as yes. */
  readonly reasons: (model: RoutedModel) => boolean | undefined;
}

export interface AttemptFailed {
  readonly attempt: Attempt;
  readonly cause: FailureCause;
  readonly retryAfterMs?: number | undefined;
  /** The caller has seen a part of the answer: the failure is remembered, and the call ends with it. */
  readonly committed: boolean;
}

export interface AttemptSucceeded {
  /** Of a whole answer, its duration. */
  readonly firstTokenMs: number;
  readonly durationMs: number;
  readonly usage?: Usage | undefined;
}

export interface NextAttempt {
  readonly attempt: Attempt;
  /** So long the call waits before it begins. */
  readonly delayMs: number;
}

/** No call waits longer for its next attempt: its caller is told how long to wait instead. */
export const DELAY_MS_MAX = 2_000;
const BACKOFF_MS = 250;
const BACKOFF_MS_MAX = 5000;

/**
 * The way of one call from target to target. Each attempt that it hands out is in flight until its outcome is told by
 * `after`, `succeeded`, `abandoned` or `passOver`; `close` does it for those that are left.
 */
export class RoutePlan {
  readonly #route: Route;
  readonly #call: RoutedCall;
  readonly #facts: RoutingFacts;
  readonly #leases = new Map<Attempt, Lease>();
  readonly #travelled: Travelled;
  /** Does the call wish for reasoning, and can it have a choice of who has it? */
  #prefersReasoning: boolean | undefined;
  #answered = false;
  #hedged = false;
  #again = 0;

  constructor(route: Route, call: RoutedCall, facts: RoutingFacts) {
    this.#route = route;
    this.#call = call;
    this.#facts = facts;
    this.#travelled = new Travelled((place) => facts.contextTokensOf(asModel(place)));
  }

  /** How long this call may take. */
  get timeouts(): AiTimeoutSpec {
    return this.#route.timeouts;
  }

  /**
   * The best target that is well. When all of them rest, the one that is ready soonest: it is better than no answer.
   * `undefined` only when the limits of all keys are reached; `waitMs` says for how long.
   */
  first(): Attempt | undefined {
    const nowMs = this.#call.now();
    this.#route.budget.deposit(nowMs);
    return this.#firstOf(nowMs);
  }

  /** How long until a key may be used again whose limit is reached; Infinity: nothing is left that could be waited for. */
  get waitMs(): number {
    const nowMs = this.#call.now();
    const need = this.#need(nowMs);
    const open = this.#route.candidates.filter((candidate) => this.#travelled.isOpen(candidate));
    return Math.max(0, Math.min(...open.map((candidate) => limitedUntilMs(candidate, need))) - nowMs);
  }

  /**
   * Remembers the failure and says where to go on. `undefined`: nowhere, or the other attempt of a hedge is still on its
   * way and decides.
   */
  after({ attempt, cause, retryAfterMs, committed }: AttemptFailed): NextAttempt | undefined {
    const lease = this.#take(attempt);
    if (lease === undefined) return undefined;
    const rule = FAILURE_RULES[cause];
    const nowMs = this.#call.now();
    lease.failed({ rule, timedOut: cause === 'timeout', retryAfterMs, nowMs });
    this.#travelled.failed(lease.candidate, rule);
    if (committed || this.#answered || this.#leases.size > 0) return undefined;
    return this.#next(lease.candidate, rule.next, nowMs);
  }

  /** This target cannot serve the call by what it is, and was not asked: its own fault it is not. */
  passOver(attempt: Attempt): NextAttempt | undefined {
    const lease = this.#take(attempt);
    if (lease === undefined) return undefined;
    const nowMs = this.#call.now();
    lease.unused(nowMs);
    this.#travelled.close(lease.candidate.place);
    if (this.#leases.size > 0) return undefined;
    // Where the call has failed already it comes again out of the budget only.
    if (this.#travelled.hasFailed) return this.#next(lease.candidate, 'other-targets', nowMs);
    const next = this.#firstOf(nowMs);
    return next && { attempt: next, delayMs: 0 };
  }

  /** After so long without a first token `nextForHedge` may be asked; undefined: never. A whole answer shows no token. */
  get hedgeAfterMs(): number | undefined {
    return this.#call.streaming && this.#route.candidates.length > 1 ? this.#route.hedgeAfterMs : undefined;
  }

  /** A second attempt beside the one in flight, once in a call, from what is well, and out of the retry budget. */
  nextForHedge(): Attempt | undefined {
    const [lease, ...others] = this.#leases.values();
    if (this.hedgeAfterMs === undefined || this.#hedged || this.#answered) return undefined;
    if (lease === undefined || others.length > 0) return undefined;
    this.#hedged = true;
    const nowMs = this.#call.now();
    const { place, attempt } = lease.candidate;
    const fits = this.#fits(nowMs);
    const isWell = (other: Candidate): boolean =>
      other.attempt.identity !== attempt.identity && fits(other) && this.#travelled.isNew(other) && isClosed(other);
    const found = this.#choose((other) => other.place !== place && isWell(other), nowMs) ?? this.#choose(isWell, nowMs);
    return found !== undefined && this.#route.budget.mayRetry(nowMs) ? this.#begin(found, 0, nowMs) : undefined;
  }

  /** From here the answer is this attempt's; whoever hears it tells of the others with `abandoned`. */
  answers(attempt: Attempt, firstTokenMs: number): void {
    this.#answered = true;
    this.#leases.get(attempt)?.firstToken(firstTokenMs, this.#call.now());
  }

  succeeded(attempt: Attempt, { firstTokenMs, usage }: AttemptSucceeded): void {
    this.#answered = true;
    const nowMs = this.#call.now();
    const lease = this.#take(attempt);
    lease?.firstToken(firstTokenMs, nowMs);
    lease?.succeeded(usage, nowMs);
  }

  /** Given up by us: its caller has left, or another attempt was faster. */
  abandoned(attempt: Attempt): void {
    this.#take(attempt)?.abandoned(this.#call.now());
  }

  /** It was not sent, for a reason that lies with us; the plan goes nowhere else for it. */
  unused(attempt: Attempt): void {
    this.#take(attempt)?.unused(this.#call.now());
  }

  /** The call is over, however it has ended. */
  close(): void {
    const nowMs = this.#call.now();
    for (const lease of this.#leases.values()) lease.abandoned(nowMs);
    this.#leases.clear();
  }

  #next(from: Candidate, stop: NextStop, nowMs: number): NextAttempt | undefined {
    if (stop === 'nowhere') return undefined;
    const fits = this.#fits(nowMs);
    const isNew = (candidate: Candidate): boolean => fits(candidate) && this.#travelled.isNew(candidate);
    const isReady = (candidate: Candidate): boolean => restsUntilMs(candidate) <= nowMs;
    const isNear = (candidate: Candidate): boolean => stop === 'other-keys' && candidate.place === from.place;
    const isWell = (candidate: Candidate): boolean => isNew(candidate) && isClosed(candidate);
    // No call that has had a failure already is made a probe while there is another way.
    const attempt = this.#beginAt(
      () =>
        this.#choose((candidate) => isNear(candidate) && isWell(candidate), nowMs) ??
        this.#choose(isWell, nowMs) ??
        this.#choose((candidate) => isNew(candidate) && isReady(candidate), nowMs),
      nowMs,
    );
    return attempt === undefined ? this.#later(fits, nowMs) : { attempt, delayMs: 0 };
  }

  /** Where it has failed already, or what rests still for a little: out of the budget, and never before it is ready. */
  #later(fits: (candidate: Candidate) => boolean, nowMs: number): NextAttempt | undefined {
    if (this.#again >= this.#route.attemptsAgain) return undefined;
    let best: Candidate | undefined;
    let bestMs = Infinity;
    for (const candidate of this.#route.candidates) {
      if (!fits(candidate)) continue;
      const readyMs = Math.max(nowMs, restsUntilMs(candidate));
      const less = readyMs === bestMs && best !== undefined && this.#travelled.isLess(candidate, best);
      if (readyMs < bestMs || less) [best, bestMs] = [candidate, readyMs];
    }
    const waitMs = bestMs - nowMs;
    if (best === undefined || waitMs > DELAY_MS_MAX || !this.#route.budget.mayRetry(nowMs)) return undefined;
    // Calls that were told the same time must not all come back at it.
    const spreadMs = Math.max(waitMs / 4, Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** this.#again));
    this.#again++;
    const delayMs = Math.ceil(waitMs + this.#call.random() * spreadMs);
    const attempt = this.#begin(best, delayMs, nowMs);
    return attempt && { attempt, delayMs };
  }

  #firstOf(nowMs: number): Attempt | undefined {
    const fits = this.#fits(nowMs);
    const isReady = (candidate: Candidate): boolean => fits(candidate) && restsUntilMs(candidate) <= nowMs;
    return this.#beginAt(() => this.#choose(isReady, nowMs) ?? this.#soonest(fits), nowMs);
  }

  #soonest(fits: (candidate: Candidate) => boolean): Candidate | undefined {
    let best: Candidate | undefined;
    for (const candidate of this.#route.candidates) {
      if (fits(candidate) && (best === undefined || restsUntilMs(candidate) < restsUntilMs(best))) best = candidate;
    }
    return best;
  }

  /** What the call itself and the limits of keys leave. */
  #fits(nowMs: number): (candidate: Candidate) => boolean {
    const need = this.#need(nowMs);
    return (candidate) => this.#travelled.isOpen(candidate) && limitedUntilMs(candidate, need) <= nowMs;
  }

  #need(nowMs: number): KeyNeed {
    return { tokens: this.#call.estimateTokens ?? 0, nowMs };
  }

  #choose(isUsable: (candidate: Candidate) => boolean, nowMs: number): Candidate | undefined {
    const { random, streaming, estimateTokens, affinityKey } = this.#call;
    const { balance, affinity, groups } = this.#route;
    const draw: Draw = {
      random,
      nowMs,
      streaming,
      affinityKey: affinity === undefined ? undefined : affinityKey,
      priceAt: (place) => this.#facts.priceOf(asModel(place), estimateTokens),
    };
    const rule = { balance, isUsable };
    const apt = this.#wishesReasoning() ? chooseFrom(groups, this.#reasoning(rule), draw) : undefined;
    return apt ?? chooseFrom(groups, rule, draw);
  }

  /** The body is looked at only where some target has reasoning and another has not. */
  #wishesReasoning(): boolean {
    this.#prefersReasoning ??= this.#targetsDiffer() && this.#call.wish?.asksForReasoning() === true;
    return this.#prefersReasoning;
  }

  #targetsDiffer(): boolean {
    const { candidates } = this.#route;
    return candidates.length > 1 && candidates.some(({ place }) => !this.#reasons(place));
  }

  #reasoning({ balance, isUsable }: ChoiceRule): ChoiceRule {
    return { balance, isUsable: (candidate) => this.#reasons(candidate.place) && isUsable(candidate) };
  }

  #reasons(place: Place): boolean {
    return this.#facts.reasons(asModel(place)) !== false;
  }

  /** Another worker may take the last that the limits of a key leave while `find` looks: then it looks again. */
  #beginAt(find: () => Candidate | undefined, nowMs: number): Attempt | undefined {
    for (let tries = this.#route.candidates.length; tries > 0; tries--) {
      const found = find();
      const attempt = found && this.#begin(found, 0, nowMs);
      if (found === undefined || attempt !== undefined) return attempt;
    }
    return undefined;
  }

  #begin(candidate: Candidate, delayMs: number, nowMs: number): Attempt | undefined {
    const { streaming, estimateTokens = 0 } = this.#call;
    const lease = Lease.of(candidate, { atMs: nowMs + delayMs, nowMs, streaming, tokens: estimateTokens });
    if (lease === undefined) return undefined;
    this.#leases.set(candidate.attempt, lease);
    return candidate.attempt;
  }

  #take(attempt: Attempt): Lease | undefined {
    const lease = this.#leases.get(attempt);
    this.#leases.delete(attempt);
    return lease;
  }
}

function asModel({ provider: { name, kind }, model }: Place): RoutedModel {
  return { provider: name, kind, model };
}
