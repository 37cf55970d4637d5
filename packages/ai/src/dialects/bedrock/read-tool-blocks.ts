import type { MediaBlock, TextBlock, ToolCallBlock, ToolResultBlock } from '../../canonical/chat-request.ts';
import { isJsonFields, type JsonFields } from '../../canonical/json.ts';
import { asText } from '../../loose-json.ts';
import { isList } from './expect-json.ts';
import { readMedia } from './read-media.ts';
import { remember } from './wire-memory.ts';

/** Undefined for what the vendor runs itself, which has a `type`, and for what has no name. */
export function readToolUse(data: JsonFields): ToolCallBlock | undefined {
  const id = asText(data['toolUseId']);
  const name = asText(data['name']);
  const kind = data['type'] ?? undefined;
  if (id === undefined || name === undefined || kind !== undefined) return undefined;
  return { type: 'tool_call', id, name, input: JSON.stringify(data['input'] ?? {}) };
}

export function readToolResult(data: JsonFields, item: JsonFields): ToolResultBlock | undefined {
  const callId = asText(data['toolUseId']);
  const kind = data['type'] ?? undefined;
  const list = data['content'] ?? [];
  if (callId === undefined || kind !== undefined || !isList(list)) return undefined;
  const parts = list.filter(isJsonFields);
  const json = onlyJson(parts);
  const status = data['status'];
  return remember(
    {
      type: 'tool_result',
      callId,
      ...((status === 'error' || status === 'success') && { isError: status === 'error' }),
      content: parts.flatMap(readPart),
      ...(json !== undefined && { json }),
    },
    item,
  );
}

/** A result that is one object. */
function onlyJson(parts: readonly JsonFields[]): JsonFields | undefined {
  const [first] = parts;
  const json = parts.length === 1 ? first?.['json'] : undefined;
  return isJsonFields(json) && !Object.isFrozen(json) ? json : undefined;
}

function readPart(part: JsonFields): readonly (TextBlock | MediaBlock)[] {
  const { text, json } = part;
  if (typeof text === 'string') return text === '' ? [] : [{ type: 'text', text }];
  if (json !== undefined) return [{ type: 'text', text: JSON.stringify(json) }];
  const media = readMedia(part);
  // What only Bedrock knows, such as search results, is shown as what it says.
  return [media ?? { type: 'text', text: JSON.stringify(part) }];
}
