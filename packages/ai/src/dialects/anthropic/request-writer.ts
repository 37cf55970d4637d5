import type { ChatRequest } from '../../canonical/chat-request.ts';
import type { Target } from '../../canonical/dialect.ts';
import { isJsonFields, type JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import { answerTool } from './answer-tool.ts';
import { JSON_INSTRUCTION, writeFormat } from './answer-format.ts';
import { extOf } from './block-ext.ts';
import { writeMark } from './cache-mark.ts';
import { CacheMarks } from './cache-marks.ts';
import { CallIds } from './call-ids.ts';
import { planCall, toolNames, type CallPlan } from './call-plan.ts';
import { nameLosses } from './lost-members.ts';
import { shapeMessages } from './message-shape.ts';
import { isNestedName } from './named-extras.ts';
import { writeMessages } from './write-blocks.ts';
import { writeTools } from './write-tools.ts';

/** The members of a call of `POST /v1/messages`. */
export function requestFields(request: ChatRequest, target: Target, losses: Losses): JsonFields {
  nameLosses(request, losses);
  const plan = planCall(request, target, losses);
  const prompt = writePrompt(request, { target, plan, losses });
  const fields: JsonFields = {
    ...ownExt(request),
    model: target.model,
    max_tokens: plan.thinking.maxTokens,
    ...(target.stream && { stream: true }),
    ...prompt,
    ...(plan.thinking.thinking !== undefined && { thinking: plan.thinking.thinking }),
    ...writeConfig(request, { target, plan, losses }),
    ...plan.sampling,
    ...writeStop(request, losses),
    ...writeService(request),
  };
  return withoutDrops(fields, target, losses);
}

/** The members of a call of `POST /v1/messages/count_tokens`, which knows those that make up the prompt. */
export function countFields(request: ChatRequest, target: Target, losses: Losses): JsonFields {
  const fields = requestFields(request, target, losses);
  return Object.fromEntries(Object.entries(fields).filter(([name]) => COUNTED.has(name)));
}

const COUNTED: ReadonlySet<string> = new Set([
  'cache_control',
  'context_management',
  'mcp_servers',
  'messages',
  'model',
  'output_config',
  'speed',
  'system',
  'thinking',
  'tool_choice',
  'tools',
]);

interface Context {
  readonly target: Target;
  readonly plan: CallPlan;
  readonly losses: Losses;
}

/** What the model reads, in the order in which it is cached. */
function writePrompt(request: ChatRequest, { target, plan, losses }: Context): JsonFields {
  const turns = shapeMessages(request, target, losses);
  const marks = new CacheMarks(request, turns, losses);
  const names = toolNames(request, target);
  const { auto } = request.cache;
  return {
    ...(auto !== undefined && { cache_control: writeMark(auto) }),
    ...writeTools(request, { target, plan, names, marks, losses }),
    ...writeSystem(request, { marks, losses }),
    messages: writeMessages(turns, { names, ids: new CallIds(turns), marks, losses }),
  };
}

function writeSystem(request: ChatRequest, { marks, losses }: { marks: CacheMarks; losses: Losses }): JsonFields {
  const blocks: JsonFields[] = request.instructions
    .filter(({ text }) => /\S/.test(text))
    .map((one) => ({ ...extOf(one, 'members'), type: 'text', text: one.text, ...marks.of(one) }));
  if (request.output.format?.kind === 'json') {
    losses.add('emulated', 'response_format');
    blocks.push({ type: 'text', text: JSON_INSTRUCTION });
  }
  return blocks.length === 0 ? {} : { system: blocks };
}

/** What the caller said there that has no canonical place stays. */
function writeConfig(request: ChatRequest, { target, plan, losses }: Context): JsonFields {
  const own = request.ext.anthropic?.['output_config'];
  const format = answerTool(request, target) === undefined ? writeFormat(request, losses) : undefined;
  const { effort } = plan.thinking;
  const config = {
    ...(isJsonFields(own) && own),
    ...(effort !== undefined && { effort }),
    ...(format !== undefined && { format }),
  };
  return Object.keys(config).length === 0 ? {} : { output_config: config };
}

function writeStop({ sampling }: ChatRequest, losses: Losses): JsonFields {
  const wanted = sampling.stop ?? [];
  const said = wanted.filter((sequence) => /\S/.test(sequence));
  if (said.length < wanted.length) losses.add('dropped', 'stop');
  return said.length === 0 ? {} : { stop_sequences: said };
}

function writeService({ tier, endUser, state, ext }: ChatRequest): JsonFields {
  const own = ext.anthropic?.['metadata'];
  const metadata = { ...(isJsonFields(own) && own), ...(endUser !== undefined && { user_id: endUser }) };
  return {
    ...(tier === 'auto' && { service_tier: 'auto' }),
    ...(tier === 'default' && { service_tier: 'standard_only' }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...state,
  };
}

/** Members of this dialect that only it knows, but for those that are woven into others. */
function ownExt({ ext }: ChatRequest): JsonFields {
  const members = Object.entries(ext.anthropic ?? {});
  return Object.fromEntries(members.filter(([name]) => !WOVEN.has(name) && !isNestedName(name)));
}

const WOVEN: ReadonlySet<string> = new Set(['metadata', 'output_config', 'thinking']);

function withoutDrops(fields: JsonFields, { rules }: Target, losses: Losses): JsonFields {
  const drops = new Set(rules.drops);
  for (const name of Object.keys(fields)) if (drops.has(name)) losses.add('dropped', name);
  return drops.size === 0 ? fields : Object.fromEntries(Object.entries(fields).filter(([name]) => !drops.has(name)));
}
