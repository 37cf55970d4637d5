import type { TextBlock, MediaBlock, ToolCallBlock, ToolResultBlock } from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { asText } from '../../loose-json.ts';
import { given, stringOf } from './fields.ts';
import { keep } from './own.ts';
import { readParts } from './read-parts.ts';
import type { Strays } from './strays.ts';

const CALL = {
  known: new Set(['type', 'id', 'call_id', 'name', 'arguments', 'parsed_arguments', 'input']),
  quiet: new Set(['status', 'created_by']),
};
const RESULT = {
  known: new Set(['type', 'call_id', 'output', 'name']),
  quiet: new Set(['id', 'status', 'created_by']),
};

/** A call of one of the caller's tools; undefined when it lacks what makes it one. */
export function readCall(item: JsonFields, strays: Strays): ToolCallBlock | undefined {
  const id = stringOf(item['call_id']);
  const name = asText(item['name']);
  if (id === undefined || name === undefined) return undefined;
  const custom = item['type'] === 'custom_tool_call';
  const block: ToolCallBlock = {
    type: 'tool_call',
    id,
    name,
    input: custom ? (stringOf(item['input']) ?? '') : readArguments(item),
    ...(custom && { custom }),
    ...given({ itemId: asText(item['id']) }),
  };
  return keep(block, strays.rest('input', item, CALL));
}

/** As they came; some servers send an object. No arguments are an empty object, unless the call was cut off. */
function readArguments(item: JsonFields): string {
  const said = item['arguments'] ?? '';
  const text = typeof said === 'string' ? said : JSON.stringify(said);
  return text === '' && item['status'] !== 'incomplete' ? '{}' : text;
}

/** Undefined when it answers no call by id, or holds something that results cannot hold. */
export function readResult(item: JsonFields, strays: Strays): ToolResultBlock | undefined {
  const callId = stringOf(item['call_id']);
  const content = readOutput(item['output'], strays);
  if (callId === undefined || content === undefined) return undefined;
  const block: ToolResultBlock = {
    type: 'tool_result',
    callId,
    content,
    ...(item['type'] === 'custom_tool_call_output' && { custom: true }),
    ...given({ name: asText(item['name']) }),
  };
  return keep(block, strays.rest('input', item, RESULT));
}

function readOutput(output: Json | undefined, strays: Strays): readonly (TextBlock | MediaBlock)[] | undefined {
  if (output === null || output === undefined) return [];
  // Not allowed, but what clients of typed languages send when a tool gives them an object or a number.
  if (typeof output !== 'string' && !Array.isArray(output)) return [{ type: 'text', text: JSON.stringify(output) }];
  const parts = readParts(output, strays);
  const content = parts.filter((part) => part.type === 'text' || part.type === 'media');
  return content.length === parts.length ? content : undefined;
}
