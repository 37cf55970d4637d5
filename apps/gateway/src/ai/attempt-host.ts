import type { Attempt, CallerError, FailureCause, ProviderError, ProviderRow, Relay, Unfit } from '@gatehouse/ai';
import type { TimeoutSpec } from '@gatehouse/config';
import type { Pool, TimerWheel } from '@gatehouse/http';
import type { AiFacts } from './ai-facts.ts';
import type { ProviderCall } from './provider-request.ts';

/** Why an attempt gave no answer, before the caller saw a byte of it. */
export interface AttemptFailure {
  readonly cause: FailureCause;
  readonly retryElsewhere: boolean;
  /** What the provider refuses, when it can be told otherwise or without. */
  readonly refusedMember: string | undefined;
  readonly retryAfter: string | undefined;
  readonly retryAfterMs: string | undefined;
  /** What the caller is told if nobody else can answer. */
  readonly error: ProviderError;
}

/** An error as the last words of a stream. */
export type LastWords = (error: CallerError) => Buffer;

/** What one attempt asks of the call that it belongs to. */
export interface AttemptHost {
  readonly facts: AiFacts;
  /** From here the answer is the caller's: no more failing over. */
  onCommit(reply: { readonly status: number; readonly contentType: string; readonly streaming: boolean }): void;
  /** The first token of a stream, or the whole of an answer, so many ms behind its begin. */
  onFirstToken(ms: number): void;
  onBytes(bytes: Buffer, start: number, end: number): void;
  /** Complete, and complete only if the provider said so. */
  onDone(): void;
  onAttemptFailed(failure: AttemptFailure): void;
  /** What the caller may read of an error. */
  callerError(error: ProviderError): CallerError;
  /** Broke after the commit; `lastWords` end a stream. */
  onCut(lastWords: Buffer | undefined, cause: FailureCause): void;
  /** By a guard, if there is no other `why`; `say` ends a stream that was shown in part. */
  onBlocked(say: LastWords | undefined, why: Unfit | undefined): void;
  /** Dealing with the reply has thrown. */
  onFault(error: unknown): void;
  /** Gathered bytes may leave now. */
  onFlush(): boolean;
}

export interface AttemptPlan {
  readonly attempt: Attempt;
  readonly row: ProviderRow;
  readonly relay: Relay;
  readonly stream: boolean;
  readonly pool: Pool;
  readonly timeouts: TimeoutSpec;
  readonly lines: ProviderCall['lines'];
  readonly edits: ProviderCall['edits'];
  /** So long may the caller be without a token of a stream, or without a whole answer. */
  readonly limitMs: number;
  readonly monotonic: () => number;
  /** Of the wall clock. */
  readonly now: () => number;
  readonly wheel: TimerWheel;
}
