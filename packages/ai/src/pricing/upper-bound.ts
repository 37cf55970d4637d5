import type { ModelFacts } from '../catalogue/model-facts.ts';
import type { Prices, RateName } from './prices.ts';
import { PICO_PER_MICRO_EXACT, roundMicro } from './usd.ts';

export interface Asked {
  /** As `estimateTokens` says. */
  readonly inputTokensEstimate: number;
  /** The call's own limit, where it has one. */
  readonly maxOutputTokens?: number | undefined;
  /** How many answers; each may be as long as the limit. */
  readonly choices?: number | undefined;
  /** Asks for something to be kept in the cache for an hour, which costs more than minutes. */
  readonly longCache?: boolean | undefined;
  /** Carries or asks for audio, images or video, which some models price apart. */
  readonly media?: boolean | undefined;
}

/** For a call without a limit to a model whose own limit nobody knows: longer answers are rare. */
export const OUTPUT_TOKENS_ASSUMED = 32_768;

/**
 * The most that a call should cost, in micro-USD, rounded up: to be set aside before it is made. `undefined` for models
 * without a known price. It holds as far as the estimate of the input does; what a vendor's own tools do is not in it.
 */
export function upperBound(asked: Asked, facts: ModelFacts | undefined): number | undefined {
  if (facts?.prices === undefined) return undefined;
  const { prices } = facts;
  const inputTokens = wholeFrom0(asked.inputTokensEstimate);
  const input = dearest(prices, inputTokens, inputClasses(asked));
  if (input === undefined) return undefined;
  // Without a price of output it is a model that has none, such as one for embeddings.
  const output = dearest(prices, inputTokens, asked.media === true ? [...OUTPUT, ...OUTPUT_MEDIA] : OUTPUT) ?? 0;
  const outputTokens = BigInt(outputBound(asked, facts)) * BigInt(wholeFrom0(asked.choices ?? 1));
  const pico = BigInt(inputTokens) * BigInt(input) + outputTokens * BigInt(output);
  return roundMicro(pico + BigInt(prices.fees.perRequest ?? 0), PICO_PER_MICRO_EXACT, 'up');
}

const INPUT: readonly RateName[] = ['input', 'cacheRead', 'cacheWrite'];
const INPUT_MEDIA: readonly RateName[] = ['inputAudio', 'inputImage', 'inputVideo', 'cacheReadAudio', 'cacheReadImage'];
const OUTPUT: readonly RateName[] = ['output', 'reasoning'];
const OUTPUT_MEDIA: readonly RateName[] = ['outputAudio', 'outputImage', 'outputVideo'];

function inputClasses({ longCache, media }: Asked): readonly RateName[] {
  return [...INPUT, ...(longCache === true ? (['cacheWrite1h'] as const) : []), ...(media === true ? INPUT_MEDIA : [])];
}

/** Over every tier that so long a prompt may reach: an estimate may be too high, and a tier cheaper. */
function dearest({ base, tiers }: Prices, inputTokens: number, classes: readonly RateName[]): number | undefined {
  const reached = [base, ...tiers.filter(({ above }) => inputTokens > above).map(({ rates }) => rates)];
  const prices = reached.flatMap((rates) => classes.map((name) => rates[name] ?? -1));
  const most = Math.max(...prices);
  return most < 0 ? undefined : most;
}

/** A model gives no more than it can, whatever it is asked for. */
function outputBound({ maxOutputTokens }: Asked, facts: ModelFacts): number {
  const most = facts.maxOutputTokens ?? (maxOutputTokens === undefined ? OUTPUT_TOKENS_ASSUMED : Infinity);
  return wholeFrom0(Math.min(maxOutputTokens ?? Infinity, most, facts.contextTokens ?? Infinity));
}

function wholeFrom0(value: number): number {
  if (Number.isNaN(value) || value <= 0) return 0;
  return Math.min(Number.MAX_SAFE_INTEGER, Math.ceil(value));
}
