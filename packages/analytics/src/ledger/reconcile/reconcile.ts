import { divided, usdText } from '../decimal.ts';
import type { LedgerSumsRow } from '../ledger-store.ts';
import type { VendorExport, VendorUsage } from './vendor-usage.ts';

export const MEASURES = ['requests', 'inputTokens', 'cachedTokens', 'outputTokens', 'costUsd'] as const;
export type Measure = (typeof MEASURES)[number];

/** Whole numbers, of costs with all six decimals. Null: the vendor does not say. */
export interface Compared {
  readonly ours: string;
  readonly theirs: string | null;
  readonly difference: string | null;
  readonly agrees: boolean | null;
}

export interface ReconciledRow {
  /** `2026-11-24`, UTC. */
  readonly day: string;
  readonly model: string;
  readonly verdict: 'agrees' | 'differs' | 'only ours' | 'only theirs';
  /** Calls of ours of which the provider did not say what was used. */
  readonly estimatedCalls: number;
  readonly measures: Readonly<Record<Measure, Compared>>;
}

export interface Reconciliation {
  readonly verdict: 'agrees' | 'differs';
  readonly tolerancePercent: number;
  readonly rows: readonly ReconciledRow[];
  readonly total: Readonly<Record<Measure, Compared>>;
}

export interface ReconcileOptions {
  /** By how much of theirs ours may be more or less. */
  readonly tolerancePercent: number;
}

type Amounts = Readonly<Record<Measure, bigint | undefined>>;

interface Line {
  readonly dayMs: number;
  readonly model: string;
  ours: Amounts | undefined;
  theirs: Amounts | undefined;
  estimatedCalls: bigint;
}

/** Holds what the ledger has (`by` model, a row a day) against what the vendor says. */
export function reconcile(
  ledger: readonly LedgerSumsRow[],
  { usage }: VendorExport,
  { tolerancePercent }: ReconcileOptions,
): Reconciliation {
  const nameOf = namesOf(
    ledger.map(({ key }) => key.model ?? ''),
    usage.map(({ model }) => model),
  );
  const lines = new Map<string, Line>();
  const lineOf = (dayMs: number, model: string): Line => {
    const key = `${dayMs} ${model}`;
    const line = lines.get(key) ?? { dayMs, model, ours: undefined, theirs: undefined, estimatedCalls: 0n };
    lines.set(key, line);
    return line;
  };
  for (const row of ledger) {
    const line = lineOf(row.atMs ?? 0, nameOf(row.key.model ?? ''));
    line.ours = added(line.ours, oursOf(row));
    line.estimatedCalls += row.estimatedCalls;
  }
  for (const row of usage) {
    const line = lineOf(row.dayMs, nameOf(row.model));
    line.theirs = added(line.theirs, theirsOf(row));
  }
  const within = (ours: bigint, theirs: bigint): boolean => isWithin(ours - theirs, theirs, tolerancePercent);
  const sorted = [...lines.values()].toSorted((a, b) => a.dayMs - b.dayMs || (a.model < b.model ? -1 : 1));
  const rows = sorted.filter(hasSomething).map((line) => rowOf(line, within));
  const ours = sorted.reduce<Amounts | undefined>((sum, line) => added(sum, line.ours), undefined);
  const theirs = sorted.reduce<Amounts | undefined>((sum, line) => added(sum, line.theirs), undefined);
  const verdict = rows.every((row) => row.verdict === 'agrees') ? 'agrees' : 'differs';
  return { verdict, tolerancePercent, rows, total: comparedOf(ours, theirs, within) };
}

/**
 * Vendors name the day of a model's version (`gpt-5-2025-08-07`) where callers may have left it out. A name that both have
 * stands for itself; any other for its model without the day. An export that tells no models apart is held against all.
 */
function namesOf(ours: readonly string[], theirs: readonly string[]): (model: string) => string {
  if (theirs.length > 0 && theirs.every((model) => model === '')) return () => '';
  const [own, other] = [new Set(ours), new Set(theirs)];
  return (model) => (own.has(model) && other.has(model) ? model : undated(model));
}

function undated(model: string): string {
  return model.replace(/[-@](?:\d{8}|\d{4}-\d{2}-\d{2})$/, '');
}

function oursOf(row: LedgerSumsRow): Amounts {
  const { calls: requests, inputTokens, cachedTokens, outputTokens, costMicroUsd: costUsd } = row;
  return { requests, inputTokens, cachedTokens, outputTokens, costUsd: costUsd * PICO_PER_MICRO };
}

function theirsOf({ requests, inputTokens, cachedTokens, outputTokens, costPicoUsd: costUsd }: VendorUsage): Amounts {
  return { requests, inputTokens, cachedTokens, outputTokens, costUsd };
}

const PICO_PER_MICRO = 1_000_000n;

/** What one of them does not say, the other does. */
function added(one: Amounts | undefined, other: Amounts | undefined): Amounts | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const sum = (name: Measure): bigint | undefined =>
    one[name] === undefined && other[name] === undefined ? undefined : (one[name] ?? 0n) + (other[name] ?? 0n);
  return {
    requests: sum('requests'),
    inputTokens: sum('inputTokens'),
    cachedTokens: sum('cachedTokens'),
    outputTokens: sum('outputTokens'),
    costUsd: sum('costUsd'),
  };
}

const hasSomething = ({ ours, theirs }: Line): boolean =>
  [ours, theirs].some((amounts) => amounts !== undefined && MEASURES.some((name) => (amounts[name] ?? 0n) !== 0n));

type Within = (ours: bigint, theirs: bigint) => boolean;

function rowOf({ dayMs, model, ours, theirs, estimatedCalls }: Line, within: Within): ReconciledRow {
  const measures = comparedOf(ours, theirs, within);
  const agree = Object.values(measures).every(({ agrees }) => agrees !== false);
  const verdict =
    ours === undefined ? 'only theirs' : theirs === undefined ? 'only ours' : agree ? 'agrees' : 'differs';
  return {
    day: new Date(dayMs).toISOString().slice(0, 10),
    model,
    verdict,
    estimatedCalls: Number(estimatedCalls),
    measures,
  };
}

function comparedOf(ours: Amounts | undefined, theirs: Amounts | undefined, within: Within): ReconciledRow['measures'] {
  const of = (name: Measure): Compared => compared(name, { own: ours?.[name] ?? 0n, other: theirs?.[name] }, within);
  return {
    requests: of('requests'),
    inputTokens: of('inputTokens'),
    cachedTokens: of('cachedTokens'),
    outputTokens: of('outputTokens'),
    costUsd: of('costUsd'),
  };
}

interface Sides {
  readonly own: bigint;
  readonly other: bigint | undefined;
}

function compared(name: Measure, { own, other }: Sides, within: Within): Compared {
  const shown = (amount: bigint): string => (name === 'costUsd' ? usdText(rounded(amount)) : amount.toString());
  if (other === undefined) return { ours: shown(own), theirs: null, difference: null, agrees: null };
  return { ours: shown(own), theirs: shown(other), difference: shown(own - other), agrees: within(own, other) };
}

function rounded(pico: bigint): bigint {
  return pico < 0n ? -divided(-pico, PICO_PER_MICRO) : divided(pico, PICO_PER_MICRO);
}

/** Percents have at most four decimals. */
function isWithin(difference: bigint, theirs: bigint, percent: number): boolean {
  const [away, of] = [difference < 0n ? -difference : difference, theirs < 0n ? -theirs : theirs];
  return away * 1_000_000n <= of * BigInt(Math.round(percent * 10_000));
}
