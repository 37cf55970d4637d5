import type { Answer, StopKind } from '../scenario.ts';
import { callsOf, pieces, unknownMembers, type Vendor, spoken, uncountedThoughts, unsequenced } from './vendor.ts';

const MODEL = 'qwen3:8b';
const KNOWN = 'model messages tools format think keep_alive logprobs top_logprobs stream options';

/** Reference §2.11. */
export const ollamaVendor: Vendor = {
  name: 'ollama',
  dialects: ['ollama'],
  model: MODEL,
  config: (origin) => `{ kind: ollama, baseUrl: "${origin}/ollama" }`,
  isStream: ({ body }) => body['stream'] !== false,
  streamType: 'application/x-ndjson',
  plain: (answer) => {
    const calls = toolCalls(answer);
    const message = {
      role: 'assistant',
      content: said(answer),
      ...(answer.reasoning !== undefined && { thinking: answer.reasoning }),
      ...(calls.length > 0 && { tool_calls: calls }),
    };
    return JSON.stringify({ ...head(), message, ...ending(answer) });
  },
  stream: (answer) => {
    const line = (message: object): string =>
      `${JSON.stringify({ ...head(), message: { role: 'assistant', content: '', ...message }, done: false })}\n`;
    const end = { ...head(), message: { role: 'assistant', content: '' }, ...ending(answer) };
    return [
      ...pieces(answer.reasoning ?? '').map((thinking) => line({ thinking })),
      ...pieces(said(answer)).map((content) => line({ content })),
      ...toolCalls(answer).map((call) => line({ tool_calls: [call] })),
      `${JSON.stringify(end)}\n`,
    ];
  },
  error: (_, message) => JSON.stringify({ error: message }),
  streamError: (message) => `${JSON.stringify({ error: message })}\n`,
  tells: (answer) => {
    const { usage, ...rest } = uncountedThoughts(unsequenced(spoken(answer)));
    const input = usage.input + usage.cached;
    return { ...rest, stop: SEEN[answer.stop] ?? answer.stop, usage: { ...usage, input, cached: 0 } };
  },
  complaint: ({ body }) => unknownMembers(body, KNOWN),
};

const SEEN: Partial<Readonly<Record<StopKind, StopKind>>> = {
  stop_sequence: 'end',
  refusal: 'end',
  content_filter: 'end',
};

function head(): object {
  return { model: MODEL, created_at: '2026-09-21T14:13:20.123456789Z' };
}

function said(answer: Answer): string {
  return answer.text ?? answer.refusal ?? '';
}

/** Arguments are objects; parallel calls have been seen with one index. */
function toolCalls(answer: Answer): object[] {
  return callsOf(answer).map(({ at, name, args }) => ({
    id: `call_0ll4ma${at}`,
    function: { index: 0, name, arguments: args },
  }));
}

function ending({ stop, usage: { input, cached, output, reasoning } }: Answer): object {
  return {
    done: true,
    done_reason: stop === 'length' ? 'length' : 'stop',
    total_duration: 5_191_566_416,
    load_duration: 2_154_458,
    prompt_eval_count: input + cached,
    prompt_eval_duration: 383_809_000,
    eval_count: output + reasoning,
    eval_duration: 4_799_921_000,
  };
}
