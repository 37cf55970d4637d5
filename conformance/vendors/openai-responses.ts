import type { Answer, JsonObject } from '../scenario.ts';
import { chatError } from './openai-chat.ts';
import { callsOf, CREATED, namedSse, pieces, unknownMembers, type Vendor, unsequenced } from './vendor.ts';

const MODEL = 'gpt-5-mini';
const ID = 'resp_0conformance';
const ENCRYPTED = 'gAAAAABConformance==';

const KNOWN =
  'model input instructions previous_response_id conversation store background include max_output_tokens ' +
  'max_tool_calls temperature top_p top_logprobs parallel_tool_calls tools tool_choice text reasoning truncation ' +
  'context_management prompt prompt_cache_key prompt_cache_options service_tier safety_identifier user metadata ' +
  'moderation stream stream_options';

/** Reference §2.2. */
export const responsesVendor: Omit<Vendor, 'config' | 'dialects'> = {
  name: 'openai',
  model: MODEL,
  isStream: ({ body }) => body['stream'] === true,
  streamType: 'text/event-stream; charset=utf-8',
  plain: (answer, { body }) => JSON.stringify(response(answer, { asked: body, output: itemsOf(answer) })),
  stream: (answer, { body }) => events(answer, body),
  error: chatError,
  streamError: (message) =>
    namedSse('error', {
      type: 'error',
      sequence_number: 9,
      error: { type: 'server_error', code: 'server_error', message, param: null },
    }),
  tells: (answer) => ({ ...unsequenced(answer), stop: answer.stop === 'stop_sequence' ? 'end' : answer.stop }),
  complaint: ({ body }) => {
    const thoughts = [body['input']].flat().filter((item) => JSON.stringify(item).includes('"type":"reasoning"'));
    const known = (item: unknown): boolean => JSON.stringify(item).includes(ENCRYPTED);
    return thoughts.every(known) ? unknownMembers(body, KNOWN) : 'Item with this id not found';
  },
};

type Item = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

function itemsOf(answer: Answer): Item[] {
  const { reasoning, text, refusal } = answer;
  const part =
    refusal === undefined ? { type: 'output_text', text, annotations: [], logprobs: [] } : { type: 'refusal', refusal };
  const message = { type: 'message', id: 'msg_0conformance', status: 'completed', role: 'assistant', content: [part] };
  const thought = {
    type: 'reasoning',
    id: 'rs_0conformance',
    summary: [{ type: 'summary_text', text: reasoning }],
    encrypted_content: ENCRYPTED,
  };
  return [
    ...(reasoning === undefined ? [] : [thought]),
    ...(text === undefined && refusal === undefined ? [] : [message]),
    ...callsOf(answer).map(({ at, name, args }) => ({
      type: 'function_call',
      id: `fc_0conformance${at}`,
      call_id: `call_Conf0rm4nce${at}abcdefgh`,
      name,
      arguments: JSON.stringify(args),
      status: 'completed',
    })),
  ];
}

function response(answer: Answer, { asked, output }: { asked: JsonObject; output: readonly Item[] }): JsonObject {
  const reason = REASONS[answer.stop];
  return {
    ...echo(asked),
    status: reason === undefined ? 'completed' : 'incomplete',
    completed_at: reason === undefined ? CREATED + 2 : null,
    incomplete_details: reason === undefined ? null : { reason },
    output,
    usage: usage(answer),
  };
}

const REASONS: Readonly<Partial<Record<Answer['stop'], string>>> = {
  length: 'max_output_tokens',
  content_filter: 'content_filter',
};

function echo(asked: JsonObject): JsonObject {
  return {
    id: ID,
    object: 'response',
    created_at: CREATED,
    status: 'in_progress',
    background: false,
    completed_at: null,
    error: null,
    incomplete_details: null,
    instructions: asked['instructions'] ?? null,
    max_output_tokens: asked['max_output_tokens'] ?? null,
    model: `${MODEL}-2026-08-07`,
    output: [],
    parallel_tool_calls: asked['parallel_tool_calls'] ?? true,
    previous_response_id: null,
    reasoning: { effort: 'medium', summary: null },
    service_tier: 'default',
    store: asked['store'] ?? true,
    temperature: 1,
    text: { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: asked['tool_choice'] ?? 'auto',
    tools: asked['tools'] ?? [],
    top_p: 1,
    truncation: 'disabled',
    usage: null,
    user: null,
    metadata: {},
  };
}

function events(answer: Answer, asked: JsonObject): string[] {
  const records: string[] = [];
  const say = (type: string, data: object): void => {
    records.push(namedSse(type, { type, sequence_number: records.length, ...data }));
  };
  say('response.created', { response: echo(asked) });
  say('response.in_progress', { response: echo(asked) });
  const output = itemsOf(answer);
  output.forEach((item, at) => {
    say('response.output_item.added', { output_index: at, item: opened(item) });
    sayInside(item, (type, data) => say(type, { item_id: item.id, output_index: at, ...data }));
    say('response.output_item.done', { output_index: at, item });
  });
  const whole = response(answer, { asked, output });
  say(`response.${String(whole['status'])}`, { response: whole });
  return records;
}

function opened(item: Item): JsonObject {
  if (item.type === 'reasoning') return { ...item, summary: [], encrypted_content: 'gAAAAAB' };
  const empty = item.type === 'message' ? { content: [] } : { arguments: '' };
  return { ...item, status: 'in_progress', ...empty };
}

type Sayer = (type: string, data: object) => void;

function sayInside(item: Item, say: Sayer): void {
  if (item.type === 'function_call') {
    const whole = String(item['arguments']);
    for (const delta of pieces(whole)) say('response.function_call_arguments.delta', { delta, obfuscation: 'a' });
    say('response.function_call_arguments.done', { name: item['name'], arguments: whole });
    return;
  }
  const part = firstPart(item);
  if (part === undefined) return;
  if (item.type === 'reasoning') sayPart(part, { say, part: 'reasoning_summary_part', text: 'reasoning_summary_text' });
  else sayPart(part, { say, part: 'content_part', text: part['type'] === 'refusal' ? 'refusal' : 'output_text' });
}

function firstPart(item: Item): JsonObject | undefined {
  const parts: unknown = item['summary'] ?? item['content'];
  return Array.isArray(parts) ? parts[0] : undefined;
}

interface PartNames {
  readonly say: Sayer;
  readonly part: 'reasoning_summary_part' | 'content_part';
  readonly text: 'reasoning_summary_text' | 'refusal' | 'output_text';
}

function sayPart(part: JsonObject, { say, part: name, text }: PartNames): void {
  const member = text === 'refusal' ? 'refusal' : 'text';
  const index = name === 'content_part' ? { content_index: 0 } : { summary_index: 0 };
  const logprobs = text === 'output_text' ? { logprobs: [] } : {};
  const whole = String(part[member]);
  say(`response.${name}.added`, { ...index, part: { ...part, [member]: '' } });
  for (const delta of pieces(whole)) say(`response.${text}.delta`, { ...index, delta, ...logprobs, obfuscation: 'a' });
  say(`response.${text}.done`, { ...index, [member]: whole, ...logprobs });
  say(`response.${name}.done`, { ...index, part });
}

function usage({ usage: { input, cached, output, reasoning } }: Answer): object {
  return {
    input_tokens: input + cached,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output + reasoning,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + cached + output + reasoning,
  };
}
