import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { asCount } from '../../loose-json.ts';
import type { Usage } from '../../usage.ts';

/** Undefined when it counts nothing, as on most chunks of Vertex. */
export function readUsage(metadata: Json | undefined): Usage | undefined {
  if (!isJsonFields(metadata)) return undefined;
  const prompt = asCount(metadata['promptTokenCount']);
  const total = asCount(metadata['totalTokenCount']);
  const said = asCount(metadata['candidatesTokenCount']);
  if (prompt === undefined && total === undefined && said === undefined) return undefined;
  const cacheRead = asCount(metadata['cachedContentTokenCount']);
  const reasoning = asCount(metadata['thoughtsTokenCount']);
  const input = (prompt ?? 0) + (asCount(metadata['toolUsePromptTokenCount']) ?? 0);
  return {
    inputUncached: Math.max(0, input - (cacheRead ?? 0)),
    ...(cacheRead !== undefined && { cacheRead }),
    outputText: textTokens({ said, reasoning, beyondInput: total === undefined ? undefined : total - input }),
    ...(reasoning !== undefined && { reasoning }),
  };
}

interface Output {
  readonly said: number | undefined;
  readonly reasoning: number | undefined;
  /** What the total leaves for the answer. */
  readonly beyondInput: number | undefined;
}

/** Candidates leave thoughts out by rule; where a model breaks the rule, its own total tells (reference T24). */
function textTokens({ said, reasoning = 0, beyondInput }: Output): number {
  if (said === undefined) return Math.max(0, (beyondInput ?? 0) - reasoning);
  const includesThoughts = reasoning > 0 && said >= reasoning && beyondInput === said;
  return includesThoughts ? said - reasoning : said;
}

export function writeUsage({ inputUncached, cacheRead, cacheWrite, outputText, reasoning }: Usage): JsonFields {
  const prompt = inputUncached + (cacheRead ?? 0) + (cacheWrite ?? 0);
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: outputText,
    ...(cacheRead !== undefined && { cachedContentTokenCount: cacheRead }),
    ...(reasoning !== undefined && { thoughtsTokenCount: reasoning }),
    totalTokenCount: prompt + outputText + (reasoning ?? 0),
  };
}
