import type { ChatRequest } from '../../canonical/chat-request.ts';
import { isJsonFields, type JsonFields } from '../../canonical/json.ts';
import { isList } from './expect-json.ts';
import { takesSchemas } from './write-settings.ts';
import type { ModelTraits } from './model-traits.ts';
import { recall } from './wire-memory.ts';
import type { Writing } from './write-blocks.ts';

/** Instructions as items; where the model takes no schema, or none was given, the wish for JSON is one of them. */
export function writeSystem(request: ChatRequest, traits: ModelTraits | undefined, writing: Writing): JsonFields[] {
  const items = request.instructions.flatMap((instruction): JsonFields[] => {
    const wire = writing.own ? recall(instruction) : undefined;
    const said = wire ?? (/\S/.test(instruction.text) || writing.own ? { text: instruction.text } : undefined);
    return said === undefined ? [] : [said, ...writing.cache.behind(instruction.cache)];
  });
  if (writing.own) items.push(...guardedOnly(request));
  const json = traits === undefined ? undefined : jsonInstruction(request, traits, writing);
  return json === undefined ? items : [...items, { text: json }];
}

/** Images for the guardrail, which are no instructions to anybody else. */
function guardedOnly({ ext }: ChatRequest): readonly JsonFields[] {
  const items = ext.bedrock?.['guardContent'];
  return items !== undefined && isList(items) ? items.filter(isJsonFields) : [];
}

function jsonInstruction({ output }: ChatRequest, traits: ModelTraits, { losses }: Writing): string | undefined {
  const { format } = output;
  if (format === undefined || (format.kind === 'schema' && takesSchemas(traits))) return undefined;
  losses.add('emulated', 'response_format');
  const only = 'Answer with one JSON object and nothing else: no explanation, no code fence.';
  return format.kind === 'json' ? only : `${only} It must satisfy this JSON Schema: ${JSON.stringify(format.schema)}`;
}
