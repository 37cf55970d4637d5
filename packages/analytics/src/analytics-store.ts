import type { BodyLine } from '@gatehouse/record';
import type { Position } from '@gatehouse/record/spool';
import type { LedgerStore } from './ledger/ledger-store.ts';
import type { Aggregates, Aggregation, Period, RecordPage, Scope, Search, StoredRecord } from './query/query.ts';

/** Lines of one spool, to be kept together with how far it has been read: both or neither. */
export interface Batch {
  /** The gate that wrote the spool. */
  readonly node: string;
  /** Lines of JSON, each with its newline. */
  readonly lines: Uint8Array;
  readonly next: Position;
  /** Holes in the spool that were passed over. */
  readonly holes: readonly Hole[];
}

/** How far a spool has been read. */
export interface Reached extends Position {
  /** Where the next batch has to end: a part of it may be kept, and would not be known again in another. */
  readonly upTo?: Position;
}

/** Records that are gone. */
export interface Hole {
  readonly reason: string;
  readonly bytes: number;
  readonly atMs: number;
}

export interface Appended {
  readonly records: number;
  /** Lines that no store could take; each is kept as a hole. */
  readonly unreadable: number;
}

/** Where records are kept for good, and asked about. One writes, any number ask. */
export interface AnalyticsStore {
  /** Left out: this store keeps none. */
  readonly ledger?: LedgerStore;
  /** Where reading of this spool goes on; undefined: at its beginning. */
  position(node: string): Promise<Reached | undefined>;
  append(batch: Batch): Promise<Appended>;
  /** For how long what is kept from now on. */
  keep(keep: Keep): void;
  /** Rolls up, forgets what is too old, and writes to the disk what waits. */
  maintain(nowMs: number): Promise<void>;
  aggregate(query: Aggregation): Promise<Aggregates>;
  search(query: Search): Promise<RecordPage>;
  /** By its request id. */
  find(id: string, scope?: Scope): Promise<StoredRecord | undefined>;
  /** What was kept of the bodies of a call, sealed. */
  bodies(of: BodiesOf): Promise<readonly StoredBody[]>;
  /** Writes records of a period to a file. */
  export(order: ExportOrder): Promise<{ readonly records: number; readonly bytes: number }>;
  facts(): Promise<StoreFacts>;
  close(): Promise<void>;
}

/** For how long what is kept, and what all of it may take on the disk. Roll-ups are kept longer than what they are made of. */
export interface Keep {
  readonly recordsMs: number;
  readonly bodiesMs: number;
  readonly minutesMs: number;
  readonly hoursMs: number;
  readonly daysMs: number;
  /** What calls cost. It is kept however much the rest takes. */
  readonly ledgerMs: number;
  readonly bytesMax: number;
}

export interface BodiesOf {
  readonly id: string;
  /** When the call began, as its record says. */
  readonly time: number;
}

export type StoredBody = BodyLine;

export interface ExportOrder {
  readonly period: Period;
  readonly scope?: Scope | undefined;
  readonly format: 'parquet' | 'csv';
  readonly file: string;
}

export interface StoreFacts {
  readonly kind: 'duckdb' | 'clickhouse';
  readonly records: number;
  readonly bytes: number;
  readonly oldestMs: number | undefined;
  readonly newestMs: number | undefined;
}
