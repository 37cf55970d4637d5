import { asCount, asFields, type Fields } from '../loose-json.ts';
import { readUsage } from '../dialects/openai-chat/read-usage.ts';
import type { Extras } from '../pricing/cost.ts';
import type { Usage } from '../usage.ts';
import type { SideRow } from './side-rows.ts';

/** What a call has used, and which parts of it have a price of their own. */
export interface SideUsage {
  readonly usage: Usage;
  readonly extras: Extras;
}

/** Undefined for what counts no tokens, such as the seconds of a recording. */
export function readSideUsage({ makes }: Pick<SideRow, 'makes'>, value: unknown): SideUsage | undefined {
  const said = asFields(value);
  const input = asCount(said?.['input_tokens']);
  const output = asCount(said?.['output_tokens']);
  if (said === undefined || (input === undefined && output === undefined)) return plainUsage(value);
  const inputs = asFields(said['input_tokens_details'] ?? said['input_token_details']) ?? {};
  const cacheRead = asCount(inputs['cached_tokens']);
  const cached = Math.min(cacheRead ?? 0, input ?? 0);
  return {
    usage: {
      inputUncached: (input ?? 0) - cached,
      ...(cacheRead !== undefined && { cacheRead: cached }),
      outputText: output ?? 0,
    },
    extras: {
      ...partOf('inputImage', inputs['image_tokens']),
      ...partOf('inputAudio', inputs['audio_tokens']),
      ...outputPart(makes, asFields(said['output_tokens_details'] ?? said['output_token_details']), output),
    },
  };
}

/** Servers that copy these endpoints count as they do in chat. */
function plainUsage(value: unknown): SideUsage | undefined {
  const usage = readUsage(value);
  return usage && { usage, extras: {} };
}

/** What is not told apart is all of the kind that the endpoint is there for. */
function outputPart(makes: SideRow['makes'], details: Fields | undefined, output: number | undefined): Extras {
  if (makes === undefined) return {};
  const told = details?.[makes === 'outputImage' ? 'image_tokens' : 'audio_tokens'];
  return partOf(makes, told ?? output);
}

function partOf(name: keyof Extras, tokens: unknown): Extras {
  const count = asCount(tokens);
  return count === undefined ? {} : { [name]: count };
}
