import { shown } from '../alerts/conditions/look.ts';
import type { Reading, Readings } from '../alerts/reading.ts';
import { budgetLeft, BURN_RULES, burnRate, isBurning, windowName, type BurnRule, type Counted } from './burn-rate.ts';
import { countedCalls, type Counting } from './counted-calls.ts';

const DAY_MS = 86_400_000;
export const WINDOW_DAYS = 28;

/** What is known of an error budget, kept for gates and digests. */
export interface BudgetFacts {
  readonly calls: number;
  readonly bad: number;
  /** 1: nothing is spent; 0 or less: all of it. */
  readonly left: number;
  readonly target: number;
  readonly windowDays: number;
  /** When that was so. */
  readonly atMs: number;
  /** How many times too fast, by the window: `1h`. */
  readonly burn: Readonly<Record<string, number>>;
}

export interface ObjectiveRead {
  readonly readings: Readings;
  readonly facts: BudgetFacts;
}

/** How fast the budget is spent, over each of the windows, and what is left of it. */
export async function readObjective(counting: Counting, toMs: number): Promise<ObjectiveRead> {
  const { objective } = counting;
  const { target, windowDays = WINDOW_DAYS } = objective;
  const over = async (seconds: number): Promise<Counted> => {
    const [counted] = await countedCalls(counting, { fromMs: toMs - seconds * 1000, toMs });
    return counted ?? { calls: 0, bad: 0 };
  };
  const seconds = [...new Set(BURN_RULES.flatMap(({ longS, shortS }) => [longS, shortS]))];
  const counted = new Map<number, Counted>();
  for (const each of seconds) counted.set(each, await over(each));
  const whole = await over((windowDays * DAY_MS) / 1000);
  const rates = new Map([...counted].map(([window, some]) => [window, burnRate(some, target)]));
  const items = BURN_RULES.map((rule) => readingOf(rule, { rates, counted, least: objective.leastCalls ?? 0 }));
  const burn = Object.fromEntries([...rates].map(([window, rate]) => [windowName(window), rate]));
  const facts = { ...whole, left: budgetLeft(whole, target), target, windowDays, atMs: toMs, burn };
  return { readings: { items, isCut: false }, facts };
}

interface Rates {
  readonly rates: ReadonlyMap<number, number>;
  readonly counted: ReadonlyMap<number, Counted>;
  readonly least: number;
}

function readingOf(rule: BurnRule, { rates, counted, least }: Rates): Reading {
  const { factor, longS, shortS, urgency } = rule;
  const [long, short] = [rates.get(longS) ?? 0, rates.get(shortS) ?? 0];
  const windows = `${windowName(longS)} and ${windowName(shortS)}`;
  const isEnough = (counted.get(longS)?.calls ?? 0) >= least;
  return {
    labels: { burn: `${factor}x`, urgency },
    value: long,
    isBreached: isEnough && isBurning(rule, { long, short }),
    note: `the error budget burns ${shown(long)} and ${shown(short)} times too fast over ${windows}`,
  };
}
