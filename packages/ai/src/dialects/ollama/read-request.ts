import type { ChatRequest, ReasoningWish, Sampling, Tool } from '../../canonical/chat-request.ts';
import type { CallFacts } from '../../canonical/dialect.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { fieldsOf, Members } from '../chat-shaped/members.ts';
import { present } from '../chat-shaped/present.ts';
import { readMessages } from './read-messages.ts';
import { OPTIONS } from './write-request.ts';

/** A call of `/api/chat` in the canonical form. */
export function readOllamaRequest(body: Json, facts: CallFacts): ChatRequest {
  const fields = fieldsOf(body);
  if (fields === undefined) throw new Untranslatable('the request body must be a JSON object');
  const request = new Members(fields);
  const model = facts.model ?? request.name('model');
  const stream = request.flag('stream') ?? facts.stream ?? true;
  const { instructions, turns, unknown } = readMessages(request);
  const { sampling, maxOutputTokens, rest: options } = readOptions(request);
  const { tools, unknown: unknownOfTools } = readTools(request);
  const known = {
    dialect: 'ollama',
    model,
    stream,
    instructions,
    turns,
    tools,
    sampling,
    output: present({ format: readFormat(request) }),
    cache: {},
    includeUsage: true,
    ...present({ maxOutputTokens, logprobs: readLogprobs(request), reasoning: readThink(request) }),
  } as const;
  request.value('model');
  const rest = { ...request.rest(), ...options, ...unknown, ...unknownOfTools };
  return { ...known, ext: Object.keys(rest).length === 0 ? {} : { ollama: rest } };
}

function readTools(request: Members): { readonly tools: Tool[]; readonly unknown: JsonFields } {
  const unknown = new Map<string, Json>();
  const tools = request.each('tools').map((tool): Tool => {
    tool.value('type');
    const definition = tool.inside('function') ?? tool.refuse('function', 'must be an object');
    definition.value('type');
    const read: Tool = {
      kind: 'function',
      name: definition.name('name'),
      ...present({ description: definition.text('description'), schema: definition.fields('parameters') }),
    };
    for (const [name, value] of Object.entries({ ...tool.rest(), ...definition.rest() }))
      unknown.set(`tools.${name}`, value);
    return read;
  });
  return { tools, unknown: Object.fromEntries(unknown) };
}

function readFormat(request: Members): ChatRequest['output']['format'] {
  const format = request.value('format');
  if (format === undefined || format === '') return undefined;
  if (format === 'json') return { kind: 'json' };
  return { kind: 'schema', schema: fieldsOf(format) ?? request.refuse('format', "must be 'json' or a JSON schema") };
}

function readThink(request: Members): ReasoningWish | undefined {
  const think = request.value('think');
  if (think === undefined) return undefined;
  if (think === true) return { mode: 'auto' };
  if (think === false) return { mode: 'off' };
  if (think === 'low' || think === 'medium' || think === 'high' || think === 'max')
    return { mode: 'effort', effort: think };
  return request.refuse('think', "must be true, false, 'low', 'medium', 'high' or 'max'");
}

function readLogprobs(request: Members): ChatRequest['logprobs'] {
  const top = request.count('top_logprobs');
  return request.flag('logprobs') === true ? { top: top ?? 0 } : undefined;
}

interface ReadOptions {
  readonly sampling: Sampling;
  readonly maxOutputTokens: number | undefined;
  readonly rest: JsonFields;
}

/** What is only about how the server runs the model stays under names such as `options.num_ctx`. */
function readOptions(request: Members): ReadOptions {
  const options = request.inside('options') ?? new Members({});
  const sampling = present({
    temperature: options.number('temperature'),
    topP: options.number('top_p'),
    topK: options.number('top_k'),
    minP: options.number('min_p'),
    seed: options.number('seed'),
    frequencyPenalty: options.number('frequency_penalty'),
    presencePenalty: options.number('presence_penalty'),
    stop: readStop(options),
  });
  const limit = options.number('num_predict');
  const limited = limit !== undefined && limit >= 0;
  const rest = { ...options.rest(), ...(limit !== undefined && !limited && { num_predict: limit }) };
  const named = Object.entries(rest).map(([name, value]) => [`${OPTIONS}${name}`, value] as const);
  return { sampling, maxOutputTokens: limited ? limit : undefined, rest: Object.fromEntries(named) };
}

function readStop(options: Members): readonly string[] | undefined {
  const stop = options.value('stop');
  const texts = typeof stop === 'string' ? [stop] : (options.list('stop') ?? []);
  const said = texts.map((text) => (typeof text === 'string' ? text : options.refuse('stop', 'must hold strings')));
  const filled = said.filter((text) => text !== '');
  return filled.length === 0 ? undefined : filled;
}
