import { createFraming } from '../../../framing/framing.ts';
import type { ChatReply } from '../../../canonical/chat-reply.ts';
import type { ChatRequest } from '../../../canonical/chat-request.ts';
import { StreamCheck } from '../../../canonical/check-stream.ts';
import type { CallFacts, FramingName, ReadContext, ReplyContext, Target } from '../../../canonical/dialect.ts';
import { StreamFold } from '../../../canonical/fold-stream.ts';
import { parseExact, type Json } from '../../../canonical/json.ts';
import { Losses } from '../../../canonical/loss.ts';
import type { StreamEvent } from '../../../canonical/stream-event.ts';
import type { ProviderError } from '../../../provider-error.ts';
import { geminiCaller } from '../gemini-caller.ts';
import { geminiProvider } from '../gemini-provider.ts';

export const facts = (model = 'gemini-2.5-flash', streamed = false): CallFacts => ({
  model,
  stream: streamed,
  header: () => undefined,
});

export function read(body: unknown, of: CallFacts = facts()): ChatRequest {
  return geminiCaller.readRequest(json(body), of);
}

/** As it comes off the wire. */
export function json(body: unknown): Json {
  const parsed = parseExact(JSON.stringify(body));
  if (parsed === undefined) throw new Error('no JSON');
  return parsed;
}

export const target = (model = 'gemini-2.5-flash', more: Partial<Target> = {}): Target => ({
  model,
  stream: false,
  rules: { kind: 'test' },
  ...more,
});

export interface Written {
  readonly body: Record<string, unknown>;
  readonly losses: readonly string[];
}

export function write(request: ChatRequest, to: Target = target()): Written {
  const losses = new Losses();
  const text = geminiProvider.writeRequest(request, to, losses);
  const body: Record<string, unknown> = JSON.parse(text);
  return { body, losses: losses.codes };
}

/** What a caller of another dialect asked. */
export function asked(more: Partial<ChatRequest> = {}): ChatRequest {
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
    ...more,
  };
}

function counter(): (prefix: string) => string {
  let made = 0;
  return (prefix) => `${prefix}${++made}`;
}

export const readContext = (request = asked(), model = 'gemini-2.5-flash'): ReadContext => ({
  target: target(model),
  request,
  created: 1_700_000_000,
  newId: counter(),
});

/** A caller who wants to see thoughts. */
export const replyContext = (request = asked({ reasoning: { mode: 'auto', expose: 'summary' } })): ReplyContext => ({
  request,
  requestId: 'req_1',
  newId: counter(),
});

export function sse(...chunks: readonly unknown[]): Buffer {
  return Buffer.from(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join(''));
}

export interface Streamed {
  readonly events: readonly StreamEvent[];
  readonly folded: ChatReply | ProviderError | undefined;
}

/** Reads a streamed body, in pieces when `cutAt` says where, and checks its events. */
export function stream(
  body: Buffer,
  options: {
    readonly context?: ReadContext;
    readonly framing?: FramingName;
    readonly cutAt?: number;
    readonly cut?: boolean;
  } = {},
): Streamed {
  const { context = readContext(), framing = 'sse', cutAt = body.length, cut = false } = options;
  const events: StreamEvent[] = [];
  const check = new StreamCheck();
  const fold = new StreamFold();
  const emit = (event: StreamEvent): void => {
    check.add(event);
    fold.add(event);
    events.push(event);
  };
  const reader = geminiProvider.streamReader(context);
  const framed = createFraming(framing, (record) => reader.read(record, emit));
  framed.push(body, 0, cutAt);
  framed.push(body, cutAt, body.length);
  framed.end();
  reader.end(emit);
  check.end({ cut });
  return { events, folded: fold.end() };
}

export function reply(body: unknown, context: ReadContext = readContext()): ChatReply {
  const answer = geminiProvider.readReply(json(body), context);
  if (answer === undefined || 'kind' in answer) throw new Error('no reply');
  return answer;
}
