import type { Tool, ToolChoice } from '../../canonical/chat-request.ts';
import { restOf } from '../../canonical/collect-ext.ts';
import { isJsonFields, type JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { fieldsAt, listAt, textAt, textsAt } from './camel-fields.ts';
import { jsonSchemaOf } from './json-schema-of.ts';
import type { NativeMembers } from './natives.ts';

/** Declarations of functions; every other member of a tool is one that runs at Google. */
export function readTools(body: JsonFields, natives: NativeMembers): readonly Tool[] {
  return listAt(body, 'tools').flatMap((tool, at) => {
    const where = `tools[${at}].functionDeclarations`;
    const functions = listAt(tool, 'functionDeclarations', where).map((one, index) =>
      readFunction(one, `${where}[${index}]`, natives),
    );
    return [...functions, ...Object.entries(restOf(tool, FUNCTIONS) ?? {}).map(hostedTool)];
  });
}

const FUNCTIONS: ReadonlySet<string> = new Set(['functionDeclarations']);

function hostedTool([name, definition]: readonly [string, JsonFields[string]]): Tool {
  return { kind: 'hosted', name, hosted: { dialect: 'gemini', definition: { [name]: definition } } };
}

function readFunction(declared: JsonFields, where: string, natives: NativeMembers): Tool {
  const name = textAt(declared, 'name', `${where}.name`) ?? '';
  if (name === '') throw new Untranslatable(`${where}.name is missing.`, `${where}.name`);
  const description = textAt(declared, 'description', `${where}.description`);
  const schema = readParameters(declared, where);
  return {
    kind: 'function',
    name,
    ...(description !== undefined && { description }),
    ...(schema !== undefined && { schema }),
    ...natives.riding('functionDeclarations', restOf(declared, FUNCTION_MEMBERS)),
  };
}

const FUNCTION_MEMBERS: ReadonlySet<string> = new Set(['name', 'description', 'parameters', 'parametersJsonSchema']);

function readParameters(declared: JsonFields, where: string): JsonFields | undefined {
  const schema = declared['parametersJsonSchema'];
  if (isJsonFields(schema)) return schema;
  const parameters = fieldsAt(declared, 'parameters', `${where}.parameters`);
  return parameters === undefined ? undefined : jsonSchemaOf(parameters, `${where}.parameters`);
}

export function readToolChoice(body: JsonFields, natives: NativeMembers): ToolChoice | undefined {
  const config = fieldsAt(body, 'toolConfig');
  if (config === undefined) return undefined;
  natives.addAll('toolConfig', restOf(config, CALLING));
  const calling = fieldsAt(config, 'functionCallingConfig', CALLING_AT);
  if (calling === undefined) return undefined;
  natives.addAll(CALLING_AT, restOf(calling, CALLING_MEMBERS));
  const mode = (textAt(calling, 'mode', `${CALLING_AT}.mode`) ?? 'MODE_UNSPECIFIED').toUpperCase();
  // What the canonical form cannot tell from another mode.
  if (!CANONICAL_MODES.has(mode)) natives.add(`${CALLING_AT}.mode`, mode);
  return choiceOf(mode, textsAt(calling, 'allowedFunctionNames', `${CALLING_AT}.allowedFunctionNames`) ?? []);
}

const CALLING: ReadonlySet<string> = new Set(['functionCallingConfig']);
const CALLING_AT = 'toolConfig.functionCallingConfig';
const CALLING_MEMBERS: ReadonlySet<string> = new Set(['mode', 'allowedFunctionNames']);
const CANONICAL_MODES: ReadonlySet<string> = new Set(['MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE']);

function choiceOf(mode: string, names: readonly string[]): ToolChoice | undefined {
  const [only] = names;
  switch (mode) {
    case 'NONE':
      return { mode: 'none' };
    case 'ANY':
      if (only === undefined) return { mode: 'required' };
      return names.length === 1 ? { mode: 'named', name: only } : { mode: 'allowed', names, required: true };
    case 'AUTO':
    case 'VALIDATED':
      return only === undefined ? { mode: 'auto' } : { mode: 'allowed', names, required: false };
    default:
      return undefined;
  }
}
