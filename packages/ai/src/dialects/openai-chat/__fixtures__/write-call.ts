import type { Block, ChatRequest, Turn } from '../../../canonical/chat-request.ts';
import { parseExact, type Json, type JsonFields } from '../../../canonical/json.ts';
import { Losses, Untranslatable } from '../../../canonical/loss.ts';
import type { ChatRules } from '../chat-rules.ts';
import { fieldsOf, listOf } from '../../chat-shaped/members.ts';
import { readRequest } from '../read-request.ts';
import { writeRequest } from '../write-request.ts';

export interface Written {
  readonly body: JsonFields;
  readonly messages: readonly Json[];
  readonly losses: readonly string[];
}

export interface Vendor extends Omit<ChatRules, 'kind'> {
  readonly stream?: boolean;
  readonly maxOutputTokens?: number;
}

export function write(request: ChatRequest, { stream = false, maxOutputTokens, ...rules }: Vendor = {}): Written {
  const losses = new Losses();
  const limit = maxOutputTokens === undefined ? {} : { maxOutputTokens };
  const target = { model: 'served', stream, rules: { kind: 'any', ...rules }, ...limit };
  const body = fieldsOf(parseExact(writeRequest(request, target, losses))) ?? {};
  return { body, messages: listOf(body['messages']) ?? [], losses: losses.codes };
}

export const user = (...blocks: readonly Block[]): Turn => ({ role: 'user', blocks });
export const assistant = (...blocks: readonly Block[]): Turn => ({ role: 'assistant', blocks });
export const text = (said: string): Block => ({ type: 'text', text: said });

/** As another dialect may have read it. */
export function foreign(members: Partial<ChatRequest> = {}): ChatRequest {
  return {
    dialect: 'anthropic',
    model: 'asked',
    stream: false,
    instructions: [],
    turns: [user(text('Hi'))],
    tools: [],
    sampling: {},
    output: {},
    cache: {},
    includeUsage: false,
    ext: {},
    ...members,
  };
}

export const hello = { role: 'user', content: 'Hi' };

/** As a caller of this dialect says it. */
export function own(members: JsonFields = {}): ChatRequest {
  return readRequest({ model: 'asked', messages: [hello], ...members }, { header: () => undefined });
}

export function paramOf(request: ChatRequest, vendor: Vendor = {}): string | undefined {
  try {
    write(request, vendor);
  } catch (error) {
    if (error instanceof Untranslatable) return error.param;
    throw error;
  }
  return 'not refused';
}
