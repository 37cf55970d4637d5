import type { Attempt, CallerError, FailureCause, ProviderError, Unfit } from '@gatehouse/ai';
import type { LegTimes } from '@gatehouse/http';
import { AiAttempt } from './ai-attempt.ts';
import { emptyFacts, type AiFacts } from './ai-facts.ts';
import type { AiPurse } from './ai-purse.ts';
import type { AttemptFailure, AttemptHost, AttemptPlan, LastWords } from './attempt-host.ts';

/** What a call hears of its attempts. */
export interface TryHost {
  /** From here the answer is the caller's. */
  onCommit(
    from: AiTry,
    reply: { readonly status: number; readonly contentType: string; readonly streaming: boolean },
  ): void;
  onFirstToken(from: AiTry, ms: number): void;
  onBytes(bytes: Buffer, start: number, end: number): void;
  onDone(from: AiTry): void;
  onAttemptFailed(from: AiTry, failure: AttemptFailure): void;
  onCut(from: AiTry, cut: { readonly lastWords: Buffer | undefined; readonly cause: FailureCause }): void;
  onBlocked(from: AiTry, say: LastWords | undefined, why: Unfit | undefined): void;
  onFault(error: unknown): void;
  onFlush(): boolean;
  callerError(error: ProviderError): CallerError;
}

/** One attempt of a call, with what it has learnt and what it may cost: two may be under way at once. */
export class AiTry implements AttemptHost {
  readonly attempt: Attempt;
  readonly facts: AiFacts = emptyFacts();
  readonly purse: AiPurse;
  readonly #host: TryHost;
  readonly #run: AiAttempt;

  constructor(host: TryHost, plan: AttemptPlan, purse: AiPurse) {
    this.attempt = plan.attempt;
    this.purse = purse;
    this.#host = host;
    this.#run = new AiAttempt(this, plan);
  }

  get times(): LegTimes {
    return this.#run.times;
  }

  begin(): void {
    this.#run.begin();
  }

  resume(): void {
    this.#run.resume();
  }

  lastWords(...[code]: Parameters<AiAttempt['lastWords']>): Buffer | undefined {
    return this.#run.lastWords(code);
  }

  abandon(): void {
    this.#run.abandon();
  }

  onCommit(reply: Parameters<AttemptHost['onCommit']>[0]): void {
    this.#host.onCommit(this, reply);
  }

  onFirstToken(ms: number): void {
    this.#host.onFirstToken(this, ms);
  }

  onBytes(bytes: Buffer, start: number, end: number): void {
    this.#host.onBytes(bytes, start, end);
  }

  onDone(): void {
    this.#host.onDone(this);
  }

  onAttemptFailed(failure: AttemptFailure): void {
    this.#host.onAttemptFailed(this, failure);
  }

  callerError(error: ProviderError): CallerError {
    return this.#host.callerError(error);
  }

  onCut(lastWords: Buffer | undefined, cause: FailureCause): void {
    this.#host.onCut(this, { lastWords, cause });
  }

  onBlocked(say: LastWords | undefined, why: Unfit | undefined): void {
    this.#host.onBlocked(this, say, why);
  }

  onFault(error: unknown): void {
    this.#host.onFault(error);
  }

  onFlush(): boolean {
    return this.#host.onFlush();
  }
}
