import type { ChatRequest, Tool } from '../../canonical/chat-request.ts';
import type { Target } from '../../canonical/dialect.ts';
import { fitSchema } from '../../canonical/fit-schema.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import type { WireNames } from '../../canonical/wire-names.ts';
import { answerTool, type AnswerTool } from './answer-tool.ts';
import { extOf } from './block-ext.ts';
import type { CacheMarks } from './cache-marks.ts';
import type { CallPlan } from './call-plan.ts';
import { CUSTOM_INPUT } from './tool-input.ts';

export interface ToolContext {
  readonly target: Target;
  readonly plan: CallPlan;
  readonly names: WireNames;
  readonly marks: CacheMarks;
  readonly losses: Losses;
}

/** `tools` and `tool_choice`. */
export function writeTools(request: ChatRequest, context: ToolContext): JsonFields {
  const answer = answerTool(request, context.target);
  const tools = offered(request, context.losses).map((tool) => writeTool(tool, request, context));
  if (answer !== undefined) {
    context.losses.add('emulated', 'response_format');
    return withAnswer(tools, answer, { request, context });
  }
  if (tools.length > 0) return { tools, ...writeChoice(request, context) };
  const chosen = request.toolChoice?.mode ?? 'auto';
  if (chosen !== 'auto' && chosen !== 'none') context.losses.add('dropped', 'tool_choice');
  const past = stubs(request, context.names);
  if (past.length === 0) return {};
  context.losses.add('emulated', 'tools');
  return { tools: past, tool_choice: { type: 'none' } };
}

function offered({ tools, toolChoice }: ChatRequest, losses: Losses): readonly Tool[] {
  if (toolChoice?.mode !== 'allowed') return tools;
  losses.add('emulated', 'tool_choice');
  const allowed = new Set(toolChoice.names);
  return tools.filter(({ name }) => allowed.has(name));
}

function writeTool(tool: Tool, request: ChatRequest, context: ToolContext): JsonFields {
  const { names, marks, losses, plan } = context;
  if (tool.kind === 'hosted') return { ...hostedDefinition(tool), ...marks.of(tool) };
  if (tool.kind === 'custom') losses.add('emulated', 'custom_tool');
  if (tool.grammar !== undefined) losses.add('dropped', 'grammar');
  if (tool.strict === true && !plan.rules.schemas) losses.add('dropped', 'strict');
  const { description } = tool;
  return {
    ...extOf(tool, 'members'),
    name: names.toWire(tool.name),
    ...(description !== undefined && description !== '' && { description }),
    input_schema: tool.kind === 'custom' ? CUSTOM_SCHEMA : schemaOf(tool, request, losses),
    ...(tool.strict === true && plan.rules.schemas && { strict: true }),
    ...marks.of(tool),
  };
}

function hostedDefinition({ hosted, name }: Tool): JsonFields {
  if (hosted?.dialect !== 'anthropic') {
    throw new Untranslatable(`The tool '${name}' runs at another vendor and cannot be offered to this model.`, 'tools');
  }
  const { cache_control: _, ...definition } = hosted.definition;
  return definition;
}

const CUSTOM_SCHEMA: JsonFields = {
  type: 'object',
  properties: { [CUSTOM_INPUT]: { type: 'string' } },
  required: [CUSTOM_INPUT],
};

/** A caller of this dialect wrote its schemas for it. */
function schemaOf({ schema }: Tool, { dialect }: ChatRequest, losses: Losses): JsonFields {
  if (dialect === 'anthropic' && schema !== undefined) return schema;
  return fitSchema(schema, {}, { losses, where: 'tools', tool: true });
}

function writeChoice(request: ChatRequest, { plan, names, losses }: ToolContext): JsonFields {
  const { toolChoice, parallelTools } = request;
  const serial = parallelTools === false && { disable_parallel_tool_use: true };
  const wanted = wantedChoice(toolChoice, names);
  if (wanted === undefined) return serial === false ? {} : { tool_choice: { type: 'auto', ...serial } };
  if (wanted['type'] === 'none') return { tool_choice: wanted };
  if (wanted['type'] !== 'auto' && !mayForce(plan)) {
    losses.add('dropped', 'tool_choice');
    return { tool_choice: { type: 'auto', ...serial } };
  }
  return { tool_choice: { ...wanted, ...serial } };
}

function wantedChoice(choice: ChatRequest['toolChoice'], names: WireNames): JsonFields | undefined {
  if (choice === undefined) return undefined;
  switch (choice.mode) {
    case 'auto':
    case 'none':
      return { type: choice.mode };
    case 'required':
      return { type: 'any' };
    case 'named':
      return { type: 'tool', name: names.toWire(choice.name) };
    case 'allowed':
      break;
  }
  return { type: choice.required ? 'any' : 'auto' };
}

function mayForce({ rules, thinking }: CallPlan): boolean {
  if (rules.forcedTool === 'no' || thinking.state === 'manual') return false;
  return rules.forcedTool === 'yes' || thinking.state !== 'adaptive';
}

interface AnswerPlace {
  readonly request: ChatRequest;
  readonly context: ToolContext;
}

function withAnswer(tools: readonly JsonFields[], answer: AnswerTool, { request, context }: AnswerPlace): JsonFields {
  const { name, description, schema } = answer;
  const fitted = fitSchema(schema, {}, { losses: context.losses, where: 'response_format', tool: true });
  const alone = tools.length === 0 || request.toolChoice?.mode === 'none';
  const forced = alone ? { type: 'tool', name } : { type: 'any' };
  const serial = request.parallelTools === false && { disable_parallel_tool_use: true };
  return {
    tools: [...tools, { name, description, input_schema: fitted }],
    tool_choice: { ...(mayForce(context.plan) ? forced : { type: 'auto' }), ...serial },
  };
}

/** A history with calls needs definitions, though the caller offers no tools any more. */
function stubs({ turns, dialect }: ChatRequest, names: WireNames): JsonFields[] {
  if (dialect === 'anthropic') return [];
  const called = turns.flatMap(({ blocks }) => blocks.flatMap((one) => (one.type === 'tool_call' ? one.name : [])));
  return [...new Set(called)].map((name) => ({ name: names.toWire(name), input_schema: { type: 'object' } }));
}
