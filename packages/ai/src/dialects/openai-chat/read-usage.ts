import { asCount, asFields, type Fields } from '../../loose-json.ts';
import type { Usage } from '../../usage.ts';

/** The canonical form of a `usage` object of chat completions or embeddings; `undefined` when it counts nothing. */
export function readUsage(value: unknown): Usage | undefined {
  const usage = asFields(value);
  const prompt = asCount(usage?.['prompt_tokens']);
  const completion = asCount(usage?.['completion_tokens']);
  if (usage === undefined || (prompt === undefined && completion === undefined)) return undefined;
  return { ...readInput(usage, prompt ?? 0), ...readOutput(usage, completion ?? 0) };
}

/** Where providers of this dialect put the tokens that came out of a prompt cache, the official place first. */
function cachedTokens(usage: Fields, details: Fields | undefined): number | undefined {
  const places = [
    details?.['cached_tokens'],
    usage['prompt_cache_hit_tokens'],
    usage['cached_tokens'],
    usage['num_cached_tokens'],
  ];
  return places.map(asCount).find((tokens) => tokens !== undefined);
}

function readInput(usage: Fields, prompt: number): Pick<Usage, 'inputUncached' | 'cacheRead' | 'cacheWrite'> {
  const details = asFields(usage['prompt_tokens_details']);
  const cacheRead = cachedTokens(usage, details);
  const cacheWrite = asCount(details?.['cache_write_tokens']);
  const cached = (cacheRead ?? 0) + (cacheWrite ?? 0);
  return {
    // More cached than prompted is only possible where the prompt count leaves the cached tokens out.
    inputUncached: cached > prompt ? prompt : prompt - cached,
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite }),
  };
}

function readOutput(usage: Fields, completion: number): Pick<Usage, 'outputText' | 'reasoning'> {
  const reasoning = asCount(asFields(usage['completion_tokens_details'])?.['reasoning_tokens']);
  if (reasoning === undefined) return { outputText: completion };
  return {
    outputText: leavesReasoningOut(usage, completion, reasoning) ? completion : completion - reasoning,
    reasoning,
  };
}

/** `completion_tokens` includes reasoning by rule; where a vendor breaks the rule, its own total tells. */
function leavesReasoningOut(usage: Fields, completion: number, reasoning: number): boolean {
  if (reasoning > completion) return true;
  const prompt = asCount(usage['prompt_tokens']) ?? 0;
  return reasoning > 0 && asCount(usage['total_tokens']) === prompt + completion + reasoning;
}
