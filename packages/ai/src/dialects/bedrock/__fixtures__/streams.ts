import type { ChatReply } from '../../../canonical/chat-reply.ts';
import type { ChatRequest } from '../../../canonical/chat-request.ts';
import { StreamCheck } from '../../../canonical/check-stream.ts';
import { StreamFold } from '../../../canonical/fold-stream.ts';
import { isJsonFields, parseExact, type JsonFields } from '../../../canonical/json.ts';
import type { StreamEvent } from '../../../canonical/stream-event.ts';
import { awsFrame } from '../../../framing/aws-event-stream.ts';
import { createFraming } from '../../../framing/framing.ts';
import { asText } from '../../../loose-json.ts';
import type { ProviderError } from '../../../provider-error.ts';
import { bedrockCaller } from '../bedrock-caller.ts';
import { bedrockProvider } from '../bedrock-provider.ts';
import { readContext, replyContext } from './calls.ts';

/** An event's name and what it says. */
export type Said = readonly [type: string, payload: unknown];

export function frames(...said: readonly Said[]): Buffer {
  return Buffer.concat(
    said.map(([type, payload]) => {
      const messageType = type.endsWith('Exception') ? 'exception' : 'event';
      return awsFrame({ type, messageType, payload: JSON.stringify(payload) });
    }),
  );
}

/** The events of a provider's bytes, which arrive in pieces, checked against the rules of streams. */
export function readStream(
  bytes: Buffer,
  said: Partial<ChatRequest> = {},
  cuts: readonly number[] = [],
): StreamEvent[] {
  const events: StreamEvent[] = [];
  const reader = bedrockProvider.streamReader(readContext(said));
  const emit = (event: StreamEvent): number => events.push(event);
  const framing = createFraming(bedrockProvider.framing, (record) => reader.read(record, emit));
  for (const [at, start] of [0, ...cuts].entries()) {
    framing.push(bytes, start, cuts[at] ?? bytes.length);
  }
  framing.end();
  reader.end(emit);
  checkStream(events);
  return events;
}

export function checkStream(events: readonly StreamEvent[]): void {
  const check = new StreamCheck();
  for (const event of events) check.add(event);
  const last = events.at(-1)?.t;
  check.end({ cut: last !== 'done' && last !== 'error' });
}

export function foldStream(events: readonly StreamEvent[]): ChatReply | ProviderError | undefined {
  const fold = new StreamFold();
  for (const event of events) fold.add(event);
  return fold.end();
}

/** The bytes that a caller gets. */
export function writeStream(events: readonly StreamEvent[], said: Partial<ChatRequest> = {}): Buffer {
  checkStream(events);
  const writer = bedrockCaller.streamWriter(replyContext(said));
  return Buffer.concat(events.map((event) => Buffer.from(writer.write(event))));
}

/** What the bytes say, frame by frame. */
export function saidIn(bytes: Buffer): Said[] {
  const said: Said[] = [];
  const framing = createFraming('aws-event-stream', ({ type, data }) => said.push([type, JSON.parse(data)]));
  framing.push(bytes, 0, bytes.length);
  framing.end();
  return said;
}

/** The content that a client gathers from a stream of text, reasoning and calls. */
export function contentOf(bytes: Buffer): JsonFields[] {
  const gathered = new Map<unknown, Gathered>();
  for (const [type, payload] of saidIn(bytes)) {
    if (!type.startsWith('contentBlock') || !isJsonFields(payload)) continue;
    const { contentBlockIndex, start, delta } = payload;
    const item = gathered.get(contentBlockIndex) ?? { text: '', input: '' };
    gathered.set(contentBlockIndex, item);
    if (isJsonFields(start) && isJsonFields(start['toolUse'])) item.toolUse = start['toolUse'];
    if (isJsonFields(delta)) gather(item, delta);
  }
  return [...gathered.values()].map(itemOf);
}

interface Gathered {
  text: string;
  input: string;
  toolUse?: JsonFields;
  reasoning?: JsonFields;
}

function gather(item: Gathered, { text, toolUse, reasoningContent }: JsonFields): void {
  if (typeof text === 'string') item.text += text;
  if (isJsonFields(toolUse)) item.input += asText(toolUse['input']) ?? '';
  if (isJsonFields(reasoningContent)) item.reasoning = { ...item.reasoning, ...reasoningContent };
}

function itemOf({ text, input, toolUse, reasoning }: Gathered): JsonFields {
  if (toolUse !== undefined) return { toolUse: { ...toolUse, input: parseExact(input) ?? {} } };
  if (reasoning === undefined) return { text };
  return { reasoningContent: 'redactedContent' in reasoning ? reasoning : { reasoningText: reasoning } };
}
