import type { ChatRequest, Tool, ToolChoice } from '../../canonical/chat-request.ts';
import { fitSchema, type SchemaRule } from '../../canonical/fit-schema.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import type { WireNames } from '../../canonical/wire-names.ts';
import { nativesOf } from './natives.ts';

interface Writing {
  readonly names: WireNames;
  readonly losses: Losses;
  /** The schemas are of a caller who knows what Google takes. */
  readonly native: boolean;
}

export function writeTools({ tools, dialect }: ChatRequest, names: WireNames, losses: Losses): readonly JsonFields[] {
  const writing = { names, losses, native: dialect === 'gemini' };
  const functions = tools.filter(({ kind }) => kind !== 'hosted').map((tool) => writeFunction(tool, writing));
  const hosted = tools.filter(({ kind }) => kind === 'hosted').map(writeHosted);
  return [...(functions.length === 0 ? [] : [{ functionDeclarations: functions }]), ...hosted];
}

function writeHosted({ name, hosted }: Tool): JsonFields {
  if (hosted?.dialect === 'gemini') return hosted.definition;
  throw new Untranslatable(`The tool ${JSON.stringify(name)} runs at another vendor, not at this model's.`, 'tools');
}

function writeFunction(tool: Tool, { names, losses, native }: Writing): JsonFields {
  if (tool.cache !== undefined) losses.add('dropped', 'cache_control');
  if (tool.strict === true) losses.add('dropped', 'strict');
  const description = tool.kind === 'custom' ? describeCustom(tool, losses) : tool.description;
  const schema = tool.kind === 'custom' ? FREE_TEXT : native ? tool.schema : fitParameters(tool, losses);
  return {
    name: names.toWire(tool.name),
    ...(description !== undefined && { description }),
    ...(schema !== undefined && { parametersJsonSchema: schema }),
    ...nativesOf(tool),
  };
}

/** A function without parameters needs no schema, and some models refuse an object without properties. */
function fitParameters({ schema }: Tool, losses: Losses): JsonFields | undefined {
  const empty = schema === undefined || Object.entries(schema).every(([keyword, value]) => saysNothing(keyword, value));
  return empty ? undefined : fitSchema(schema, SCHEMA_RULE, { losses, where: 'tools', tool: true });
}

function saysNothing(keyword: string, value: Json): boolean {
  if (keyword === 'type') return value === 'object';
  if (keyword === '$schema' || keyword === 'additionalProperties') return typeof value !== 'object';
  if (keyword === 'properties' || keyword === 'required') return Object.keys(value ?? {}).length === 0;
  return false;
}

/** What Google says in other words. Keywords that it does not know are ignored there. */
export const SCHEMA_RULE: SchemaRule = { drops: ['const', 'nullable'] };

const FREE_TEXT: JsonFields = {
  type: 'object',
  properties: { input: { type: 'string', description: 'The whole input of the tool, as free text.' } },
  required: ['input'],
};

function describeCustom({ description, grammar }: Tool, losses: Losses): string | undefined {
  losses.add('emulated', 'custom_tool');
  if (grammar === undefined) return description;
  return `${description === undefined ? '' : `${description}\n`}The input must follow this grammar: ${JSON.stringify(grammar)}`;
}

/** How functions may be called; undefined where the model's own way is wished, or there is nothing to call. */
export function writeCalling(request: ChatRequest, names: WireNames, losses: Losses): JsonFields | undefined {
  const { toolChoice, parallelTools, tools } = request;
  if (!tools.some(({ kind }) => kind !== 'hosted')) {
    if (toolChoice !== undefined && mustCall(toolChoice)) losses.add('dropped', 'tool_choice');
    return undefined;
  }
  // The reader of the answer keeps the first call only.
  if (parallelTools === false) losses.add('emulated', 'parallel_tool_calls');
  return toolChoice === undefined ? undefined : writeChoice(toolChoice, names);
}

function mustCall(choice: ToolChoice): boolean {
  return choice.mode !== 'auto' && choice.mode !== 'none';
}

function writeChoice(choice: ToolChoice, names: WireNames): JsonFields {
  switch (choice.mode) {
    case 'auto':
      return { mode: 'AUTO' };
    case 'none':
      return { mode: 'NONE' };
    case 'required':
      return { mode: 'ANY' };
    case 'named':
      return { mode: 'ANY', allowedFunctionNames: [names.toWire(choice.name)] };
    case 'allowed':
    default:
      return {
        mode: choice.required ? 'ANY' : 'VALIDATED',
        allowedFunctionNames: choice.names.map((name) => names.toWire(name)),
      };
  }
}
