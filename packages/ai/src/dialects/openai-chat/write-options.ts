import type { CacheWish } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { present } from '../chat-shaped/present.ts';
import { takes, type WriteContext } from './write-context.ts';

/** How the answer is drawn: sampling, limits, likelihoods. */
export function writeSampling(context: WriteContext): JsonFields {
  const { request } = context;
  const { sampling, logprobs } = request;
  return {
    ...present({
      temperature: sampling.temperature,
      top_p: sampling.topP,
      ...beyondOpenAi(context),
      frequency_penalty: sampling.frequencyPenalty,
      presence_penalty: sampling.presencePenalty,
      seed: sampling.seed,
      logit_bias: sampling.logitBias,
      stop: stopOf(context),
      n: sampling.n,
    }),
    ...writeLimit(context),
    ...(logprobs !== undefined && { logprobs: true, ...(logprobs.top > 0 && { top_logprobs: logprobs.top }) }),
  };
}

function beyondOpenAi(context: WriteContext): {
  readonly top_k: number | undefined;
  readonly min_p: number | undefined;
} {
  const { topK, minP } = context.request.sampling;
  const takesTopK = takes(context, 'top_k');
  const takesMinP = takes(context, 'min_p');
  if (topK !== undefined && !takesTopK) context.losses.add('dropped', 'top_k');
  if (minP !== undefined && !takesMinP) context.losses.add('dropped', 'min_p');
  return { top_k: takesTopK ? topK : undefined, min_p: takesMinP ? minP : undefined };
}

function stopOf({ request, rules, losses }: WriteContext): readonly string[] | undefined {
  const { stop } = request.sampling;
  const max = rules.stopMax ?? STOP_MAX;
  if (stop === undefined || stop.length <= max) return stop;
  losses.add('clamped', 'stop');
  return stop.slice(0, max);
}

const STOP_MAX = 4;

/** No more than the model can say (reference T43). */
function writeLimit({ request, target, rules, losses }: WriteContext): JsonFields {
  const wanted = request.maxOutputTokens;
  if (wanted === undefined) return {};
  const limit = Math.min(wanted, target.maxOutputTokens ?? wanted);
  if (limit < wanted) losses.add('clamped', 'max_tokens');
  return { [rules.maxTokensField ?? 'max_completion_tokens']: limit };
}

/** Who calls, on what terms, and what is remembered. */
export function writeService(context: WriteContext): JsonFields {
  const { request, losses, rules } = context;
  const { tier, cache, metadata } = request;
  if (tier === 'reserved') losses.add('dropped', 'service_tier');
  if (cache.auto !== undefined && rules.cacheMarks === undefined) losses.add('dropped', 'cache_control');
  return {
    ...writeEndUser(context),
    ...present({
      metadata,
      service_tier: tier === 'reserved' ? undefined : tier,
      prompt_cache_key: cache.key,
      ...autoMark(cache, rules.cacheMarks),
    }),
  };
}

/** Of two names that a caller gave, a vendor with one place gets the newer one. */
function writeEndUser({ request, losses, rules }: WriteContext): JsonFields {
  const place = rules.endUserField ?? 'user';
  if (request.endUser === undefined) return {};
  if (request.ext['openai-chat']?.[place] !== undefined) losses.add('dropped', 'user');
  return { [place]: request.endUser };
}

/** OpenAI caches by itself where nothing is marked. */
function autoMark({ auto }: CacheWish, style: WriteContext['rules']['cacheMarks']): JsonFields {
  if (auto === undefined || style !== 'cache_control') return {};
  return { cache_control: { type: 'ephemeral', ...(auto.ttl === '1h' && { ttl: auto.ttl }) } };
}
