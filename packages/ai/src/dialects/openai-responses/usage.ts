import { asCount, asFields, type Fields } from '../../loose-json.ts';
import type { Usage } from '../../usage.ts';

/** The canonical form of a response's `usage`; undefined when it counts nothing. */
export function readUsage(value: unknown): Usage | undefined {
  const usage = asFields(value);
  const input = asCount(usage?.['input_tokens']);
  const output = asCount(usage?.['output_tokens']);
  if (usage === undefined || (input === undefined && output === undefined)) return undefined;
  return { ...readInput(usage, input ?? 0), ...readOutput(usage, output ?? 0) };
}

function readInput(usage: Fields, input: number): Pick<Usage, 'inputUncached' | 'cacheRead' | 'cacheWrite'> {
  const details = asFields(usage['input_tokens_details']);
  const cacheRead = asCount(details?.['cached_tokens']);
  const cacheWrite = asCount(details?.['cache_write_tokens']);
  const cached = (cacheRead ?? 0) + (cacheWrite ?? 0);
  return {
    // More cached than read is only possible where the count leaves cached tokens out.
    inputUncached: cached > input ? input : input - cached,
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite }),
  };
}

function readOutput(usage: Fields, output: number): Pick<Usage, 'outputText' | 'reasoning'> {
  const reasoning = asCount(asFields(usage['output_tokens_details'])?.['reasoning_tokens']);
  if (reasoning === undefined) return { outputText: output };
  return { outputText: reasoning > output ? output : output - reasoning, reasoning };
}

/** All members are required here, so that what is not known reads 0. */
export function writeUsage(usage: Usage): Fields {
  const { inputUncached, cacheRead = 0, cacheWrite = 0, outputText, reasoning = 0 } = usage;
  const input = inputUncached + cacheRead + cacheWrite;
  const output = outputText + reasoning;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}
