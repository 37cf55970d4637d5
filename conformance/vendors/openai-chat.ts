import type { Answer, JsonObject, StopKind } from '../scenario.ts';
import { callsOf, CREATED, pieces, sse, unknownMembers, type Vendor, type VendorCall } from './vendor.ts';

/** Reference §2.1. */
interface ChatVendor {
  readonly name: string;
  readonly kind: string;
  readonly model: string;
  /** As DeepSeek and many servers do; OpenAI keeps its reasoning to itself. */
  readonly showsReasoning: boolean;
  /** Refuses what it does not know, as OpenAI's newer models do. */
  readonly strict: boolean;
}

const FINISH: Readonly<Record<StopKind, string>> = {
  end: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
  refusal: 'stop',
};

const KNOWN =
  'model messages temperature top_p frequency_penalty presence_penalty logit_bias seed stop n max_tokens ' +
  'max_completion_tokens logprobs top_logprobs tools tool_choice parallel_tool_calls response_format modalities audio ' +
  'verbosity prediction reasoning_effort prompt_cache_key prompt_cache_options metadata store service_tier ' +
  'safety_identifier user stream stream_options';

export function chatVendor({ name, kind, model, showsReasoning, strict }: ChatVendor): Vendor {
  const shown = (answer: Answer): Answer => tells(answer, showsReasoning);
  return {
    name,
    dialects: kind === 'openai' ? ['openai-chat', 'openai-responses'] : ['openai-chat'],
    ...(kind === 'openai' && { thinksIn: 'openai-responses' }),
    model,
    config: (origin) => `{ kind: ${kind}, baseUrl: "${origin}/${name}/v1", apiKey: vendor-key }`,
    isStream: ({ body }) => body['stream'] === true,
    streamType: 'text/event-stream; charset=utf-8',
    plain: (answer) => JSON.stringify(completion(shown(answer), model)),
    stream: (answer, call) => chunks(shown(answer), { model, call }),
    error: chatError,
    streamError: (message) => sse({ error: { message, type: 'server_error', code: null, param: null } }),
    tells: shown,
    // SDKs that go by the model's name know what this one takes; without a gate they are given another name.
    refusal: ({ body }) => (strict && body['model'] === model && 'max_tokens' in body ? UNSUPPORTED : ''),
    complaint: ({ body }) => (strict ? oddPart(body) : '') || unknownMembers(body, KNOWN),
  };
}

const PARTS = new Set(['text', 'image_url', 'input_audio', 'file', 'refusal']);

const UNSUPPORTED = JSON.stringify({
  error: {
    message:
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    type: 'invalid_request_error',
    param: 'max_tokens',
    code: 'unsupported_parameter',
  },
});

function oddPart(body: JsonObject): string {
  const contents = [body['messages']].flat().flatMap((message) => (isObject(message) ? message['content'] : []));
  const odd = contents.find((part) => isObject(part) && !PARTS.has(String(part['type'])));
  return odd === undefined ? '' : 'Invalid value: a part of this type';
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null;
}

function tells(answer: Answer, showsReasoning: boolean): Answer {
  const { reasoning, sequence: _, ...rest } = answer;
  const stop = answer.stop === 'stop_sequence' ? 'end' : answer.stop;
  return { ...rest, stop, ...(showsReasoning && reasoning !== undefined && { reasoning }) };
}

function completion(answer: Answer, model: string): object {
  const { text = null, refusal = null, reasoning } = answer;
  const calls = callsOf(answer).map(({ at, name, args }) => ({
    id: callId(at),
    type: 'function',
    function: { name, arguments: JSON.stringify(args) },
  }));
  const message = {
    role: 'assistant',
    content: text,
    refusal,
    annotations: [],
    ...(reasoning !== undefined && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  return {
    id: 'chatcmpl-C0nf0rm',
    object: 'chat.completion',
    created: CREATED,
    model: `${model}-2026-08-07`,
    choices: [{ index: 0, message, logprobs: null, finish_reason: FINISH[answer.stop] }],
    usage: chatUsage(answer),
    service_tier: 'default',
    system_fingerprint: null,
  };
}

function chunks(answer: Answer, { model, call }: { model: string; call: VendorCall }): string[] {
  const options = call.body['stream_options'];
  const withUsage = typeof options === 'object' && options !== null && 'include_usage' in options;
  const chunk = (delta: object, finish: string | null = null): string =>
    sse({
      ...head(model),
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...(withUsage && { usage: null }),
      obfuscation: 'k3Zq',
    });
  const { text = '', refusal = '', reasoning = '' } = answer;
  const records = [chunk({ role: 'assistant', content: '', refusal: null })];
  for (const piece of pieces(reasoning)) records.push(chunk({ reasoning_content: piece }));
  for (const piece of pieces(text)) records.push(chunk({ content: piece }));
  for (const piece of pieces(refusal)) records.push(chunk({ refusal: piece }));
  for (const { at, name, args } of callsOf(answer)) {
    const named = { index: at, id: callId(at), type: 'function', function: { name, arguments: '' } };
    records.push(chunk({ tool_calls: [named] }));
    for (const piece of pieces(JSON.stringify(args)))
      records.push(chunk({ tool_calls: [{ index: at, function: { arguments: piece } }] }));
  }
  records.push(chunk({}, FINISH[answer.stop]));
  if (withUsage) records.push(sse({ ...head(model), choices: [], usage: chatUsage(answer) }));
  return [...records, 'data: [DONE]\n\n'];
}

function head(model: string): object {
  return {
    id: 'chatcmpl-C0nf0rm',
    object: 'chat.completion.chunk',
    created: CREATED,
    model: `${model}-2026-08-07`,
    service_tier: 'default',
    system_fingerprint: null,
  };
}

function callId(at: number): string {
  return `call_Conf0rm4nce${at}abcdefgh`;
}

function chatUsage({ usage: { input, cached, output, reasoning } }: Answer): object {
  return {
    prompt_tokens: input + cached,
    completion_tokens: output + reasoning,
    total_tokens: input + cached + output + reasoning,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

const KINDS: Readonly<Record<number, readonly [type: string, code: string | null]>> = {
  400: ['invalid_request_error', null],
  401: ['invalid_request_error', 'invalid_api_key'],
  429: ['requests', 'rate_limit_exceeded'],
};

export function chatError(status: number, message: string): string {
  const [type, code] = KINDS[status] ?? ['server_error', null];
  return JSON.stringify({ error: { message, type, param: null, code } });
}
