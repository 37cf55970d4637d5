import type { Clock, Logger } from '@gatehouse/kernel';
import type { Corruption, Position } from '@gatehouse/record/spool';

/** How a receiver fares. Counts are of this process. */
export interface SinkFacts {
  readonly name: string;
  readonly kind: string;
  /** Records and gaps that were taken over. */
  readonly sent: number;
  /** That will not be offered again, because the receiver does not want them. */
  readonly refused: number;
  /** Attempts that failed and are repeated. */
  readonly failed: number;
  /** Holes in the spool that were passed over, and lines in it that could not be read. */
  readonly holes: number;
  readonly unreadable: number;
  /** Written to the spool and not yet dealt with. */
  readonly lagBytes: number;
  readonly position: Position;
  /** ms since the epoch. */
  readonly lastSentAt: number | undefined;
  readonly lastError: string | undefined;
  /** Whether the last attempt failed. */
  readonly failing: boolean;
}

interface TallyOptions {
  readonly name: string;
  readonly kind: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A receiver that is away for a day is told of once a minute. */
const LOG_EVERY_MS = 60_000;

/** Counts what becomes of what one receiver is sent, and tells the log of what goes wrong. */
export class SinkTally {
  readonly #options: TallyOptions;
  #sent = 0;
  #refused = 0;
  #failed = 0;
  #holes = 0;
  #unreadable = 0;
  #lastSentAt: number | undefined;
  #lastError: string | undefined;
  #failing = false;
  #quietUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: TallyOptions) {
    this.#options = options;
  }

  taken(count: number): void {
    this.#sent += count;
    this.#lastSentAt = this.#options.clock.now();
    if (this.#failing)
      this.#options.log.info('a receiver of records takes them again', { receiver: this.#options.name });
    this.#failing = false;
    this.#quietUntilMs = Number.NEGATIVE_INFINITY;
  }

  refused(count: number, why: string): void {
    this.#refused += count;
    this.#lastError = why;
    this.#tell('a receiver of records refuses some for good', { refused: count, error: why });
  }

  failed(error: unknown): void {
    this.#failed++;
    this.#failing = true;
    this.#lastError = messageOf(error);
    this.#tell('a receiver of records does not take them, they will be offered again', { error: this.#lastError });
  }

  hole({ reason, bytes }: Corruption): void {
    this.#holes++;
    const { name } = this.#options;
    this.#options.log.warn('records are missing for a receiver', { receiver: name, reason, bytes });
  }

  unreadable(): void {
    this.#unreadable++;
  }

  facts({ sequence, offset }: Position, lagBytes: number): SinkFacts {
    const { name, kind } = this.#options;
    return {
      name,
      kind,
      sent: this.#sent,
      refused: this.#refused,
      failed: this.#failed,
      holes: this.#holes,
      unreadable: this.#unreadable,
      lagBytes,
      position: { sequence, offset },
      lastSentAt: this.#lastSentAt,
      lastError: this.#lastError,
      failing: this.#failing,
    };
  }

  #tell(message: string, fields: Readonly<Record<string, unknown>>): void {
    const nowMs = this.#options.clock.monotonic();
    if (nowMs < this.#quietUntilMs) return;
    this.#quietUntilMs = nowMs + LOG_EVERY_MS;
    this.#options.log.warn(message, { receiver: this.#options.name, ...fields });
  }
}

/** Never empty: errors of several addresses have a code in place of a message. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}
