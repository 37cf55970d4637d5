import type { Answer, StopKind } from '../scenario.ts';
import {
  callsOf,
  CREATED,
  pieces,
  signatureOf,
  sse,
  unknownMembers,
  type Vendor,
  spoken,
  uncountedThoughts,
  unsequenced,
} from './vendor.ts';

const SIGNATURE = signatureOf('mistral');

const MODEL = 'magistral-medium-latest';

const FINISH: Readonly<Record<StopKind, string>> = {
  end: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'stop',
  refusal: 'stop',
};

const KNOWN =
  'model messages temperature top_p max_tokens stop random_seed presence_penalty frequency_penalty n tools tool_choice ' +
  'parallel_tool_calls response_format prediction reasoning_effort prompt_mode safe_prompt guardrails prompt_cache_key ' +
  'service_tier metadata stream';

/** Reference §2.9: calls come whole, without index and type; thoughts are chunks of the content. */
export const mistralVendor: Vendor = {
  name: 'mistral',
  dialects: ['mistral'],
  model: MODEL,
  config: (origin) => `{ kind: mistral, baseUrl: "${origin}/mistral/v1", apiKey: vendor-key }`,
  isStream: ({ body }) => body['stream'] === true,
  streamType: 'text/event-stream; charset=utf-8',
  plain: (answer) => {
    const message = { role: 'assistant', tool_calls: toolCalls(answer), content: contentOf(answer), prefix: false };
    return JSON.stringify({
      id: 'cmpl-Conf0rmance',
      object: 'chat.completion',
      created: CREATED,
      model: MODEL,
      choices: [{ index: 0, message, finish_reason: FINISH[answer.stop] }],
      usage: usage(answer),
    });
  },
  stream,
  error: (status, message) => {
    if (status === 401) return JSON.stringify({ detail: message });
    if (status !== 422)
      return JSON.stringify({
        object: 'error',
        message,
        type: ERRORS[status] ?? 'internal_error',
        param: null,
        code: '1',
      });
    const detail = { type: 'extra_forbidden', loc: ['body', 'x'], msg: message, input: 1 };
    return JSON.stringify({ detail: [detail] });
  },
  streamError: (message) => sse({ object: 'error', message, type: 'service_unavailable', param: null, code: '3505' }),
  tells: (answer) => ({
    ...uncountedThoughts(unsequenced(spoken(answer))),
    stop: SEEN[answer.stop] ?? answer.stop,
  }),
  complaint: ({ body }) => {
    const ids = [...JSON.stringify(body['messages']).matchAll(/"(?:tool_call_id|id)":"([^"]*)"/g)];
    const odd = ids.find(([, id = '']) => !/^[A-Za-z0-9]{9}$/.test(id));
    return odd === undefined ? unknownMembers(body, KNOWN) : `not a tool call id: ${odd[1] ?? ''}`;
  },
};

const SEEN: Partial<Readonly<Record<StopKind, StopKind>>> = {
  stop_sequence: 'end',
  refusal: 'end',
  content_filter: 'end',
};
const ERRORS: Readonly<Record<number, string>> = { 400: 'invalid_request_error', 429: 'rate_limited' };

function said(answer: Answer): string {
  return answer.text ?? answer.refusal ?? '';
}

function thinking(text: string, closed: boolean): object {
  return { type: 'thinking', thinking: [{ type: 'text', text }], ...(closed && { signature: SIGNATURE, closed }) };
}

function contentOf(answer: Answer): string | object[] {
  if (answer.reasoning === undefined) return said(answer);
  const text = said(answer);
  return [thinking(answer.reasoning, true), ...(text === '' ? [] : [{ type: 'text', text }])];
}

function toolCalls(answer: Answer): object[] | null {
  const calls = callsOf(answer).map(({ at, name, args }) => ({
    id: `D681PevK${at}`,
    function: { name, arguments: at % 2 === 0 ? JSON.stringify(args) : args },
  }));
  return calls.length === 0 ? null : calls;
}

function stream(answer: Answer): string[] {
  const chunk = (delta: object, finish: string | null = null): string =>
    sse({
      id: 'cmpl-Conf0rmance',
      object: 'chat.completion.chunk',
      created: CREATED,
      model: MODEL,
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...(finish !== null && { usage: usage(answer) }),
    });
  const records = [chunk({ role: 'assistant', content: '' })];
  const thoughts = pieces(answer.reasoning ?? '');
  for (const piece of thoughts) records.push(chunk({ content: [thinking(piece, false)] }));
  if (thoughts.length > 0) records.push(chunk({ content: [thinking('', true)] }));
  for (const piece of pieces(said(answer)))
    records.push(chunk({ content: thoughts.length > 0 ? [{ type: 'text', text: piece }] : piece }));
  const calls = toolCalls(answer);
  records.push(chunk({ content: '', ...(calls !== null && { tool_calls: calls }) }, FINISH[answer.stop]));
  return [...records, 'data: [DONE]\n\n'];
}

function usage({ usage: { input, cached, output, reasoning } }: Answer): object {
  return {
    prompt_tokens: input + cached,
    total_tokens: input + cached + output + reasoning,
    completion_tokens: output + reasoning,
    ...(cached > 0 && { prompt_tokens_details: { cached_tokens: cached } }),
  };
}
