import type { ChatRequest, ReasoningWish, Sampling, Tool, ToolChoice } from '../../canonical/chat-request.ts';
import type { CallFacts } from '../../canonical/dialect.ts';
import type { Json } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { fieldsOf, Members } from '../chat-shaped/members.ts';
import { present } from '../chat-shaped/present.ts';
import { readMessages } from './read-messages.ts';

/** A call of `/v2/chat` in the canonical form. */
export function readCohereRequest(body: Json, facts: CallFacts): ChatRequest {
  const fields = fieldsOf(body);
  if (fields === undefined) throw new Untranslatable('invalid request: the body must be a JSON object.');
  const request = new Members(fields);
  const model = facts.model ?? request.name('model');
  const stream = request.flag('stream') ?? facts.stream ?? false;
  const { instructions, turns, unknown } = readMessages(request);
  const known = {
    dialect: 'cohere',
    model,
    stream,
    instructions,
    turns,
    tools: readTools(request),
    sampling: readSampling(request),
    output: present({ format: readFormat(request) }),
    cache: {},
    includeUsage: true,
    ...present({
      toolChoice: readToolChoice(request),
      maxOutputTokens: request.count('max_tokens'),
      logprobs: request.flag('logprobs') === true ? { top: 0 } : undefined,
      reasoning: readThinking(request),
    }),
  } as const;
  request.value('model');
  const rest = { ...request.rest(), ...unknown };
  return { ...known, ext: Object.keys(rest).length === 0 ? {} : { cohere: rest } };
}

function readTools(request: Members): Tool[] {
  const strict = request.flag('strict_tools') === true && { strict: true };
  return request.each('tools').map((tool) => {
    const definition = tool.inside('function') ?? tool.refuse('function', 'must be an object');
    return {
      kind: 'function',
      name: definition.name('name'),
      ...present({ description: definition.text('description'), schema: definition.fields('parameters') }),
      ...strict,
    };
  });
}

function readToolChoice(request: Members): ToolChoice | undefined {
  const choice = request.text('tool_choice')?.toUpperCase();
  if (choice === undefined) return undefined;
  if (choice === 'REQUIRED') return { mode: 'required' };
  return choice === 'NONE' ? { mode: 'none' } : request.refuse('tool_choice', "must be 'REQUIRED' or 'NONE'");
}

function readSampling(request: Members): Sampling {
  const stop = request.list('stop_sequences')?.map((text) => {
    return typeof text === 'string' ? text : request.refuse('stop_sequences', 'must hold strings');
  });
  return present({
    temperature: request.number('temperature'),
    topP: request.number('p'),
    topK: request.count('k'),
    seed: request.number('seed'),
    frequencyPenalty: request.number('frequency_penalty'),
    presencePenalty: request.number('presence_penalty'),
    stop: stop?.length === 0 ? undefined : stop,
  });
}

function readFormat(request: Members): ChatRequest['output']['format'] {
  const format = request.inside('response_format');
  const type = format?.text('type');
  if (format === undefined || type === undefined || type === 'text') return undefined;
  if (type !== 'json_object') return format.refuse('type', "must be 'text' or 'json_object'");
  const schema = format.fields('json_schema') ?? format.fields('schema');
  return schema === undefined ? { kind: 'json' } : { kind: 'schema', schema };
}

function readThinking(request: Members): ReasoningWish | undefined {
  const thinking = request.inside('thinking');
  if (thinking === undefined) return undefined;
  const budgetTokens = thinking.count('token_budget', 1);
  const type = thinking.text('type');
  if (type === 'disabled') return { mode: 'off' };
  if (type !== 'enabled') return thinking.refuse('type', "must be 'enabled' or 'disabled'");
  return budgetTokens === undefined ? { mode: 'auto' } : { mode: 'budget', budgetTokens };
}
