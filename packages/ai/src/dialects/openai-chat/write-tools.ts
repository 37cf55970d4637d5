import type { Tool, ToolChoice } from '../../canonical/chat-request.ts';
import { fitSchema } from '../../canonical/fit-schema.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { present } from '../chat-shaped/present.ts';
import { drops, type WriteContext } from './write-context.ts';

/** Tools, the choice among them, and what belongs to them; nothing when there are no tools (reference T14). */
export function writeTools(context: WriteContext): JsonFields {
  const { request, rules, losses } = context;
  const { tools, toolChoice, parallelTools } = request;
  if (tools.length === 0) return {};
  if (drops(context, 'tools')) return withoutTools(context);
  const choice = rules.allowedTools === false && toolChoice?.mode === 'allowed' ? undefined : toolChoice;
  if (choice !== toolChoice) losses.add('emulated', 'tool_choice');
  const offered = choice === toolChoice ? tools : tools.filter(({ name }) => isAllowed(name, toolChoice));
  const written = offered.map((tool) => writeTool(tool, context)).filter((tool) => tool !== undefined);
  const search = offered.find(({ hosted }) => hosted?.definition['web_search_options'] !== undefined);
  const needed = toolChoice?.mode === 'allowed' && toolChoice.required && choice === undefined;
  return {
    ...(written.length > 0 && {
      tools: written,
      ...present({
        tool_choice: needed ? 'required' : writeChoice(choice, context),
        parallel_tool_calls: parallelTools,
      }),
    }),
    ...search?.hosted?.definition,
  };
}

function isAllowed(name: string, choice: ToolChoice | undefined): boolean {
  return choice?.mode !== 'allowed' || choice.names.includes(name);
}

/** A model that must call one and cannot, or whose history is full of calls, would answer something else. */
function withoutTools({ request, losses }: WriteContext): JsonFields {
  const { toolChoice, turns } = request;
  const called = turns.some(({ blocks }) => blocks.some(({ type }) => type === 'tool_call'));
  if (called || (toolChoice !== undefined && toolChoice.mode !== 'auto' && toolChoice.mode !== 'none')) {
    throw new Untranslatable('The provider of this model knows no tools.', 'tools');
  }
  if (toolChoice?.mode !== 'none') losses.add('dropped', 'tools');
  return {};
}

/** Undefined for what is written elsewhere. */
function writeTool(tool: Tool, context: WriteContext): JsonFields | undefined {
  const { rules, losses, names, marks } = context;
  const { kind, hosted, description } = tool;
  if (kind === 'hosted') {
    if (hosted?.dialect !== 'openai-chat') {
      throw new Untranslatable(`The tool '${tool.name}' runs at another vendor only.`, 'tools');
    }
    return hosted.definition['web_search_options'] === undefined ? hosted.definition : undefined;
  }
  const head = { name: names.toWire(tool.name), ...present({ description }) };
  const marked = marks.members(tool.cache);
  if (kind === 'custom' && rules.customTools !== false)
    return { type: 'custom', custom: { ...head, ...formatOf(tool) }, ...marked };
  if (kind === 'custom') losses.add('emulated', 'custom_tool');
  const definition = kind === 'custom' ? freeText(tool) : functionMembers(tool, context);
  return { type: 'function', function: { ...head, ...definition }, ...marked };
}

/** Only OpenAI's own schemas are known to be closed where strictness asks for it. */
function functionMembers({ schema, strict }: Tool, context: WriteContext): JsonFields {
  const { request, rules, losses } = context;
  const closed = strict === true && !request.dialect.startsWith('openai-');
  const parameters = fitSchema(
    schema,
    { ...rules.schemas, ...(closed && { closed }) },
    { losses, where: 'tools', tool: true },
  );
  return { parameters, ...strictness(strict, context) };
}

/** Where nobody knows the word, a schema is a wish. */
export function strictness(strict: boolean | undefined, context: WriteContext): JsonFields {
  if (strict === undefined) return {};
  if (!drops(context, 'strict')) return { strict };
  if (strict) context.losses.add('dropped', 'strict');
  return {};
}

function formatOf({ grammar }: Tool): JsonFields {
  return grammar === undefined ? {} : { format: { type: 'grammar', grammar } };
}

function freeText({ grammar }: Tool): JsonFields {
  const about = grammar === undefined ? {} : { description: `Text of this grammar: ${JSON.stringify(grammar)}` };
  return {
    parameters: {
      type: 'object',
      properties: { input: { type: 'string', ...about } },
      required: ['input'],
      additionalProperties: false,
    },
  };
}

function writeChoice(choice: ToolChoice | undefined, context: WriteContext): Json | undefined {
  if (choice === undefined) return undefined;
  if (choice.mode === 'named') return nameTool(choice.name, context);
  if (choice.mode !== 'allowed') return choice.mode;
  const tools = choice.names.map((name) => nameTool(name, context));
  return { type: 'allowed_tools', allowed_tools: { mode: choice.required ? 'required' : 'auto', tools } };
}

function nameTool(name: string, { request, rules, names }: WriteContext): JsonFields {
  const custom =
    rules.customTools !== false && request.tools.some((tool) => tool.kind === 'custom' && tool.name === name);
  const named = { name: names.toWire(name) };
  return custom ? { type: 'custom', custom: named } : { type: 'function', function: named };
}
