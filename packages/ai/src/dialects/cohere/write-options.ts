import type { ChatRequest } from '../../canonical/chat-request.ts';
import type { Target } from '../../canonical/dialect.ts';
import { budgetOf } from '../../canonical/effort.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import { clamp, clampOutput } from '../chat-shaped/clamp.ts';
import { present } from '../chat-shaped/present.ts';

const PENALTIES = { min: 0, max: 1 };
const TOP_KS = { min: 0, max: 500 };
const TOP_PS = { min: 0.01, max: 0.99 };
const STOPS_MAX = 5;

export function writeSampling({ sampling }: ChatRequest, losses: Losses): JsonFields {
  const { seed, stop } = sampling;
  const usable = seed === undefined || (Number.isInteger(seed) && seed >= 0);
  if (!usable) losses.add('dropped', 'seed');
  if (stop !== undefined && stop.length > STOPS_MAX) losses.add('clamped', 'stop');
  return present({
    temperature: sampling.temperature,
    k: clamp(sampling.topK, TOP_KS, { losses, name: 'top_k' }),
    p: clamp(sampling.topP, TOP_PS, { losses, name: 'top_p' }),
    seed: usable ? seed : undefined,
    frequency_penalty: clamp(sampling.frequencyPenalty, PENALTIES, { losses, name: 'frequency_penalty' }),
    presence_penalty: clamp(sampling.presencePenalty, PENALTIES, { losses, name: 'presence_penalty' }),
    stop_sequences: stop?.slice(0, STOPS_MAX),
  });
}

/** When nobody knows how much the model can say. */
const OUTPUT_TOKENS = 4096;

/** How much is a number of tokens here; models that think do so unless it is forbidden. */
export function writeThinking(
  { reasoning, maxOutputTokens }: ChatRequest,
  { rules, maxOutputTokens: known }: Target,
  losses: Losses,
): JsonFields | undefined {
  if (reasoning === undefined) return undefined;
  const budget = budgetOf(reasoning, maxOutputTokens ?? known ?? OUTPUT_TOKENS);
  if (rules.reasoningIn === 'none') {
    if (budget !== 0) losses.add('dropped', 'reasoning');
    return undefined;
  }
  if (budget === undefined) return { type: 'enabled' };
  if (budget === 0) return { type: 'disabled' };
  if (reasoning.budgetTokens === undefined) losses.add('emulated', 'reasoning');
  return { type: 'enabled', token_budget: budget };
}

/** Thoughts count as output: where they could use up all of it, the limit grows by their budget (reference §3.4). */
export function writeOutputLimit(
  { dialect, maxOutputTokens }: ChatRequest,
  target: Target,
  { thinking, losses }: { readonly thinking: JsonFields | undefined; readonly losses: Losses },
): number | undefined {
  const budget = thinking?.['token_budget'];
  const limit = clampOutput(maxOutputTokens, target.maxOutputTokens, losses);
  if (dialect === 'cohere' || limit === undefined || typeof budget !== 'number' || limit > budget) return limit;
  const larger = Math.min(limit + budget, target.maxOutputTokens ?? Infinity);
  if (larger > limit) losses.add('emulated', 'max_tokens');
  return larger;
}

/** Whether, not how many others. */
export function writeLogprobs({ logprobs }: ChatRequest, losses: Losses): true | undefined {
  if (logprobs === undefined) return undefined;
  if (logprobs.top > 0) losses.add('dropped', 'top_logprobs');
  return true;
}

/** 0 is the first in the queue, and what a call has that says nothing. */
const FIRST = 0;
const LATER = 500;

export function writePriority({ tier }: ChatRequest, losses: Losses): { readonly priority: number | undefined } {
  if (tier === 'priority') return { priority: FIRST };
  if (tier === 'flex') return { priority: LATER };
  if (tier === 'scale' || tier === 'reserved') losses.add('dropped', 'service_tier');
  return { priority: undefined };
}
