import type { Period } from '../query/query.ts';
import { csvText, type CsvValue } from './csv.ts';
import { usdText } from './decimal.ts';
import type { LedgerDimension, LedgerSums, LedgerSumsRow } from './ledger-store.ts';

/** What each has to pay, in US dollars with six decimals. */
export interface ChargeBack {
  readonly period: Period;
  readonly by: readonly LedgerDimension[];
  readonly rows: readonly ChargeBackRow[];
  readonly total: ChargeBackSums;
}

export interface ChargeBackSums {
  readonly calls: number;
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly estimatedCalls: number;
  /** As texts: they have more digits than a number of JSON is sure to keep. */
  readonly costUsd: string;
  /** How much of it comes of having been rated again. */
  readonly reratedUsd: string;
}

export interface ChargeBackRow extends ChargeBackSums {
  readonly key: Readonly<Partial<Record<LedgerDimension, string>>>;
}

const COUNTS = ['calls', 'inputTokens', 'cachedTokens', 'outputTokens', 'reasoningTokens', 'estimatedCalls'] as const;
const NAMES = ['calls', 'input_tokens', 'cached_tokens', 'output_tokens', 'reasoning_tokens', 'estimated_calls'];
const NOTHING: LedgerSums = {
  calls: 0n,
  inputTokens: 0n,
  cachedTokens: 0n,
  outputTokens: 0n,
  reasoningTokens: 0n,
  estimatedCalls: 0n,
  costMicroUsd: 0n,
  reratedMicroUsd: 0n,
};

export function chargeBackOf(
  sums: readonly LedgerSumsRow[],
  { period, by }: { readonly period: Period; readonly by: readonly LedgerDimension[] },
): ChargeBack {
  const rows = sums.map((row) => ({ key: row.key, ...shown(row) }));
  return { period, by, rows, total: shown(sums.reduce(added, NOTHING)) };
}

/** One line each, and one for all at the end. */
export function chargeBackCsv({ by, rows, total }: ChargeBack): string {
  const head = [...by, ...NAMES, 'cost_usd', 'rerated_usd'];
  const keysOfTotal = by.map((_, at) => (at === 0 ? 'total' : ''));
  return csvText([
    head,
    ...rows.map((row) => [...by.map((name) => row.key[name] ?? ''), ...valuesOf(row)]),
    [...keysOfTotal, ...valuesOf(total)],
  ]);
}

function valuesOf(sums: ChargeBackSums): readonly CsvValue[] {
  return [...COUNTS.map((name) => sums[name]), { number: sums.costUsd }, { number: sums.reratedUsd }];
}

function shown(sums: LedgerSums): ChargeBackSums {
  return {
    calls: Number(sums.calls),
    inputTokens: Number(sums.inputTokens),
    cachedTokens: Number(sums.cachedTokens),
    outputTokens: Number(sums.outputTokens),
    reasoningTokens: Number(sums.reasoningTokens),
    estimatedCalls: Number(sums.estimatedCalls),
    costUsd: usdText(sums.costMicroUsd),
    reratedUsd: usdText(sums.reratedMicroUsd),
  };
}

function added(one: LedgerSums, other: LedgerSums): LedgerSums {
  return {
    calls: one.calls + other.calls,
    inputTokens: one.inputTokens + other.inputTokens,
    cachedTokens: one.cachedTokens + other.cachedTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    reasoningTokens: one.reasoningTokens + other.reasoningTokens,
    estimatedCalls: one.estimatedCalls + other.estimatedCalls,
    costMicroUsd: one.costMicroUsd + other.costMicroUsd,
    reratedMicroUsd: one.reratedMicroUsd + other.reratedMicroUsd,
  };
}
