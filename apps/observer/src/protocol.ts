import type {
  AnalyticsPlace,
  Aggregates,
  Aggregation,
  BodiesOf,
  ExportOrder,
  Keep,
  LedgerExported,
  LedgerSumsQuery,
  LedgerSumsRow,
  LedgerVerdict,
  RecordPage,
  Rerated,
  RerateOrder,
  Scope,
  Search,
  ShipperFacts,
  StoredBody,
  StoredRecord,
  StoreFacts,
} from '@gatehouse/analytics';
import type { TelemetrySpec } from '@gatehouse/config';
import type { LogLevel } from '@gatehouse/kernel';
import type { SinkFacts } from '@gatehouse/telemetry';

/* What the main thread and the observer process tell each other. Both are of this program and of one version. */

/** What may change while it runs. */
export interface ObserverSettings {
  readonly keep: Keep;
  /** Who is told of calls. */
  readonly telemetry: TelemetrySpec | undefined;
}

export interface ObserverStart {
  /** Where the gate beside us keeps its records. */
  readonly spool: string;
  /** Where records are kept for good. */
  readonly analytics: AnalyticsPlace;
  /** Of the embedded database. */
  readonly folder: string;
  /** What the gate is called. */
  readonly node: string;
  readonly settings: ObserverSettings;
  /** Where it is kept how far they have been told; nothing else may be there. */
  readonly sinksFolder: string;
  /** What files of the configuration are relative to. */
  readonly baseDir: string;
  readonly version: string;
  /** When the gate has started, ms since the epoch. */
  readonly startedMs: number;
  readonly logLevel: LogLevel;
}

/** What can be asked, and what the answer is. */
export interface Questions {
  readonly aggregate: { readonly asked: Aggregation; readonly answer: Aggregates };
  readonly search: { readonly asked: Search; readonly answer: RecordPage };
  readonly find: {
    readonly asked: { readonly id: string; readonly scope?: Scope | undefined };
    readonly answer: StoredRecord | undefined;
  };
  readonly bodies: { readonly asked: BodiesOf; readonly answer: readonly StoredBody[] };
  readonly export: {
    readonly asked: ExportOrder;
    readonly answer: { readonly records: number; readonly bytes: number };
  };
  /** Of the calls since the process began, as OpenMetrics. */
  readonly metrics: { readonly asked: Readonly<Record<string, never>>; readonly answer: string };
  readonly ledgerSums: { readonly asked: LedgerSumsQuery; readonly answer: readonly LedgerSumsRow[] };
  readonly ledgerRerate: { readonly asked: RerateOrder; readonly answer: readonly Rerated[] };
  readonly ledgerVerify: { readonly asked: { readonly kept: readonly string[] }; readonly answer: LedgerVerdict };
  readonly ledgerExport: { readonly asked: { readonly file: string }; readonly answer: LedgerExported };
  readonly facts: { readonly asked: Readonly<Record<string, never>>; readonly answer: ObserverFacts };
}

export type Question = keyof Questions;

export interface ObserverFacts {
  /** Undefined while it does not answer, and where none is kept. */
  readonly store: StoreFacts | undefined;
  readonly shipper: ShipperFacts | undefined;
  readonly sinks: readonly SinkFacts[];
}

export type ToObserver =
  | { readonly kind: 'start'; readonly start: ObserverStart }
  | { readonly kind: 'settings'; readonly settings: ObserverSettings }
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question; readonly asked: unknown }
  | { readonly kind: 'stop' };

export type FromObserver =
  | { readonly kind: 'ready' }
  /** Segments of the spool before this one are kept elsewhere. */
  | { readonly kind: 'shipped'; readonly sequence: number }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string };

export function toObserver(message: unknown): ToObserver {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return message as ToObserver;
}

export function fromObserver(message: unknown): FromObserver {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return message as FromObserver;
}
