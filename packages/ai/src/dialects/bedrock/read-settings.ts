import type { ChatRequest, OutputWish, ReasoningWish, ServiceTier } from '../../canonical/chat-request.ts';
import { restOf } from '../../canonical/collect-ext.ts';
import { isJsonFields, parseExact, type Json, type JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { asNumber, expectFields, expectList, expectNumber, expectText } from './expect-json.ts';
import { isEffort, readOwnReasoning, readThinking } from './own-reasoning.ts';
import { remember } from './wire-memory.ts';

type Settings = Pick<ChatRequest, 'sampling' | 'maxOutputTokens' | 'output' | 'reasoning' | 'tier' | 'metadata'>;

export interface ReadSettings {
  readonly request: Settings;
  /** What the canonical form has no place for, under the member that it stands in. */
  readonly ext: JsonFields;
}

/** How the caller wants its answer: `inferenceConfig`, `outputConfig`, the model's own fields, labels. */
export function readSettings(body: JsonFields): ReadSettings {
  const inference = expectFields(body, 'inferenceConfig', '') ?? {};
  const fields = expectFields(body, 'additionalModelRequestFields', '') ?? {};
  const output = expectFields(body, 'outputConfig', '') ?? {};
  const maxOutputTokens = expectNumber(inference, 'maxTokens', 'inferenceConfig');
  const topK = asNumber(fields['top_k']);
  const reasoning = readReasoning(fields, output);
  const tier = readTier(body);
  const metadata = readMetadata(body);
  return {
    request: {
      sampling: { ...readSampling(inference), ...(topK !== undefined && { topK }) },
      ...(maxOutputTokens !== undefined && { maxOutputTokens }),
      output: readOutput(output),
      ...(reasoning !== undefined && { reasoning }),
      ...(tier !== undefined && { tier }),
      ...(metadata !== undefined && { metadata }),
    },
    ext: {
      ...unread('inferenceConfig', inference, ['maxTokens', 'temperature', 'topP', 'stopSequences']),
      ...unread('additionalModelRequestFields', fields, [
        ...(topK === undefined ? [] : ['top_k']),
        ...(isJsonFields(fields['thinking']) && readThinking(fields['thinking']) !== undefined ? ['thinking'] : []),
        ...(isEffortAlone(fields['output_config']) && output['effort'] === undefined ? ['output_config'] : []),
      ]),
      ...unread('outputConfig', output, ['textFormat', ...(isEffort(output['effort']) ? ['effort'] : [])]),
      ...(tier === undefined && isJsonFields(body['serviceTier']) && { serviceTier: body['serviceTier'] }),
    },
  };
}

function unread(name: string, fields: JsonFields, read: readonly string[]): JsonFields {
  const rest = restOf(fields, new Set(read));
  return rest === undefined ? {} : { [name]: rest };
}

function readSampling(inference: JsonFields): ChatRequest['sampling'] {
  const temperature = expectNumber(inference, 'temperature', 'inferenceConfig');
  const topP = expectNumber(inference, 'topP', 'inferenceConfig');
  const stop = expectList(inference, 'stopSequences', 'inferenceConfig');
  if (stop !== undefined && !stop.every(isString)) {
    throw new Untranslatable('A stop sequence must be a text.', 'inferenceConfig.stopSequences');
  }
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(stop !== undefined && { stop }),
  };
}

/** Claude's own place for the effort counts where Converse's is empty. */
function readReasoning(fields: JsonFields, output: JsonFields): ReasoningWish | undefined {
  const { output_config: claude } = fields;
  const effort = output['effort'] ?? (isJsonFields(claude) ? claude['effort'] : undefined);
  return readOwnReasoning({ thinking: fields['thinking'], effort });
}

function isEffortAlone(claude: Json | undefined): boolean {
  return isJsonFields(claude) && Object.keys(claude).length === 1 && isEffort(claude['effort']);
}

function readOutput(output: JsonFields): OutputWish {
  const textFormat = expectFields(output, 'textFormat', 'outputConfig');
  if (textFormat === undefined) return {};
  const where = 'outputConfig.textFormat.structure';
  const structure = expectFields(textFormat, 'structure', 'outputConfig.textFormat') ?? {};
  const definition = expectFields(structure, 'jsonSchema', where) ?? {};
  const text = expectText(definition, 'schema', `${where}.jsonSchema`);
  const schema = text === undefined ? undefined : parseExact(text);
  if (!isJsonFields(schema)) {
    throw new Untranslatable('A schema must be a JSON object, written as a text.', `${where}.jsonSchema.schema`);
  }
  const name = expectText(definition, 'name', `${where}.jsonSchema`);
  const description = expectText(definition, 'description', `${where}.jsonSchema`);
  const named = { ...(name !== undefined && { name }), ...(description !== undefined && { description }) };
  return { format: remember({ kind: 'schema', ...named, schema, strict: true }, textFormat) };
}

const TIERS: readonly ServiceTier[] = ['default', 'flex', 'priority', 'reserved'];

function readTier(body: JsonFields): ServiceTier | undefined {
  const tier = expectFields(body, 'serviceTier', '');
  return TIERS.find((known) => known === tier?.['type']);
}

function readMetadata(body: JsonFields): Readonly<Record<string, string>> | undefined {
  const labels = expectFields(body, 'requestMetadata', '');
  if (labels === undefined) return undefined;
  const entries = Object.entries(labels).map(([name, value]): [string, string] => {
    if (isString(value)) return [name, value];
    throw new Untranslatable('Request metadata must be texts.', 'requestMetadata');
  });
  return Object.fromEntries(entries);
}

function isString(value: Json): value is string {
  return typeof value === 'string';
}
