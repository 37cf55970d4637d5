import type { ChatRequest } from '../../canonical/chat-request.ts';
import type { Target } from '../../canonical/dialect.ts';
import { fitSchema } from '../../canonical/fit-schema.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import { SCHEMA_RULE } from './write-tools.ts';

/** `generationConfig`. `json` is false where the format was asked for in words instead. */
export function writeConfig(
  request: ChatRequest,
  target: Target,
  { losses, json }: { readonly losses: Losses; readonly json: boolean },
): Map<string, Json> {
  const config = new ConfigWriter(target.rules.drops ?? [], losses);
  writeSampling(request, config, losses);
  config.put('maxOutputTokens', clampTokens(request.maxOutputTokens, target.maxOutputTokens, losses), 'max_tokens');
  if (request.logprobs !== undefined) {
    config.put('responseLogprobs', true, 'logprobs');
    config.put(
      'logprobs',
      request.logprobs.top > 0 ? Math.min(request.logprobs.top, LOGPROBS_MAX) : undefined,
      'logprobs',
    );
  }
  if (json) writeFormat(request, config, losses);
  config.put(
    'responseModalities',
    request.output.modalities?.map((one) => one.toUpperCase()),
    'modalities',
  );
  return config.members;
}

const LOGPROBS_MAX = 20;
const STOPS_MAX = 5;

/** What the vendor refuses is named and left out. */
class ConfigWriter {
  readonly members = new Map<string, Json>();
  readonly #drops: readonly string[];
  readonly #losses: Losses;

  constructor(drops: readonly string[], losses: Losses) {
    this.#drops = drops;
    this.#losses = losses;
  }

  put(member: string, value: Json | undefined, what: string): void {
    if (value === undefined) return;
    if (this.#drops.includes(what)) this.#losses.add('dropped', what);
    else this.members.set(member, value);
  }
}

function writeSampling({ sampling }: ChatRequest, config: ConfigWriter, losses: Losses): void {
  const { temperature, stop } = sampling;
  config.put('temperature', clamp(temperature, { min: 0, max: 2, what: 'temperature' }, losses), 'temperature');
  config.put('topP', sampling.topP, 'top_p');
  config.put('topK', sampling.topK, 'top_k');
  config.put('candidateCount', sampling.n, 'n');
  config.put('seed', int32(sampling.seed, losses), 'seed');
  config.put('presencePenalty', sampling.presencePenalty, 'presence_penalty');
  config.put('frequencyPenalty', sampling.frequencyPenalty, 'frequency_penalty');
  if (stop !== undefined && stop.length > STOPS_MAX) losses.add('clamped', 'stop');
  const stops = stop?.filter((text) => text !== '').slice(0, STOPS_MAX);
  config.put('stopSequences', stops?.length === 0 ? undefined : stops, 'stop');
  if (sampling.minP !== undefined) losses.add('dropped', 'min_p');
  if (sampling.logitBias !== undefined) losses.add('dropped', 'logit_bias');
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly what: string;
}

function clamp(value: number | undefined, { min, max, what }: Range, losses: Losses): number | undefined {
  if (value === undefined || (value >= min && value <= max)) return value;
  losses.add('clamped', what);
  return Math.min(max, Math.max(min, value));
}

/** Seeds are 32 bits here; a larger one still always makes the same. */
function int32(seed: number | undefined, losses: Losses): number | undefined {
  if (seed === undefined || (seed | 0) === seed) return seed;
  losses.add('clamped', 'seed');
  return seed | 0;
}

function clampTokens(wanted: number | undefined, max: number | undefined, losses: Losses): number | undefined {
  return max === undefined ? wanted : clamp(wanted, { min: 0, max, what: 'max_tokens' }, losses);
}

function writeFormat({ output, dialect }: ChatRequest, config: ConfigWriter, losses: Losses): void {
  const { format } = output;
  if (format === undefined) return;
  config.put('responseMimeType', 'application/json', 'response_format');
  if (format.kind === 'json') return;
  const { description } = format;
  const report = { losses, where: 'response_format', tool: false };
  const schema: JsonFields = {
    ...(description !== undefined && { description }),
    ...(dialect === 'gemini' ? format.schema : fitSchema(format.schema, SCHEMA_RULE, report)),
  };
  config.put('responseJsonSchema', schema, 'response_format');
}
