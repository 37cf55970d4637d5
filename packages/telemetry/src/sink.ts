import type { ExchangeRecord } from '@gatehouse/record';

/** Somebody outside who is told of calls. */
export interface Sink {
  readonly name: string;
  /** Resolves when they have been taken over; rejects when they should be offered again. */
  send(records: readonly ExchangeRecord[], signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
