import type { Json, JsonFields } from '../../canonical/json.ts';
import { asCount } from '../../loose-json.ts';
import type { Usage } from '../../usage.ts';
import { fieldsOf } from '../chat-shaped/members.ts';
import { present } from '../chat-shaped/present.ts';

/** Tokens as the model saw them; where only the bill is there, those that it names. */
export function readCohereUsage(value: Json | undefined): Usage | undefined {
  const usage = fieldsOf(value);
  const seen = fieldsOf(usage?.['tokens']) ?? fieldsOf(usage?.['billed_units']);
  const input = asCount(seen?.['input_tokens']);
  const output = asCount(seen?.['output_tokens']);
  if (input === undefined && output === undefined) return undefined;
  const cacheRead = asCount(usage?.['cached_tokens']);
  const total = input ?? 0;
  // More cached than there was is only possible where the cached tokens are left out.
  const cached = (cacheRead ?? 0) > total ? 0 : (cacheRead ?? 0);
  return { inputUncached: total - cached, outputText: output ?? 0, ...present({ cacheRead }) };
}

export function writeCohereUsage({ inputUncached, cacheRead, cacheWrite, outputText, reasoning }: Usage): JsonFields {
  const tokens = {
    input_tokens: inputUncached + (cacheRead ?? 0) + (cacheWrite ?? 0),
    output_tokens: outputText + (reasoning ?? 0),
  };
  return { billed_units: tokens, tokens, ...present({ cached_tokens: cacheRead }) };
}
