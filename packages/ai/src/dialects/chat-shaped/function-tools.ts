import type { ChatRequest, Tool, ToolChoice } from '../../canonical/chat-request.ts';
import { fitSchema } from '../../canonical/fit-schema.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import type { WireNames } from '../../canonical/wire-names.ts';
import { present } from './present.ts';

/** How a dialect takes the shape of tools that it shares with OpenAI Chat. */
export interface ToolRules {
  readonly names: Pick<WireNames, 'toWire'>;
  readonly losses: Losses;
  /** Where it is said that a schema binds: by each tool, in another place, or nowhere. */
  readonly strict: 'each' | 'elsewhere' | 'nowhere';
  /** Choices that become a shorter list. */
  readonly narrows: readonly ToolChoice['mode'][];
  /** A tool that the vendor itself runs, as it wants it; undefined for those of others. */
  readonly hosted?: (tool: Tool) => JsonFields | undefined;
}

/** All tools on offer as functions. */
export function writeFunctionTools(request: ChatRequest, rules: ToolRules): JsonFields[] {
  return offeredTools(request, rules).map((tool) => {
    return tool.kind === 'hosted'
      ? writeHosted(tool, rules)
      : { type: 'function', function: writeFunction(tool, rules) };
  });
}

/** Those that the choice leaves. */
export function offeredTools({ tools, toolChoice }: ChatRequest, { losses, narrows }: ToolRules): readonly Tool[] {
  if (toolChoice === undefined || tools.length === 0 || !narrows.includes(toolChoice.mode)) return tools;
  const names = namesOf(toolChoice);
  const left = tools.filter(({ name }) => names.includes(name));
  if (left.length === 0) throw new Untranslatable('The choice is among tools that are not there.', 'tool_choice');
  losses.add('emulated', 'tool_choice');
  return left;
}

function namesOf(choice: ToolChoice): readonly string[] {
  if (choice.mode === 'named') return [choice.name];
  return choice.mode === 'allowed' ? choice.names : [];
}

function writeHosted(tool: Tool, { hosted }: ToolRules): JsonFields {
  const own = hosted?.(tool);
  if (own !== undefined) return own;
  throw new Untranslatable(`The tool ${JSON.stringify(tool.name.slice(0, 64))} runs at another vendor only.`, 'tools');
}

function writeFunction(tool: Tool, { names, losses, strict }: ToolRules): JsonFields {
  const head = { name: names.toWire(tool.name), ...present({ description: tool.description }) };
  if (tool.kind === 'custom') {
    losses.add('emulated', 'custom_tool');
    return { ...head, parameters: freeText(tool) };
  }
  if (tool.strict === true && strict === 'nowhere') losses.add('dropped', 'strict');
  const parameters = fitSchema(tool.schema, {}, { losses, where: 'tools', tool: true });
  return { ...head, parameters, ...(strict === 'each' && present({ strict: tool.strict })) };
}

/** A grammar can only be told. */
function freeText({ grammar }: Tool): JsonFields {
  const about = grammar === undefined ? {} : { description: `Text of this grammar: ${JSON.stringify(grammar)}` };
  return { type: 'object', properties: { input: { type: 'string', ...about } }, required: ['input'] };
}

/** The arguments as the text that the dialect wants: what a custom tool was called with stands in an object. */
export function argumentsText({ input, custom }: { readonly input: string; readonly custom?: boolean }): string {
  if (custom === true) return JSON.stringify({ input });
  return /\S/.test(input) ? input : '{}';
}

/** A schema of answers, with what is said of it. */
export function describedSchema({ schema, description }: Extract<Format, { kind: 'schema' }>): JsonFields {
  return description === undefined || schema['description'] !== undefined ? schema : { description, ...schema };
}

type Format = NonNullable<ChatRequest['output']['format']>;

export function mustCall(choice: ToolChoice | undefined): boolean {
  return choice?.mode === 'required' || choice?.mode === 'named' || (choice?.mode === 'allowed' && choice.required);
}
