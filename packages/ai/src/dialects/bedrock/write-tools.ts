import type { ChatRequest, Tool, ToolChoice, Turn } from '../../canonical/chat-request.ts';
import { fitSchema } from '../../canonical/fit-schema.ts';
import { isJsonFields, type JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { CUSTOM_INPUT } from './object-input.ts';
import { recall } from './wire-memory.ts';
import type { Writing } from './write-blocks.ts';

export interface ToolWish {
  readonly request: ChatRequest;
  /** As they go out. */
  readonly turns: readonly Turn[];
  /** False where the model, or its thinking, does not let itself be forced. */
  readonly mayForce: boolean;
  readonly mayBeStrict: boolean;
}

/** Undefined when there is nothing to say: Bedrock has no choice of `none`, and no list without tools. */
export function writeToolConfig(wish: ToolWish, writing: Writing): JsonFields | undefined {
  const { request } = wish;
  const choice = request.toolChoice;
  const tools = choice?.mode === 'none' ? [] : offered(request, writing);
  if (tools.length === 0) return stubConfig(wish, writing);
  const toolChoice = writeChoice(choice, wish.mayForce, writing);
  return {
    ...extToolConfig(request, writing),
    tools: tools.flatMap((tool) => [
      writeTool(strictly(tool, wish, writing), writing),
      ...writing.cache.behind(tool.cache),
    ]),
    ...(toolChoice !== undefined && { toolChoice }),
  };
}

function strictly(tool: Tool, { mayBeStrict }: ToolWish, { losses }: Writing): Tool {
  if (mayBeStrict || tool.strict !== true) return tool;
  losses.add('dropped', 'strict');
  return { ...tool, strict: false };
}

function extToolConfig({ ext }: ChatRequest, { own }: Writing): JsonFields {
  const rest = own ? ext.bedrock?.['toolConfig'] : undefined;
  return isJsonFields(rest) ? rest : {};
}

function offered({ tools, toolChoice }: ChatRequest, { losses }: Writing): readonly Tool[] {
  if (toolChoice?.mode !== 'allowed') return tools;
  losses.add('emulated', 'tool_choice');
  return tools.filter(({ name }) => toolChoice.names.includes(name));
}

/** A history with calls is refused without definitions, so tools that are no longer on offer get a bare one. */
function stubConfig({ request, turns }: ToolWish, { names, losses }: Writing): JsonFields | undefined {
  const called = new Set(
    turns.flatMap(({ blocks }) => blocks.flatMap((block) => (block.type === 'tool_call' ? [block.name] : []))),
  );
  if (called.size === 0 && !turns.some(({ blocks }) => blocks.some(({ type }) => type === 'tool_result'))) {
    return undefined;
  }
  losses.add('emulated', request.toolChoice?.mode === 'none' ? 'tool_choice' : 'tools');
  const stubs = called.size === 0 ? ['unavailable'] : [...called];
  return { tools: stubs.map((name) => ({ toolSpec: { name: names.toWire(name), ...STUB } })) };
}

const STUB = { description: 'No longer available; do not call it.', inputSchema: { json: { type: 'object' } } };

function writeTool(tool: Tool, writing: Writing): JsonFields {
  const wire = writing.own ? recall(tool) : undefined;
  if (wire !== undefined) return wire;
  if (tool.hosted?.dialect === 'bedrock') return tool.hosted.definition;
  if (tool.kind === 'hosted') {
    throw new Untranslatable('Bedrock cannot run a tool that another vendor hosts.', 'tools');
  }
  const { description, strict } = tool;
  return {
    toolSpec: {
      name: writing.names.toWire(tool.name),
      ...(description !== undefined && /\S/.test(description) && { description }),
      inputSchema: { json: tool.kind === 'custom' ? customSchema(tool, writing) : functionSchema(tool, writing) },
      ...(strict === true && { strict }),
    },
  };
}

function functionSchema({ schema, strict }: Tool, { losses }: Writing): JsonFields {
  return fitSchema(schema, { closed: strict === true }, { losses, where: 'tools', tool: true });
}

/** Its grammar can only be told. */
function customSchema({ grammar }: Tool, { losses }: Writing): JsonFields {
  losses.add('emulated', 'custom_tool');
  const told = grammar === undefined ? '' : `, in the grammar ${JSON.stringify(grammar)}`;
  return {
    type: 'object',
    properties: { [CUSTOM_INPUT]: { type: 'string', description: `The tool's free text${told}` } },
    required: [CUSTOM_INPUT],
    additionalProperties: false,
  };
}

/** Left to the model is the default, and not all models know the member. */
function writeChoice(choice: ToolChoice | undefined, mayForce: boolean, writing: Writing): JsonFields | undefined {
  const forced =
    choice?.mode === 'required' || choice?.mode === 'named' || (choice?.mode === 'allowed' && choice.required);
  if (choice === undefined || !forced) return choice?.mode === 'auto' && writing.own ? { auto: {} } : undefined;
  if (!mayForce) {
    writing.losses.add('dropped', 'tool_choice');
    return undefined;
  }
  return choice.mode === 'named' ? { tool: { name: writing.names.toWire(choice.name) } } : { any: {} };
}
