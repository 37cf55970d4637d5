import type { ChatRequest, Effort, ReasoningWish } from '../../canonical/chat-request.ts';
import { restOf } from '../../canonical/collect-ext.ts';
import { isJsonFields, type JsonFields } from '../../canonical/json.ts';
import { fieldsAt, flagAt, numberAt, textAt, textsAt } from './camel-fields.ts';
import { jsonSchemaOf } from './json-schema-of.ts';
import type { NativeMembers } from './natives.ts';

type Config = Pick<ChatRequest, 'sampling' | 'maxOutputTokens' | 'logprobs' | 'output' | 'reasoning'>;

export function readConfig(body: JsonFields, natives: NativeMembers): Config {
  const config = fieldsAt(body, 'generationConfig') ?? {};
  natives.addAll('generationConfig', restOf(config, CONFIG_MEMBERS));
  const maxOutputTokens = number(config, 'maxOutputTokens');
  const reasoning = readThinking(config, natives);
  const logprobs = flagAt(config, 'responseLogprobs', at('responseLogprobs'));
  return {
    sampling: readSampling(config),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(logprobs === true && { logprobs: { top: number(config, 'logprobs') ?? 0 } }),
    output: readOutput(config, natives),
    ...(reasoning !== undefined && { reasoning }),
  };
}

const CONFIG_MEMBERS: ReadonlySet<string> = new Set([
  'temperature',
  'topP',
  'topK',
  'candidateCount',
  'maxOutputTokens',
  'stopSequences',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'responseLogprobs',
  'logprobs',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'responseModalities',
  'thinkingConfig',
]);

function at(name: string): string {
  return `generationConfig.${name}`;
}

function number(config: JsonFields, name: string): number | undefined {
  return numberAt(config, name, at(name));
}

function readSampling(config: JsonFields): ChatRequest['sampling'] {
  const stop = textsAt(config, 'stopSequences', at('stopSequences'));
  const sampling = {
    temperature: number(config, 'temperature'),
    topP: number(config, 'topP'),
    topK: number(config, 'topK'),
    frequencyPenalty: number(config, 'frequencyPenalty'),
    presencePenalty: number(config, 'presencePenalty'),
    seed: number(config, 'seed'),
    stop: stop?.length === 0 ? undefined : stop,
    n: number(config, 'candidateCount'),
  };
  return defined(sampling);
}

/** Without the members that are undefined. */
function defined<T extends object>(fields: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  const said = Object.entries(fields).filter(([, value]) => value !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same members, but for those that are filtered
  return Object.fromEntries(said) as { readonly [K in keyof T]?: Exclude<T[K], undefined> };
}

function readOutput(config: JsonFields, natives: NativeMembers): ChatRequest['output'] {
  const modalities = textsAt(config, 'responseModalities', at('responseModalities'));
  const format = readFormat(config, natives);
  return {
    ...(format !== undefined && { format }),
    ...(modalities !== undefined &&
      modalities.length > 0 && { modalities: modalities.map((modality) => modality.toLowerCase()) }),
  };
}

function readFormat(config: JsonFields, natives: NativeMembers): ChatRequest['output']['format'] {
  const mime = textAt(config, 'responseMimeType', at('responseMimeType')) ?? 'text/plain';
  if (mime === 'application/json') {
    const schema = readSchema(config);
    return schema === undefined ? { kind: 'json' } : { kind: 'schema', schema, strict: true };
  }
  // Formats that only Google knows, such as one word of an enum.
  if (mime !== 'text/plain') natives.add(at('responseMimeType'), mime);
  for (const name of ['responseSchema', 'responseJsonSchema']) {
    const schema = config[name];
    if (schema !== undefined) natives.add(at(name), schema);
  }
  return undefined;
}

function readSchema(config: JsonFields): JsonFields | undefined {
  const schema = config['responseJsonSchema'];
  if (isJsonFields(schema)) return schema;
  const openApi = fieldsAt(config, 'responseSchema', at('responseSchema'));
  return openApi === undefined ? undefined : jsonSchemaOf(openApi, at('responseSchema'));
}

function readThinking(config: JsonFields, natives: NativeMembers): ReasoningWish | undefined {
  const thinking = fieldsAt(config, 'thinkingConfig', THINKING);
  if (thinking === undefined) return undefined;
  natives.addAll(THINKING, restOf(thinking, THINKING_MEMBERS));
  const shown = flagAt(thinking, 'includeThoughts', `${THINKING}.includeThoughts`);
  return { ...readAmount(thinking, natives), ...(shown !== undefined && { expose: shown ? 'summary' : 'none' }) };
}

const THINKING = 'generationConfig.thinkingConfig';
const THINKING_MEMBERS: ReadonlySet<string> = new Set(['includeThoughts', 'thinkingBudget', 'thinkingLevel']);

function readAmount(thinking: JsonFields, natives: NativeMembers): ReasoningWish {
  const budgetTokens = numberAt(thinking, 'thinkingBudget', `${THINKING}.thinkingBudget`);
  if (budgetTokens === 0) return { mode: 'off' };
  if (budgetTokens !== undefined && budgetTokens > 0) return { mode: 'budget', budgetTokens };
  const level = textAt(thinking, 'thinkingLevel', `${THINKING}.thinkingLevel`);
  if (level === undefined || level === 'THINKING_LEVEL_UNSPECIFIED') return { mode: 'auto' };
  const effort = EFFORTS.get(level.toUpperCase());
  if (effort === undefined) natives.add(`${THINKING}.thinkingLevel`, level);
  return effort === undefined ? { mode: 'auto' } : { mode: 'effort', effort };
}

const EFFORTS: ReadonlyMap<string, Effort> = new Map([
  ['MINIMAL', 'minimal'],
  ['LOW', 'low'],
  ['MEDIUM', 'medium'],
  ['HIGH', 'high'],
  ['XHIGH', 'xhigh'],
]);
