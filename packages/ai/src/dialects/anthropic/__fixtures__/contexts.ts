import type { CallFacts, ProviderRules, ReadContext, ReplyContext, Target } from '../../../canonical/dialect.ts';
import type { ChatRequest } from '../../../canonical/chat-request.ts';
import type { Json } from '../../../canonical/json.ts';
import { Losses } from '../../../canonical/loss.ts';
import { readRequest } from '../request-reader.ts';
import { requestFields } from '../request-writer.ts';

export function facts(headers: Readonly<Record<string, string>> = {}): CallFacts {
  return { header: (name) => headers[name] };
}

export const OLD = facts({ 'anthropic-version': '2023-06-01' });
export const NEW = facts({ 'anthropic-version': '2026-10-21' });

export const HELLO = { model: 'claude-opus-4-8', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] };

/** A call as its caller's JSON, read. */
export function called(members: { readonly [name: string]: Json } = {}, by: CallFacts = OLD): ChatRequest {
  return readRequest({ ...HELLO, ...members }, by);
}

/** A call as another dialect reads it. */
export function foreign(members: Partial<ChatRequest> = {}): ChatRequest {
  return {
    dialect: 'openai-chat',
    model: 'gate-model',
    stream: false,
    instructions: [],
    turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hello' }] }],
    tools: [],
    sampling: {},
    output: {},
    cache: {},
    includeUsage: false,
    ext: {},
    ...members,
  };
}

export function target(model = 'claude-opus-4-8', rules: Partial<ProviderRules> = {}, stream = false): Target {
  return { model, stream, rules: { kind: 'anthropic', ...rules } };
}

export interface Written {
  readonly body: { readonly [name: string]: Json };
  readonly losses: readonly string[];
}

export function written(request: ChatRequest, to: Target = target()): Written {
  const losses = new Losses();
  const text = JSON.stringify(requestFields(request, to, losses));
  const body: { readonly [name: string]: Json } = JSON.parse(text);
  return { body, losses: losses.codes };
}

export function readContext(request: ChatRequest = foreign(), to: Target = target()): ReadContext {
  let made = 0;
  return { request, target: to, created: 1_700_000_000, newId: (prefix) => `${prefix}made_${++made}` };
}

export function replyContext(request: ChatRequest = called()): ReplyContext {
  let made = 0;
  return { request, requestId: 'req_1', newId: (prefix) => `${prefix}made_${++made}` };
}
