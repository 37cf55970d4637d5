import type { Answer, StopKind } from '../scenario.ts';
import { callsOf, namedSse, pieces, signatureOf, unknownMembers, type Vendor, spoken } from './vendor.ts';

const SIGNATURE = signatureOf('anthropic');

const MODEL = 'claude-sonnet-4-6';

const STOPS: Readonly<Record<StopKind, string>> = {
  end: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
  refusal: 'refusal',
};

const KNOWN =
  'model max_tokens messages system stop_sequences stream metadata tools tool_choice thinking output_config ' +
  'cache_control service_tier speed inference_geo container diagnostics temperature top_p top_k';

/** Reference §2.4. */
export const anthropicVendor: Vendor = {
  name: 'anthropic',
  dialects: ['anthropic'],
  model: MODEL,
  config: (origin) => `{ kind: anthropic, baseUrl: "${origin}/anthropic/v1", apiKey: vendor-key }`,
  isStream: ({ body }) => body['stream'] === true,
  streamType: 'text/event-stream; charset=utf-8',
  plain: (answer) => JSON.stringify({ ...message(contentOf(answer)), ...ending(answer), usage: usage(answer) }),
  stream: events,
  error: anthropicError,
  streamError: (text) => namedSse('error', { type: 'error', error: { type: 'overloaded_error', message: text } }),
  tells: (answer) => ({
    ...spoken(answer),
    ...(refuses(answer) && { stop: 'refusal', explanation: EXPLANATION }),
  }),
  complaint: ({ body, headers }) => {
    if (typeof body['max_tokens'] !== 'number') return 'max_tokens: Field required';
    if (headers['x-api-key'] !== 'vendor-key') return 'invalid x-api-key';
    const version = headers['anthropic-version'];
    if (version !== '2023-06-01' && version !== '2026-10-21') return 'anthropic-version: header is required';
    if (version === '2026-10-21' && 'temperature' in body) return 'temperature: not permitted';
    const proofs = [...JSON.stringify(body['messages']).matchAll(/"signature":"([^"]*)"/g)];
    if (proofs.some(([, proof]) => proof !== SIGNATURE)) return 'Invalid `signature` in `thinking` block';
    return unknownMembers(body, KNOWN);
  },
};

const EXPLANATION = 'This is not allowed.';

function refuses({ stop }: Answer): boolean {
  return stop === 'refusal' || stop === 'content_filter';
}

type Content = Readonly<Record<string, unknown>>;

function contentOf(answer: Answer): readonly Content[] {
  const said = answer.text ?? answer.refusal;
  return [
    ...(answer.reasoning === undefined ? [] : [{ type: 'thinking', thinking: answer.reasoning, signature: SIGNATURE }]),
    ...(said === undefined ? [] : [{ type: 'text', text: said, citations: null }]),
    ...callsOf(answer).map(({ at, name, args }) => ({
      type: 'tool_use',
      id: `toolu_01Conformance${at}`,
      name,
      input: args,
      caller: { type: 'direct' },
    })),
  ];
}

function message(content: readonly Content[]): object {
  return { model: MODEL, id: 'msg_01Conformance', type: 'message', role: 'assistant', content, container: null };
}

function ending(answer: Answer): object {
  return {
    stop_reason: STOPS[answer.stop],
    stop_sequence: answer.sequence ?? null,
    stop_details: refuses(answer) ? { type: 'refusal', category: 'cyber', explanation: EXPLANATION } : null,
  };
}

function usage({ usage: { input, cached, output, reasoning } }: Answer): object {
  return {
    input_tokens: input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: output + reasoning,
    output_tokens_details: { thinking_tokens: reasoning },
    server_tool_use: null,
    service_tier: 'standard',
    inference_geo: 'global',
  };
}

function events(answer: Answer): string[] {
  const named = (type: string, data: object): string => namedSse(type, { type, ...data });
  const start = {
    ...message([]),
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    usage: { ...usage(answer), output_tokens: 1 },
  };
  const records = [named('message_start', { message: start })];
  contentOf(answer).forEach((block, index) => {
    records.push(named('content_block_start', { index, content_block: opened(block) }));
    if (index === 0) records.push(named('ping', {}));
    for (const delta of deltas(block)) records.push(named('content_block_delta', { index, delta }));
    records.push(named('content_block_stop', { index }));
  });
  records.push(named('message_delta', { delta: { ...ending(answer), container: null }, usage: usage(answer) }));
  return [...records, named('message_stop', {})];
}

function opened(block: Content): object {
  if (block['type'] === 'thinking') return { type: 'thinking', thinking: '', signature: '' };
  return block['type'] === 'text' ? { type: 'text', text: '' } : { ...block, input: {} };
}

function deltas(block: Content): object[] {
  if (block['type'] === 'thinking') {
    const thoughts = pieces(String(block['thinking'])).map((thinking) => ({ type: 'thinking_delta', thinking }));
    return [...thoughts, { type: 'signature_delta', signature: block['signature'] }];
  }
  if (block['type'] === 'text') return pieces(String(block['text'])).map((text) => ({ type: 'text_delta', text }));
  const input = ['', ...pieces(JSON.stringify(block['input']))];
  return input.map((part) => ({ type: 'input_json_delta', partial_json: part }));
}

const KINDS: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

function anthropicError(status: number, text: string): string {
  const error = { type: KINDS[status] ?? 'api_error', message: text };
  return JSON.stringify({ type: 'error', error, request_id: 'req_011Conformance' });
}
