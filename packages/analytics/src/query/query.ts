import type { ExchangeRecord, GapRecord } from '@gatehouse/record';
import type { Dimension } from './dimensions.ts';
import type { Metric } from './metrics.ts';

/** Ms since the epoch; `toMs` is not in it. */
export interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Is one of these; '' stands for calls that have none. */
export interface Condition {
  readonly dimension: Dimension;
  readonly values: readonly string[];
  /** Is none of these. */
  readonly not?: boolean;
}

/** What somebody may see: calls for which one of these holds. Names of a workspace begin with its prefix. */
export interface Scope {
  readonly apis: readonly string[];
  readonly applications: readonly string[];
  readonly prefixes: readonly string[];
  /** Of other workspaces: what begins so is not in it, where `prefixes` says that all else is. */
  readonly except?: readonly string[];
}

interface Asked {
  readonly period: Period;
  readonly where: readonly Condition[];
  /** Left out: everything. */
  readonly scope?: Scope | undefined;
}

/** Numbers over a period: one row for each combination of dimensions, and for each step of time where one is given. */
export interface Aggregation extends Asked {
  readonly metrics: readonly Metric[];
  readonly by: readonly Dimension[];
  /** A row for each; steps begin at multiples of it since the epoch. Left out: one row for all of the period. */
  readonly stepMs?: number | undefined;
  /** The most of it first, and only so many combinations of dimensions. */
  readonly top?: { readonly by: Metric; readonly limit: number } | undefined;
}

export interface AggregateRow {
  /** Begin of the step. */
  readonly atMs?: number;
  readonly key: Readonly<Partial<Record<Dimension, string>>>;
  /** Null: there is nothing to make it of, such as a percentile of no calls. */
  readonly values: Readonly<Partial<Record<Metric, number | null>>>;
}

export interface Aggregates {
  readonly rows: readonly AggregateRow[];
  /** Of what they were made: `records`, or roll-ups (with records for what is not rolled up yet). */
  readonly source: 'records' | 'minutes' | 'hours' | 'days';
}

/** The newest first. */
export interface Search extends Asked {
  readonly limit: number;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  /** What texts have to hold, such as `path` `/users`. */
  readonly contains?: readonly { readonly field: TextField; readonly text: string }[];
  readonly minDurationMs?: number | undefined;
}

export type TextField = 'path' | 'host' | 'userAgent' | 'clientIp' | 'policies' | 'upstreamTries' | 'owner' | 'traceId';

export interface StoredRecord extends ExchangeRecord {
  /** The gate that served. */
  readonly node: string;
}

export interface RecordPage {
  readonly records: readonly StoredRecord[];
  readonly next?: string;
  /** Records of this period that were lost, by the gates' own count. */
  readonly gaps: readonly (GapRecord & { readonly node: string })[];
}
