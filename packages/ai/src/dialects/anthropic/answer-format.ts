import type { ChatRequest } from '../../canonical/chat-request.ts';
import { fitSchema } from '../../canonical/fit-schema.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import { SchemaSeal } from './schema-seal.ts';

/** `output_config.format`. A caller of this dialect wrote the schema for it; others' is made to fit. */
export function writeFormat({ output, dialect }: ChatRequest, losses: Losses): JsonFields | undefined {
  const { format } = output;
  if (format?.kind !== 'schema') return undefined;
  if (dialect === 'anthropic') return { type: 'json_schema', schema: format.schema };
  const where = 'response_format';
  const fitted = fitSchema(format.schema, { drops: UNKNOWN_KEYWORDS }, { losses, where, tool: false });
  const seal = new SchemaSeal((keyword) => losses.add('dropped', `${where}.${keyword}`));
  return { type: 'json_schema', schema: seal.schema(fitted) };
}

/** What keeps a model to JSON that cannot be bound to it. */
export const JSON_INSTRUCTION = 'Answer with a single valid JSON object and nothing else: no prose, no code fences.';

/** What the API's structured output refuses, by what its own SDKs take out. */
const UNKNOWN_KEYWORDS: readonly string[] = [
  '$schema',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'patternProperties',
  'contains',
  'not',
  'if',
  'then',
  'else',
];
