import type { Usage } from '../usage.ts';
import type { FailureRule } from './failure-rules.ts';
import type { Candidate } from './place.ts';

export interface LeaseTerms {
  /** When the attempt is begun, which a wait may put off. */
  readonly atMs: number;
  readonly nowMs: number;
  readonly streaming: boolean;
  /** What the prompt is taken to need. */
  readonly tokens: number;
}

export interface LeaseFailure {
  readonly rule: FailureRule;
  readonly timedOut: boolean;
  readonly retryAfterMs: number | undefined;
  readonly nowMs: number;
}

/** One attempt from its choice to its end: what it occupies meanwhile, and what its outcome means for later calls. */
export class Lease {
  readonly candidate: Candidate;
  readonly #terms: LeaseTerms;
  readonly #probesTarget: boolean;
  readonly #probesKey: boolean;
  #waiting = true;
  #over = false;

  /** Undefined when the limits of its key have no room for it any more. */
  static of(candidate: Candidate, terms: LeaseTerms): Lease | undefined {
    const { limited } = candidate;
    if (limited !== undefined && !limited.meter.take(limited.limits, terms)) return undefined;
    return new Lease(candidate, terms);
  }

  private constructor(candidate: Candidate, terms: LeaseTerms) {
    const { target, key } = candidate;
    this.candidate = candidate;
    this.#terms = terms;
    target.inFlight++;
    target.waiting++;
    this.#probesTarget = target.circuit.begin(terms.atMs);
    this.#probesKey = key.begin(terms.atMs);
  }

  firstToken(firstTokenMs: number, nowMs: number): void {
    if (this.#over || !this.#waiting) return;
    const { target, key } = this.candidate;
    this.#endWaiting();
    target.estimate(this.#terms.streaming).record(firstTokenMs, nowMs);
    target.circuit.answers(this.#terms.atMs);
    // Whoever gets an answer has a key that is valid and paid.
    key.succeeded(this.#terms.atMs);
  }

  succeeded(usage: Usage | undefined, nowMs: number): void {
    if (!this.#end()) return;
    const { target, key, limited } = this.candidate;
    target.circuit.succeeded(this.#terms.atMs);
    key.succeeded(this.#terms.atMs);
    if (usage === undefined || limited === undefined) return;
    limited.meter.takeMore(limited.limits, { tokens: tokensOf(usage) - this.#terms.tokens, nowMs });
  }

  failed({ rule, timedOut, retryAfterMs, nowMs }: LeaseFailure): void {
    const waited = this.#waiting;
    if (!this.#end()) return;
    const { target, key } = this.candidate;
    const { atMs, streaming } = this.#terms;
    if (timedOut && waited) target.estimate(streaming).recordAtLeast(nowMs - atMs, nowMs);
    const failure = { rule: rule.circuit, retryAfterMs, begunMs: atMs, nowMs };
    // A provider that refuses the call itself is well, though what it thinks of the key is not told.
    if (rule.concerns === 'call') target.circuit.succeeded(atMs);
    else if (rule.concerns === 'key') key.failed(failure);
    else target.circuit.failed(failure);
  }

  /** Given up by us, so nothing is known but how long it had no token. */
  abandoned(nowMs: number): void {
    // Its time had not come yet: what was counted for it was never sent.
    if (nowMs < this.#terms.atMs) {
      this.unused(nowMs);
      return;
    }
    const waited = this.#waiting;
    if (!this.#end() || !waited) return;
    const { atMs, streaming } = this.#terms;
    this.candidate.target.estimate(streaming).recordAtLeast(nowMs - atMs, nowMs);
  }

  /** Never sent: nothing is known at all, and nothing was used. */
  unused(nowMs: number): void {
    if (!this.#end()) return;
    const { limited } = this.candidate;
    limited?.meter.giveBack(limited.limits, this.#terms, nowMs);
  }

  #end(): boolean {
    if (this.#over) return false;
    this.#over = true;
    const { target, key } = this.candidate;
    target.inFlight--;
    if (this.#waiting) this.#endWaiting();
    if (this.#probesTarget) target.circuit.endProbe();
    if (this.#probesKey) key.endProbe();
    return true;
  }

  #endWaiting(): void {
    this.#waiting = false;
    this.candidate.target.waiting--;
  }
}

function tokensOf({ inputUncached, cacheRead = 0, cacheWrite = 0, outputText, reasoning = 0 }: Usage): number {
  return inputUncached + cacheRead + cacheWrite + outputText + reasoning;
}
