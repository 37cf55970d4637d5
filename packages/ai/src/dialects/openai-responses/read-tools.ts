import type { Tool, ToolChoice } from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { asText } from '../../loose-json.ts';
import { fieldsOf, given, listOf, member } from './fields.ts';
import { keep, OWN } from './own.ts';
import type { Strays } from './strays.ts';

const FUNCTION = { known: new Set(['type', 'name', 'description', 'parameters', 'strict']) };
const CUSTOM = { known: new Set(['type', 'name', 'description', 'format']) };

export function readTools(body: JsonFields, strays: Strays): readonly Tool[] {
  return (member(body, 'tools', 'array') ?? []).map((tool, at) => {
    const fields = fieldsOf(tool);
    if (fields === undefined) throw new Untranslatable(`'tools[${at}]' must be an object.`, `tools[${at}]`);
    return readTool(fields, strays, `tools[${at}]`);
  });
}

function readTool(fields: JsonFields, strays: Strays, param: string): Tool {
  const type = asText(fields['type']);
  if (type === undefined) throw new Untranslatable(`'${param}.type' must be a string.`, `${param}.type`);
  const custom = type === 'custom';
  if (type !== 'function' && !custom) {
    const name = asText(fields['name']) ?? asText(fields['server_label']) ?? type;
    return { kind: 'hosted', name, hosted: { dialect: OWN, definition: fields } };
  }
  const name = asText(fields['name']);
  if (name === undefined) throw new Untranslatable(`'${param}.name' must be a string.`, `${param}.name`);
  const strict = fields['strict'];
  const tool: Tool = given({
    kind: custom ? 'custom' : 'function',
    name,
    description: asText(fields['description']),
    schema: custom ? undefined : fieldsOf(fields['parameters']),
    strict: typeof strict === 'boolean' ? strict : undefined,
    grammar: custom ? readGrammar(fields['format']) : undefined,
  });
  return keep(tool, strays.rest('tools', fields, custom ? CUSTOM : FUNCTION));
}

/** `{syntax, definition}`, in one form for both of OpenAI's dialects; free text has none. */
function readGrammar(format: Json | undefined): Json | undefined {
  const fields = fieldsOf(format);
  if (fields?.['type'] !== 'grammar') return undefined;
  const { type: _, ...grammar } = fields;
  return grammar;
}

export interface ChoiceRead {
  readonly toolChoice?: ToolChoice;
  /** A choice that only this dialect knows, such as one of the vendor's own tools. */
  readonly odd?: Json;
}

export function readToolChoice(choice: Json | undefined): ChoiceRead {
  if (choice === undefined || choice === null) return {};
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { toolChoice: { mode: choice } };
  const fields = fieldsOf(choice);
  const named = nameOf(fields);
  if (named !== undefined) return { toolChoice: { mode: 'named', name: named } };
  if (fields?.['type'] !== 'allowed_tools') return { odd: choice };
  const names = listOf(fields['tools']).map((tool) => nameOf(fieldsOf(tool)));
  if (!names.every((name) => name !== undefined)) return { odd: choice };
  return { toolChoice: { mode: 'allowed', names, required: fields['mode'] === 'required' } };
}

function nameOf(fields: JsonFields | undefined): string | undefined {
  const type = fields?.['type'];
  return type === 'function' || type === 'custom' ? asText(fields?.['name']) : undefined;
}
