import type { ReadContext } from '../../../canonical/dialect.ts';
import { StreamCheck } from '../../../canonical/check-stream.ts';
import type { Json } from '../../../canonical/json.ts';
import type { StreamEvent } from '../../../canonical/stream-event.ts';
import { createFraming } from '../../../framing/framing.ts';
import { AnthropicStreamReader } from '../stream-reader.ts';
import { readContext } from './contexts.ts';

/** Events as Anthropic sends them. */
export function sse(events: readonly ({ readonly type: string } & { readonly [name: string]: Json })[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

export interface Chunking {
  /** Where the body is cut in two; undefined gives it whole. */
  readonly at?: number;
  readonly cut?: boolean;
}

/** What the reader makes of a body; breaks when that is no canonical stream. */
export function readStream(
  body: string | Buffer,
  { at, cut = false }: Chunking = {},
  context?: ReadContext,
): StreamEvent[] {
  const events: StreamEvent[] = [];
  const check = new StreamCheck();
  const emit = (event: StreamEvent): void => {
    check.add(event);
    events.push(event);
  };
  const reader = new AnthropicStreamReader(context ?? readContext());
  const framing = createFraming('sse', (record) => reader.read(record, emit));
  const bytes = Buffer.from(body);
  if (at === undefined) framing.push(bytes, 0, bytes.length);
  else {
    framing.push(Buffer.from(bytes.subarray(0, at)), 0, at);
    framing.push(Buffer.from(bytes.subarray(at)), 0, bytes.length - at);
  }
  framing.end();
  reader.end(emit);
  check.end({ cut });
  return events;
}

const usage = {
  input_tokens: 25,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 7,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  output_tokens: 1,
  service_tier: 'standard',
};

/** Thinking, text, a search of Anthropic's own, two calls: as one stream and as the message that it amounts to. */
export const MESSAGE = {
  id: 'msg_01',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-4-8',
  content: [
    { type: 'thinking', thinking: 'Let me see… ', signature: 'EqQBCg==' },
    { type: 'redacted_thinking', data: 'Emk=' },
    {
      type: 'text',
      text: 'I’ll look 🔎 it up.',
      citations: [
        {
          type: 'web_search_result_location',
          cited_text: 'It is.',
          encrypted_index: 'x',
          title: 'Page',
          url: 'https://a.b/c',
        },
      ],
    },
    { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'weather' } },
    { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
    { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { city: 'Kraków', days: 2 } },
    { type: 'tool_use', id: 'toolu_2', name: 'get_time', input: {} },
  ],
  stop_reason: 'tool_use',
  stop_sequence: null,
  usage: { ...usage, output_tokens: 89, output_tokens_details: { thinking_tokens: 12 } },
};

export const STREAM = sse([
  { type: 'message_start', message: { ...MESSAGE, content: [], stop_reason: null, usage } },
  { type: 'ping' },
  { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Let me' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: ' see… ' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'EqQBCg==' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'content_block_start', index: 1, content_block: { type: 'redacted_thinking', data: 'Emk=' } },
  { type: 'content_block_stop', index: 1 },
  { type: 'content_block_start', index: 2, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 2, delta: { type: 'text_delta', text: 'I’ll look 🔎' } },
  { type: 'content_block_delta', index: 2, delta: { type: 'text_delta', text: ' it up.' } },
  {
    type: 'content_block_delta',
    index: 2,
    delta: {
      type: 'citations_delta',
      citation: {
        type: 'web_search_result_location',
        cited_text: 'It is.',
        encrypted_index: 'x',
        title: 'Page',
        url: 'https://a.b/c',
      },
    },
  },
  { type: 'content_block_stop', index: 2 },
  {
    type: 'content_block_start',
    index: 3,
    content_block: { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
  },
  { type: 'content_block_delta', index: 3, delta: { type: 'input_json_delta', partial_json: '{"query":' } },
  { type: 'content_block_delta', index: 3, delta: { type: 'input_json_delta', partial_json: '"weather"}' } },
  { type: 'content_block_stop', index: 3 },
  {
    type: 'content_block_start',
    index: 4,
    content_block: { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
  },
  { type: 'content_block_stop', index: 4 },
  {
    type: 'content_block_start',
    index: 5,
    content_block: { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: {} },
  },
  { type: 'content_block_delta', index: 5, delta: { type: 'input_json_delta', partial_json: '' } },
  { type: 'content_block_delta', index: 5, delta: { type: 'input_json_delta', partial_json: '{"city":"Kra' } },
  { type: 'content_block_delta', index: 5, delta: { type: 'input_json_delta', partial_json: 'ków","days":2}' } },
  { type: 'content_block_stop', index: 5 },
  {
    type: 'content_block_start',
    index: 6,
    content_block: { type: 'tool_use', id: 'toolu_2', name: 'get_time', input: {} },
  },
  { type: 'content_block_stop', index: 6 },
  {
    type: 'message_delta',
    delta: { stop_reason: 'tool_use', stop_sequence: null },
    usage: { output_tokens: 89, output_tokens_details: { thinking_tokens: 12 } },
  },
  { type: 'message_stop' },
]);
