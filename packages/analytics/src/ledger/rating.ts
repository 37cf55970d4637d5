import { hash } from 'node:crypto';
import { decimalOf, divided } from './decimal.ts';

/** Pico-USD for a token: 1 USD for a million of them is 1 000 000, and every published price a whole number. */
export interface ClassRates {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
}

export interface TokenRates extends ClassRates {
  /** Pico-USD for a call. */
  readonly perRequest?: number;
  /** Ascending. A prompt of more than `above` tokens moves the whole call to these rates. */
  readonly tiers?: readonly (ClassRates & { readonly above: number })[];
}

/** As records count: what was cached is among the input, what was reasoned among the output. */
export interface RatedTokens {
  readonly inputTokens: number | null;
  readonly cachedTokens: number | null;
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
}

const PICO_PER_MICRO = 1_000_000n;

/** What a call costs, in micro-USD, rounded half up once; undefined where nobody knows what it used. */
export function ratedMicroUsd(tokens: RatedTokens, rates: TokenRates): number | undefined {
  if (tokens.inputTokens === null && tokens.outputTokens === null) return undefined;
  const [input, output] = [tokens.inputTokens ?? 0, tokens.outputTokens ?? 0];
  // No part is larger than its whole, whatever was reported.
  const [cached, reasoning] = [
    Math.min(tokens.cachedTokens ?? 0, input),
    Math.min(tokens.reasoningTokens ?? 0, output),
  ];
  const of = rates.tiers?.findLast(({ above }) => input > above) ?? rates;
  const pico =
    BigInt(input - cached) * BigInt(of.input) +
    BigInt(cached) * BigInt(of.cached) +
    BigInt(output - reasoning) * BigInt(of.output) +
    BigInt(reasoning) * BigInt(of.reasoning) +
    BigInt(rates.perRequest ?? 0);
  const micro = divided(pico, PICO_PER_MICRO);
  return micro > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(micro);
}

/** Names prices by what they are: the same prices have the same name. */
export function ratesVersion({ input, cached, output, reasoning, perRequest = 0, tiers = [] }: TokenRates): string {
  const all = [
    input,
    cached,
    output,
    reasoning,
    perRequest,
    tiers.map((t) => [t.above, t.input, t.cached, t.output, t.reasoning]),
  ];
  return `rates:${hash('sha256', JSON.stringify(all), 'hex').slice(0, 16)}`;
}

const RATE_DECIMALS = 6;
const RATE_MAX = 10n ** 15n;

/** USD per million tokens, with at most six decimals, as a rate. Undefined for what is no price. */
export function rateOf(usdPerMillion: string): number | undefined {
  const exact = decimalOf(usdPerMillion, RATE_DECIMALS);
  if (exact === undefined || exact < 0n || exact > RATE_MAX) return undefined;
  // Finer than what fits: no rounding of what is multiplied by millions.
  return decimalOf(usdPerMillion, RATE_DECIMALS + 6) === exact * 1_000_000n ? Number(exact) : undefined;
}
