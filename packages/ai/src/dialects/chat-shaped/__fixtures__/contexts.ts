import type { ChatReply } from '../../../canonical/chat-reply.ts';
import type { ChatRequest } from '../../../canonical/chat-request.ts';
import { StreamCheck } from '../../../canonical/check-stream.ts';
import type {
  CallFacts,
  CallerError,
  ProviderDialect,
  ProviderRules,
  ReadContext,
  ReplyContext,
  Target,
} from '../../../canonical/dialect.ts';
import { StreamFold } from '../../../canonical/fold-stream.ts';
import { parseExact, type Json } from '../../../canonical/json.ts';
import { Losses } from '../../../canonical/loss.ts';
import type { StreamEvent } from '../../../canonical/stream-event.ts';
import { createFraming } from '../../../framing/framing.ts';
import type { ProviderError } from '../../../provider-error.ts';

export const NO_FACTS: CallFacts = { header: () => undefined };

/** As the gate parses a body. */
export function asJson(value: unknown): Json {
  return parseExact(typeof value === 'string' ? value : JSON.stringify(value)) ?? null;
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
    includeUsage: true,
    ext: {},
    ...members,
  };
}

export function targetOf(members: Partial<Target> = {}, rules: Partial<ProviderRules> = {}): Target {
  return { model: 'their-model', stream: false, rules: { kind: 'test', ...rules }, ...members };
}

export interface Written {
  readonly body: { readonly [name: string]: Json };
  readonly losses: readonly string[];
}

export function written(provider: ProviderDialect, request: ChatRequest, target: Target = targetOf()): Written {
  const losses = new Losses();
  const body: Written['body'] = JSON.parse(provider.writeRequest(request, target, losses));
  return { body, losses: losses.codes };
}

export function readContext(request: ChatRequest = foreign(), target: Target = targetOf()): ReadContext {
  let made = 0;
  return { request, target, created: 1_700_000_000, newId: (prefix) => `${prefix}made_${++made}` };
}

export function replyContext(request: ChatRequest = foreign()): ReplyContext {
  let made = 0;
  return { request, requestId: 'req_1', newId: (prefix) => `${prefix}made_${++made}` };
}

export interface StreamRead {
  readonly events: readonly StreamEvent[];
  /** Undefined when it was cut. */
  readonly folded: ChatReply | ProviderError | undefined;
}

/** Reads a streamed body that arrives in chunks of this size, and checks what the reader says. */
export function readStream(
  provider: ProviderDialect,
  body: string,
  { request, chunkBytes = Infinity }: { readonly request?: ChatRequest; readonly chunkBytes?: number } = {},
): StreamRead {
  const reader = provider.streamReader(readContext(request));
  const check = new StreamCheck();
  const fold = new StreamFold();
  const events: StreamEvent[] = [];
  const emit = (event: StreamEvent): void => {
    check.add(event);
    fold.add(event);
    events.push(event);
  };
  const framing = createFraming(provider.framing, (record) => reader.read(record, emit));
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += chunkBytes)
    framing.push(bytes, at, Math.min(at + chunkBytes, bytes.length));
  framing.end();
  reader.end(emit);
  const last = events.at(-1)?.t;
  check.end({ cut: last !== 'done' && last !== 'error' });
  return { events, folded: fold.end() };
}

export function readReply(
  provider: ProviderDialect,
  body: unknown,
  request?: ChatRequest,
): ChatReply | ProviderError | undefined {
  return provider.readReply(asJson(body), readContext(request));
}

export function callerError(members: Partial<CallerError> = {}): CallerError {
  return {
    status: 429,
    kind: 'rate_limited',
    code: 'limit.rate',
    message: 'Too many requests.',
    retry: true,
    requestId: 'req_1',
    ...members,
  };
}

export function sse(chunks: readonly unknown[]): string {
  return chunks.map((chunk) => `data: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}\n\n`).join('');
}
