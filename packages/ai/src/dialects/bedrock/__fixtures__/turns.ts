import type { Block, ChatRequest, Tool, Turn } from '../../../canonical/chat-request.ts';
import { isJsonFields, type JsonFields } from '../../../canonical/json.ts';
import { isList } from '../expect-json.ts';
import { write } from './calls.ts';

export const NOVA = 'amazon.nova-pro-v1:0';
export const PNG = 'iVBORw0KGgo=';

export const user = (...blocks: Block[]): Turn => ({ role: 'user', blocks });
export const assistant = (...blocks: Block[]): Turn => ({ role: 'assistant', blocks });
export const text = (said: string): Block => ({ type: 'text', text: said });
export const call = (id: string, input = '{}', name = 'find'): Block => ({ type: 'tool_call', id, name, input });
export const result = (callId: string, said = 'ok'): Block => ({
  type: 'tool_result',
  callId,
  content: [{ type: 'text', text: said }],
});
export const find: Tool = { kind: 'function', name: 'find', schema: { type: 'object', properties: {} } };

/** The messages that are sent for the turns. */
export function messages(turns: readonly Turn[], more: Partial<ChatRequest> = {}): readonly JsonFields[] {
  const list = write({ turns, tools: [find], ...more }).body['messages'] ?? null;
  return isList(list) ? list.filter(isJsonFields) : [];
}
