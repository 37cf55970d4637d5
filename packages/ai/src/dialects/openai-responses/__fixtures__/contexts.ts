import type { ChatRequest } from '../../../canonical/chat-request.ts';
import { StreamCheck } from '../../../canonical/check-stream.ts';
import type { ReadContext, ReplyContext } from '../../../canonical/dialect.ts';
import type { Json } from '../../../canonical/json.ts';
import { parseExact } from '../../../canonical/json.ts';
import type { StreamEvent } from '../../../canonical/stream-event.ts';
import { createFraming } from '../../../framing/framing.ts';
import { openAiResponsesCaller } from '../caller.ts';
import { openAiResponsesProvider } from '../provider.ts';

export const asJson = (value: unknown): Json => parseExact(JSON.stringify(value)) ?? null;

export function read(body: object): ChatRequest {
  return openAiResponsesCaller.readRequest(asJson({ model: 'm', ...body }), { header: () => undefined });
}

/** A call of another dialect. */
export function foreign(request: Partial<ChatRequest> = {}): ChatRequest {
  return {
    dialect: 'anthropic',
    model: 'm',
    stream: false,
    instructions: [],
    turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hello' }] }],
    tools: [],
    sampling: {},
    output: {},
    cache: {},
    includeUsage: true,
    ext: {},
    ...request,
  };
}

export function counter(): (prefix: string) => string {
  let count = 0;
  return (prefix) => `${prefix}${count++}`;
}

export const replyTo = (request: ChatRequest): ReplyContext => ({ request, requestId: 'r', newId: counter() });

export const readFor = (request: ChatRequest, stream = false): ReadContext => ({
  request,
  target: { model: 'gpt', stream, rules: { kind: 'openai' } },
  created: 1000,
  newId: counter(),
});

export interface StreamRead {
  readonly events: readonly StreamEvent[];
  readonly ended: boolean;
}

/** Reads a streamed body that arrives in chunks of this size, and checks what it says. */
export function readStream(body: string, request: ChatRequest, chunkBytes = Number.MAX_SAFE_INTEGER): StreamRead {
  const reader = openAiResponsesProvider.streamReader(readFor(request, true));
  const events: StreamEvent[] = [];
  const check = new StreamCheck();
  const emit = (event: StreamEvent): void => {
    check.add(event);
    events.push(event);
  };
  const framing = createFraming('sse', (record) => reader.read(record, emit));
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    framing.push(bytes, at, Math.min(at + chunkBytes, bytes.length));
  }
  framing.end();
  reader.end(emit);
  const last = events.at(-1)?.t;
  const ended = last === 'done' || last === 'error';
  check.end({ cut: !ended });
  return { events, ended };
}

export function writeStream(events: readonly StreamEvent[], request: ChatRequest): string {
  const writer = openAiResponsesCaller.streamWriter(replyTo(request));
  return events.map((event) => writer.write(event).toString()).join('');
}

/** Events of this dialect as a provider sends them. */
export function sse(events: readonly object[]): string {
  return events
    .map((event, at) => {
      const type = 'type' in event ? String(event.type) : 'message';
      return `event: ${type}\ndata: ${JSON.stringify({ ...event, sequence_number: at })}\n\n`;
    })
    .join('');
}

/** The events of a stream that was written, whose frames are checked on the way. */
export function eventsOf(body: string): readonly Record<string, unknown>[] {
  const frames = body.split('\n\n');
  if (frames.pop() !== '') throw new Error('the last event has no blank line');
  return frames
    .filter((frame) => !frame.startsWith(':'))
    .map((frame, at) => {
      const [, name, data = ''] = /^event: (\S+)\ndata: (.*)$/.exec(frame) ?? [];
      const event: Record<string, unknown> = JSON.parse(data);
      if (event['type'] !== name || event['sequence_number'] !== at) throw new Error(`odd event: ${frame}`);
      return event;
    });
}
