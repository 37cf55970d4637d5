import type { Period, Scope } from '../query/query.ts';
import type { ChainProblem, LedgerHead } from './ledger-verifier.ts';
import type { TokenRates } from './rating.ts';

/** By what costs are told apart. */
export const LEDGER_DIMENSIONS = [
  'team',
  'application',
  'provider',
  'model',
  'api',
  'plan',
  'credential',
  'node',
] as const;

export type LedgerDimension = (typeof LEDGER_DIMENSIONS)[number];

export function isLedgerDimension(name: string): name is LedgerDimension {
  return LEDGER_DIMENSIONS.some((known) => known === name);
}

/** Is one of these; '' stands for calls that have none. */
export interface LedgerCondition {
  readonly dimension: LedgerDimension;
  readonly values: readonly string[];
}

interface Asked {
  /** Of the calls, whenever they were rated. */
  readonly period: Period;
  readonly where: readonly LedgerCondition[];
  /** Left out: everything. */
  readonly scope?: Scope | undefined;
}

export interface LedgerSumsQuery extends Asked {
  readonly by: readonly LedgerDimension[];
  /** A row for each; steps begin at multiples of it since the epoch. */
  readonly stepMs?: number | undefined;
}

/** Whole numbers of any size: sums of money are exact. */
export interface LedgerSums {
  readonly calls: bigint;
  readonly inputTokens: bigint;
  readonly cachedTokens: bigint;
  readonly outputTokens: bigint;
  readonly reasoningTokens: bigint;
  /** Of the calls as they were rated last. */
  readonly costMicroUsd: bigint;
  /** How much of it comes of having been rated again. */
  readonly reratedMicroUsd: bigint;
  /** Calls of which the provider did not say what was used. */
  readonly estimatedCalls: bigint;
}

export interface LedgerSumsRow extends LedgerSums {
  readonly key: Readonly<Partial<Record<LedgerDimension, string>>>;
  readonly atMs?: number;
}

/** What calls to one model cost from now on. */
export interface ModelRates {
  readonly provider: string;
  readonly model: string;
  readonly priceVersion: string;
  readonly rates: TokenRates;
}

export interface RerateOrder extends Asked {
  readonly prices: readonly ModelRates[];
  /** Now. */
  readonly ratedMs: number;
  /** Says what it would come to, and writes nothing. */
  readonly dryRun: boolean;
}

/** What became of the calls to one model. */
export interface Rerated {
  readonly provider: string;
  readonly model: string;
  readonly priceVersion: string;
  /** Rated again. */
  readonly calls: number;
  /** Have been rated by this version last: nothing is added. */
  readonly unchanged: number;
  /** Of which nobody knows what they used. */
  readonly unrated: number;
  /** What those that are rated again cost. */
  readonly beforeMicroUsd: bigint;
  readonly afterMicroUsd: bigint;
}

export interface LedgerVerdict {
  readonly rows: number;
  /** Where each chain ends: what to keep elsewhere. */
  readonly heads: readonly LedgerHead[];
  /** What is wrong first; undefined: all is as it was written. */
  readonly problem: ChainProblem | undefined;
}

/** What calls cost: rows that are appended with the records that they are of, and never changed. Beside `AnalyticsStore`. */
export interface LedgerStore {
  sums(query: LedgerSumsQuery): Promise<readonly LedgerSumsRow[]>;
  /** All of it or nothing. */
  rerate(order: RerateOrder): Promise<readonly Rerated[]>;
  /** `kept`: hashes of heads that somebody has kept elsewhere. */
  verify(asked: { readonly kept: readonly string[] }): Promise<LedgerVerdict>;
  /** Writes all chains to a file, as lines of JSON that `verifyLedgerLines` understands. */
  export(order: { readonly file: string }): Promise<LedgerExported>;
}

export interface LedgerExported {
  readonly rows: number;
  readonly bytes: number;
  readonly heads: readonly LedgerHead[];
}
