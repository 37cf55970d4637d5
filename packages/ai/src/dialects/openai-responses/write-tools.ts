import type { ChatRequest, Tool, ToolChoice } from '../../canonical/chat-request.ts';
import { fitSchema } from '../../canonical/fit-schema.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import type { Fields } from '../../loose-json.ts';
import { fieldsOf } from './fields.ts';
import { isOpenAis, keptOf, OWN } from './own.ts';
import { loseMark, type WriteContext } from './write-context.ts';

export function writeTools(context: WriteContext): readonly Fields[] {
  return context.request.tools.map((tool) => {
    loseMark(tool.cache, context);
    if (tool.kind === 'hosted') return writeHosted(tool);
    if (tool.kind === 'custom') return customTool(tool, context.names.toWire(tool.name));
    return writeFunction(tool, context);
  });
}

function writeHosted({ name, hosted }: Tool): Fields {
  if (hosted?.dialect === OWN) return hosted.definition;
  throw new Untranslatable(`The tool '${name}' runs at another model provider only.`, 'tools');
}

function writeFunction(tool: Tool, context: WriteContext): Fields {
  const { own, losses, names } = context;
  const { name, schema, strict } = tool;
  if (own) return functionTool(tool, { name, parameters: schema ?? null, strict });
  // Callers of other vendors need not close their strict schemas.
  const closed = strict === true && !isOpenAis(context.request.dialect);
  const parameters = fitSchema(schema, { closed }, { losses, where: 'tools', tool: true });
  return functionTool(tool, { name: names.toWire(name), parameters, strict: strict ?? false });
}

interface FunctionForm {
  readonly name: string;
  readonly parameters: unknown;
  /** Left out it means true here and false elsewhere. */
  readonly strict: boolean | null | undefined;
}

function functionTool(tool: Tool, { name, parameters, strict }: FunctionForm): Fields {
  const { description } = tool;
  return {
    type: 'function',
    name,
    ...(description !== undefined && { description }),
    parameters,
    ...(strict !== undefined && { strict }),
    ...keptOf(tool),
  };
}

function customTool(tool: Tool, name: string): Fields {
  const { description, grammar } = tool;
  return {
    type: 'custom',
    name,
    ...(description !== undefined && { description }),
    ...(grammar !== undefined && { format: { type: 'grammar', ...grammarOf(grammar) } }),
    ...keptOf(tool),
  };
}

/** Chat has the same two members one level further down. */
function grammarOf(grammar: Tool['grammar']): Fields {
  const fields = fieldsOf(grammar) ?? {};
  return fieldsOf(fields['grammar']) ?? fields;
}

export function writeToolChoice(choice: ToolChoice, { tools }: ChatRequest, names: WriteContext['names']): unknown {
  if (choice.mode === 'named') return named(choice.name);
  if (choice.mode !== 'allowed') return choice.mode;
  return { type: 'allowed_tools', mode: choice.required ? 'required' : 'auto', tools: choice.names.map(named) };

  function named(name: string): Fields {
    const custom = tools.some((tool) => tool.kind === 'custom' && tool.name === name);
    return { type: custom ? 'custom' : 'function', name: names.toWire(name) };
  }
}

/** The tools as the reply repeats them to the caller. */
export function echoTools({ tools }: ChatRequest): readonly Fields[] {
  return tools.map((tool) => {
    if (tool.kind === 'hosted') return tool.hosted?.definition ?? {};
    if (tool.kind === 'custom') return customTool(tool, tool.name);
    return functionTool(tool, { name: tool.name, parameters: tool.schema ?? null, strict: tool.strict ?? null });
  });
}
