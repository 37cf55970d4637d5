import type { ModelFacts } from '../catalogue/model-facts.ts';
import type { Usage } from '../usage.ts';
import { ratesFor, type FeeName, type Prices, type RateName, type Rates } from './prices.ts';
import { microFromPico, PICO_PER_MICRO_EXACT, roundMicro } from './usd.ts';

export interface Cost {
  readonly microUsd: number;
  /** By which prices. */
  readonly priceVersion: string;
  /** What was used but has no price that we know, and so is not in the sum. */
  readonly unpriced?: readonly (keyof Extras)[];
}

/** What some calls use beside plain tokens. Numbers of tokens are parts of the class that stands in `PARTS`. */
export interface Extras {
  readonly inputAudio?: number;
  readonly inputImage?: number;
  readonly inputVideo?: number;
  readonly cacheReadAudio?: number;
  readonly cacheReadImage?: number;
  readonly outputAudio?: number;
  readonly outputImage?: number;
  readonly outputVideo?: number;
  readonly webSearches?: number;
  readonly fileSearches?: number;
  /** Of the list price of tokens, where another tier of service was used: 50 for half. A whole number. */
  readonly percent?: number;
}

/**
 * What a call costs. `undefined` when that is unknown: the model is, or a price of what it used, or the usage is no
 * usage. It is never 0 for want of a price.
 */
export function costOf(usage: Usage, facts: ModelFacts | undefined, extras?: Extras): Cost | undefined {
  if (facts?.prices === undefined) return undefined;
  const { prices, priceVersion } = facts;
  if (extras !== undefined) return exactCost(usage, { prices, priceVersion }, extras);
  const { inputUncached, cacheRead = 0, cacheWrite = 0, cacheWrite1h = 0, outputText, reasoning = 0 } = usage;
  const rates = ratesFor(prices, inputUncached + cacheRead + cacheWrite);
  const hour = Math.min(cacheWrite1h, cacheWrite);
  const pico =
    priceOf(inputUncached, rates.input) +
    priceOf(cacheRead, rates.cacheRead) +
    priceOf(cacheWrite - hour, rates.cacheWrite) +
    priceOf(hour, rates.cacheWrite1h ?? rates.cacheWrite) +
    priceOf(outputText, rates.output) +
    priceOf(reasoning, rates.reasoning) +
    (prices.fees.perRequest ?? 0);
  // Nothing is negative, so a sum that is safe was so at every step, and exact.
  if (Number.isSafeInteger(pico)) return { microUsd: microFromPico(pico), priceVersion };
  return exactCost(usage, { prices, priceVersion }, {});
}

/** NaN for what is no count or has no price. */
function priceOf(tokens: number, rate: number | undefined): number {
  if (tokens === 0) return 0;
  return rate === undefined || !isCount(tokens) ? Number.NaN : tokens * rate;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** Which class a part is counted in; it costs what its class does where it has no price of its own. */
const PARTS = [
  ['inputAudio', 'input'],
  ['inputImage', 'input'],
  ['inputVideo', 'input'],
  ['cacheReadAudio', 'cacheRead'],
  ['cacheReadImage', 'cacheRead'],
  ['outputAudio', 'output'],
  ['outputImage', 'output'],
  ['outputVideo', 'output'],
] as const satisfies readonly (readonly [RateName & keyof Extras, RateName])[];

const PIECES = [
  ['webSearches', 'perWebSearch'],
  ['fileSearches', 'perFileSearch'],
] as const satisfies readonly (readonly [keyof Extras, FeeName])[];

interface Priced {
  readonly prices: Prices;
  readonly priceVersion: string;
}

type Line = readonly [amount: number, pico: number | undefined];

/** The slow way: what is rare, and what no double holds. */
function exactCost(usage: Usage, { prices, priceVersion }: Priced, extras: Extras): Cost | undefined {
  const { percent = 100 } = extras;
  const tokens = sumOf(tokenLines(usage, prices, extras));
  if (tokens === undefined || !isCount(percent)) return undefined;
  let fees = BigInt(prices.fees.perRequest ?? 0);
  const unpriced: (keyof Extras)[] = [];
  for (const [name, fee] of PIECES) {
    const price = sumOf([[extras[name] ?? 0, prices.fees[fee]]]);
    if (price === undefined) unpriced.push(name);
    else fees += price;
  }
  const microUsd = roundMicro(tokens * BigInt(percent) + fees * 100n, PICO_PER_MICRO_EXACT * 100n, 'half-up');
  return { microUsd, priceVersion, ...(unpriced.length === 0 ? {} : { unpriced }) };
}

function tokenLines(usage: Usage, prices: Prices, extras: Extras): readonly Line[] {
  const { inputUncached, cacheRead = 0, cacheWrite = 0, cacheWrite1h = 0, outputText, reasoning = 0 } = usage;
  const rates: Rates = ratesFor(prices, inputUncached + cacheRead + cacheWrite);
  const hour = Math.min(cacheWrite1h, cacheWrite);
  const left = { input: inputUncached, cacheRead, cacheWrite: cacheWrite - hour, output: outputText };
  const lines: Line[] = [
    [reasoning, rates.reasoning],
    [hour, rates.cacheWrite1h ?? rates.cacheWrite],
  ];
  for (const [part, whole] of PARTS) {
    // No part is larger than what is left of its class, whatever was reported.
    const amount = Math.min(extras[part] ?? 0, left[whole]);
    left[whole] -= amount;
    lines.push([amount, rates[part] ?? rates[whole]]);
  }
  for (const whole of ['input', 'cacheRead', 'cacheWrite', 'output'] as const) lines.push([left[whole], rates[whole]]);
  return lines;
}

function sumOf(lines: readonly Line[]): bigint | undefined {
  let sum = 0n;
  for (const [amount, price] of lines) {
    if (amount === 0) continue;
    if (price === undefined || !isCount(amount)) return undefined;
    sum += BigInt(amount) * BigInt(price);
  }
  return sum;
}
