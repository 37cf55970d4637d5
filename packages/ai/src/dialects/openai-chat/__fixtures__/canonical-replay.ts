import { StreamCheck } from '../../../canonical/check-stream.ts';
import type { ChatReply, Choice, Stop } from '../../../canonical/chat-reply.ts';
import type { Block, ChatRequest } from '../../../canonical/chat-request.ts';
import type { ReadContext, ReplyContext } from '../../../canonical/dialect.ts';
import { StreamFold } from '../../../canonical/fold-stream.ts';
import type { Json } from '../../../canonical/json.ts';
import type { StreamEvent } from '../../../canonical/stream-event.ts';
import { createFraming } from '../../../framing/framing.ts';
import type { ProviderError } from '../../../provider-error.ts';
import { CanonicalStreamReader } from '../canonical-stream-reader.ts';
import { CanonicalStreamWriter } from '../canonical-stream-writer.ts';
import type { ChatRules } from '../chat-rules.ts';
import { readRequest } from '../read-request.ts';

/** A call as a caller of this dialect makes it. */
export function requestOf(members: { readonly [name: string]: Json } = {}): ChatRequest {
  const body = { model: 'asked', messages: [{ role: 'user', content: 'Hi' }], ...members };
  return readRequest(body, { header: () => undefined });
}

export interface Setting {
  readonly request?: ChatRequest;
  readonly rules?: Omit<ChatRules, 'kind'>;
}

export function readContext({ request = requestOf(), rules = {} }: Setting = {}): ReadContext {
  let ids = 0;
  const target = { model: 'served', stream: true, rules: { kind: 'any', ...rules } };
  return { target, request, created: 1_762_500_000, newId: (prefix) => `${prefix}${ids++}` };
}

export function replyContext(request: ChatRequest): ReplyContext {
  let ids = 0;
  return { request, requestId: 'req_1', newId: (prefix) => `${prefix}${ids++}` };
}

export interface Replayed {
  readonly events: readonly StreamEvent[];
  readonly end: ChatReply | ProviderError | undefined;
}

/** Reads a body that arrives in these chunks; every event is checked against the rules of streams. */
export function replay(chunks: readonly Buffer[], setting: Setting = {}): Replayed {
  const reader = new CanonicalStreamReader(readContext(setting));
  const check = new StreamCheck();
  const fold = new StreamFold();
  const events: StreamEvent[] = [];
  const emit = (event: StreamEvent): void => {
    check.add(event);
    fold.add(event);
    events.push(event);
  };
  const framing = createFraming('sse', (record) => reader.read(record, emit));
  for (const chunk of chunks) framing.push(chunk, 0, chunk.length);
  framing.end();
  reader.end(emit);
  const last = events.at(-1)?.t;
  check.end({ cut: last !== 'done' && last !== 'error' });
  return { events, end: fold.end() };
}

export function isReply(end: ChatReply | ProviderError | undefined): end is ChatReply {
  return end !== undefined && 'choices' in end;
}

/** Of the first choice. */
export function blocksOf(body: Buffer, setting: Setting = {}): readonly Block[] {
  const { end } = replay([body], setting);
  return isReply(end) ? (end.choices[0]?.blocks ?? []) : [];
}

export function stopOf(body: Buffer): Stop | undefined {
  const { end } = replay([body]);
  return isReply(end) ? end.choices[0]?.stop : undefined;
}

/** A delta with a fragment of a call. */
export function call(members: object, body?: object): object {
  return { tool_calls: [{ ...members, ...(body !== undefined && { function: body }) }] };
}

/** Chunks as the events of a body with its terminator. */
export function streamOf(...chunks: readonly object[]): Buffer {
  return Buffer.from([...chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`), 'data: [DONE]\n\n'].join(''));
}

/** One choice's deltas as a whole stream. */
export function deltasOf(deltas: readonly object[], finish: string | null = 'stop'): Buffer {
  const chunk = (delta: object, reason: string | null): object => ({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_762_500_000,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: reason }],
  });
  return streamOf(...deltas.map((delta) => chunk(delta, null)), chunk({}, finish));
}

/** The stream that a caller of this dialect gets. */
export function written(events: readonly StreamEvent[], request: ChatRequest = requestOf()): string {
  const writer = new CanonicalStreamWriter(replyContext(request));
  return events.map((event) => writer.write(event)).join('');
}

export const head = { id: 'msg_1', created: 1_762_500_000, model: 'claude' };

/** An answer with one choice. */
export function answer(blocks: readonly Block[], choice: Partial<Choice> = {}): ChatReply {
  return { ...head, choices: [{ index: 0, blocks, stop: { reason: 'end' }, ...choice }] };
}
