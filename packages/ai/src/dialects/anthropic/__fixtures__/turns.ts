import type { Block, ChatRequest, Tool, Turn } from '../../../canonical/chat-request.ts';
import type { Json } from '../../../canonical/json.ts';
import { Untranslatable } from '../../../canonical/loss.ts';
import { target, written } from './contexts.ts';

export const HI: Turn = { role: 'user', blocks: [{ type: 'text', text: 'Hi' }] };
export const GET: Tool = { kind: 'function', name: 'get', schema: { type: 'object', properties: {} } };

export function user(...blocks: readonly Block[]): Turn {
  return { role: 'user', blocks };
}

export function assistant(...blocks: readonly Block[]): Turn {
  return { role: 'assistant', blocks };
}

export function call(id: string, name = 'get', input = '{}'): Block {
  return { type: 'tool_call', id, name, input };
}

export function result(callId: string, said = 'ok'): Block {
  return { type: 'tool_result', callId, content: [{ type: 'text', text: said }] };
}

export function text(said: string): Block {
  return { type: 'text', text: said };
}

export function messages(request: ChatRequest, model?: string): Json | undefined {
  return written(request, target(model)).body['messages'];
}

/** The member for which the call is refused. */
export function refused(request: ChatRequest, model?: string): string | undefined {
  try {
    written(request, target(model));
  } catch (error) {
    if (error instanceof Untranslatable) return error.param;
    throw error;
  }
  return undefined;
}
