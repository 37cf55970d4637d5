import type { JsonFields } from '../../canonical/json.ts';
import { asCount, listFields } from '../../loose-json.ts';
import type { Usage } from '../../usage.ts';

/** Input is counted without what was read from a cache or written to it; reasoning is part of the output. */
export function readUsage(usage: JsonFields): Usage | undefined {
  const inputUncached = asCount(usage['inputTokens']);
  const outputText = asCount(usage['outputTokens']);
  if (inputUncached === undefined || outputText === undefined) return undefined;
  const cacheRead = asCount(usage['cacheReadInputTokens']);
  const cacheWrite = asCount(usage['cacheWriteInputTokens']);
  const cacheWrite1h = keptFor('1h', usage);
  return {
    inputUncached,
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(cacheWrite1h !== undefined && { cacheWrite1h }),
    outputText,
  };
}

/** Undefined where the times that entries live are not told apart. */
function keptFor(ttl: string, usage: JsonFields): number | undefined {
  const details = listFields(usage['cacheDetails']);
  if (details.length === 0) return undefined;
  return details.reduce((sum, entry) => sum + (entry['ttl'] === ttl ? (asCount(entry['inputTokens']) ?? 0) : 0), 0);
}

/** The dialect requires the three sums, so what is not known is 0 there. */
export function writeUsage(usage: Usage | undefined): JsonFields {
  const { inputUncached = 0, cacheRead, cacheWrite, cacheWrite1h, outputText = 0, reasoning = 0 } = usage ?? {};
  const outputTokens = outputText + reasoning;
  return {
    inputTokens: inputUncached,
    outputTokens,
    totalTokens: inputUncached + (cacheRead ?? 0) + (cacheWrite ?? 0) + outputTokens,
    ...(cacheRead !== undefined && { cacheReadInputTokens: cacheRead }),
    ...(cacheWrite !== undefined && { cacheWriteInputTokens: cacheWrite }),
    ...(cacheWrite1h !== undefined && { cacheDetails: cacheDetails(cacheWrite ?? 0, cacheWrite1h) }),
  };
}

function cacheDetails(written: number, hour: number): readonly JsonFields[] {
  return [
    { ttl: '5m', inputTokens: Math.max(0, written - hour) },
    { ttl: '1h', inputTokens: hour },
  ];
}
