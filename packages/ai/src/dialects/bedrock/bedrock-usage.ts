import type { JsonFields } from '../../canonical/json.ts';
import { asCount } from '../../loose-json.ts';
import type { Usage } from '../../usage.ts';

/** Input is counted without what was read from a cache or written to it; reasoning is part of the output. */
export function readUsage(usage: JsonFields): Usage | undefined {
  const inputUncached = asCount(usage['inputTokens']);
  const outputText = asCount(usage['outputTokens']);
  if (inputUncached === undefined || outputText === undefined) return undefined;
  const cacheRead = asCount(usage['cacheReadInputTokens']);
  const cacheWrite = asCount(usage['cacheWriteInputTokens']);
  return {
    inputUncached,
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    outputText,
  };
}

/** The dialect requires the three sums, so what is not known is 0 there. */
export function writeUsage(usage: Usage | undefined): JsonFields {
  const { inputUncached = 0, cacheRead, cacheWrite, outputText = 0, reasoning = 0 } = usage ?? {};
  const outputTokens = outputText + reasoning;
  return {
    inputTokens: inputUncached,
    outputTokens,
    totalTokens: inputUncached + (cacheRead ?? 0) + (cacheWrite ?? 0) + outputTokens,
    ...(cacheRead !== undefined && { cacheReadInputTokens: cacheRead }),
    ...(cacheWrite !== undefined && { cacheWriteInputTokens: cacheWrite }),
  };
}
