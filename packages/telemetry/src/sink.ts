import type { SpoolLine } from '@gatehouse/record/spool';

/** A record or a gap, with the line of JSON that it was written as. */
export type SinkItem = Extract<SpoolLine, { readonly kind: 'record' | 'gap' }>;

/** Somebody outside who is told of calls. */
export interface Sink {
  /**
   * Resolves when they have been taken over. Rejects when they should be offered again, or, with a `SinkError` that says
   * so, never. The same items may come twice: after a failure, or when a process died before it could note a success.
   */
  send(items: readonly SinkItem[], signal: AbortSignal): Promise<SinkOutcome | undefined>;
  close(): Promise<void>;
}

/** Where a receiver has taken over a batch, but not all that is in it. */
export interface SinkOutcome {
  readonly refused: number;
  readonly why: string;
}

/** What becomes of a batch that was not taken: offered again, given up, or offered again in two halves. */
export type SinkRetry = 'later' | 'never' | 'smaller';

export class SinkError extends Error {
  override readonly name = 'SinkError';
  readonly retry: SinkRetry;
  /** The receiver's own wish. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: { readonly retry: SinkRetry; readonly retryAfterMs?: number | undefined }) {
    super(message);
    this.retry = options.retry;
    this.retryAfterMs = options.retryAfterMs;
  }
}
