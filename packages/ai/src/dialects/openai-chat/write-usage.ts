import type { JsonFields } from '../../canonical/json.ts';
import type { Usage } from '../../usage.ts';
import { present } from '../chat-shaped/present.ts';

/** Input includes what was cached and output what was thought; what nobody counted is left out. */
export function writeUsage({ inputUncached, cacheRead, cacheWrite, outputText, reasoning }: Usage): JsonFields {
  const prompt = inputUncached + (cacheRead ?? 0) + (cacheWrite ?? 0);
  const completion = outputText + (reasoning ?? 0);
  const cached = present({ cached_tokens: cacheRead, cache_write_tokens: cacheWrite });
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...(Object.keys(cached).length > 0 && { prompt_tokens_details: cached }),
    ...(reasoning !== undefined && { completion_tokens_details: { reasoning_tokens: reasoning } }),
  };
}
