import type { ChatRequest } from '../../../canonical/chat-request.ts';
import type { CallFacts, ReadContext, ReplyContext, Target } from '../../../canonical/dialect.ts';
import { isJsonFields, parseExact, type Json, type JsonFields } from '../../../canonical/json.ts';
import { Losses } from '../../../canonical/loss.ts';
import { bedrockCaller } from '../bedrock-caller.ts';
import { bedrockProvider } from '../bedrock-provider.ts';

export const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';

/** A request of another dialect, which says nothing but hello. */
export function chatRequest(said: Partial<ChatRequest> = {}): ChatRequest {
  return {
    dialect: 'openai-chat',
    model: 'assistant',
    stream: false,
    instructions: [],
    turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hello' }] }],
    tools: [],
    sampling: {},
    output: {},
    cache: {},
    includeUsage: false,
    ext: {},
    ...said,
  };
}

export function target(model = CLAUDE, more: Partial<Target> = {}): Target {
  return { model, stream: false, rules: { kind: 'bedrock' }, ...more };
}

export interface Written {
  readonly body: JsonFields;
  readonly losses: readonly string[];
}

export function write(said: Partial<ChatRequest>, to: Target = target()): Written {
  const losses = new Losses();
  const body = parseExact(bedrockProvider.writeRequest(chatRequest(said), to, losses));
  if (!isJsonFields(body)) throw new Error('the body is no object');
  return { body, losses: losses.codes };
}

export function facts(more: Partial<CallFacts> = {}): CallFacts {
  return { model: CLAUDE, stream: false, header: () => undefined, ...more };
}

export function read(body: Json): ChatRequest {
  return bedrockCaller.readRequest(body, facts());
}

function counter(): (prefix: string) => string {
  let count = 0;
  return (prefix) => `${prefix}${++count}`;
}

export function readContext(said: Partial<ChatRequest> = {}): ReadContext {
  return { target: target(), request: chatRequest(said), created: 1_700_000_000, newId: counter() };
}

export function replyContext(said: Partial<ChatRequest> = {}): ReplyContext {
  return { request: chatRequest({ dialect: 'bedrock', ...said }), requestId: 'req-1', newId: counter() };
}
