import type { Answer, StopKind } from '../scenario.ts';
import {
  callsOf,
  namedSse,
  pieces,
  unknownMembers,
  type Vendor,
  spoken,
  uncountedThoughts,
  unsequenced,
} from './vendor.ts';

const FINISH: Readonly<Record<StopKind, string>> = {
  end: 'COMPLETE',
  stop_sequence: 'STOP_SEQUENCE',
  length: 'MAX_TOKENS',
  tool_calls: 'TOOL_CALL',
  content_filter: 'ERROR',
  refusal: 'COMPLETE',
};

const KNOWN =
  'model messages tools strict_tools tool_choice documents citation_options response_format safety_mode max_tokens ' +
  'stop_sequences temperature seed frequency_penalty presence_penalty k p logprobs thinking priority stream';

/** Reference §2.10. */
export const cohereVendor: Vendor = {
  name: 'cohere',
  dialects: ['cohere'],
  cannot: ['content-filter'],
  model: 'command-a-reasoning-08-2026',
  config: (origin) => `{ kind: cohere, baseUrl: "${origin}/cohere/v2", apiKey: vendor-key }`,
  isStream: ({ body }) => body['stream'] === true,
  streamType: 'text/event-stream',
  plain: (answer) =>
    JSON.stringify({
      id: 'c14c80c3-18eb-4519-9460-6c92edd8cfb4',
      message: messageOf(answer),
      finish_reason: FINISH[answer.stop],
      usage: usage(answer),
    }),
  stream,
  error: (_, message) => JSON.stringify({ id: 'e1c5', message }),
  streamError: (message) =>
    namedSse('message-end', { type: 'message-end', delta: { finish_reason: 'ERROR', error: message } }),
  tells: (answer) => ({
    ...uncountedThoughts(unsequenced(spoken(answer))),
    stop: SEEN[answer.stop] ?? answer.stop,
  }),
  complaint: ({ body }) => {
    if (Array.isArray(body['tools']) && body['tools'].length === 0) return 'tools: may not be empty';
    return unknownMembers(body, KNOWN);
  },
};

const SEEN: Partial<Readonly<Record<StopKind, StopKind>>> = { refusal: 'end' };

/** What is said before a call is the plan of it. */
function saidOf(answer: Answer): readonly [text: string | undefined, plan: string | undefined] {
  const text = answer.text ?? answer.refusal;
  return answer.calls === undefined ? [text, undefined] : [undefined, text];
}

function messageOf(answer: Answer): object {
  const [text, plan] = saidOf(answer);
  const calls = callsOf(answer).map(({ at, name, args }) => call(at, name, JSON.stringify(args)));
  return {
    role: 'assistant',
    ...(plan !== undefined && { tool_plan: plan }),
    ...(calls.length > 0 && { tool_calls: calls }),
    content: [
      ...(answer.reasoning === undefined ? [] : [{ type: 'thinking', thinking: answer.reasoning }]),
      ...(text === undefined ? [] : [{ type: 'text', text }]),
    ],
  };
}

function call(at: number, name: string, args: string): object {
  return { id: `${name}_c0nf0rmance${at}`, type: 'function', function: { name, arguments: args } };
}

function stream(answer: Answer): string[] {
  const records = [
    event('message-start', {
      id: 'c14c80c3-18eb-4519-9460-6c92edd8cfb4',
      delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] } },
    }),
  ];
  let index = 0;
  const block = (kind: 'text' | 'thinking', text: string): void => {
    records.push(event('content-start', { index, delta: { message: { content: { type: kind, [kind]: '' } } } }));
    for (const piece of pieces(text))
      records.push(event('content-delta', { index, delta: { message: { content: { [kind]: piece } } } }));
    records.push(event('content-end', { index: index++ }));
  };
  if (answer.reasoning !== undefined) block('thinking', answer.reasoning);
  const [text, plan = ''] = saidOf(answer);
  if (text !== undefined) block('text', text);
  for (const piece of pieces(plan))
    records.push(event('tool-plan-delta', { delta: { message: { tool_plan: piece } } }));
  for (const { at, name, args } of callsOf(answer)) {
    records.push(event('tool-call-start', { index: at, delta: { message: { tool_calls: call(at, name, '') } } }));
    for (const piece of pieces(JSON.stringify(args))) {
      const fragment = { function: { arguments: piece } };
      records.push(event('tool-call-delta', { index: at, delta: { message: { tool_calls: fragment } } }));
    }
    records.push(event('tool-call-end', { index: at }));
  }
  const delta = { finish_reason: FINISH[answer.stop], usage: usage(answer) };
  return [...records, event('message-end', { delta })];
}

function event(type: string, data: object): string {
  return namedSse(type, { type, ...data });
}

function usage({ usage: { input, cached, output, reasoning } }: Answer): object {
  const counts = { input_tokens: input + cached, output_tokens: output + reasoning };
  return { billed_units: counts, tokens: counts, cached_tokens: cached };
}
