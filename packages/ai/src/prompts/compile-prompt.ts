import type { JsonFields } from '../canonical/json.ts';
import { schemaProblems } from './schema-problems.ts';
import type { PromptMessage, PromptSpec, PromptVersionSpec, VariableSpec } from './prompt-spec.ts';
import { readTemplate, VARIABLE_NAME, type TemplatePart } from './read-template.ts';

/** A prompt that can be rendered. */
export interface Prompt {
  readonly name: string;
  readonly current: PromptVersion;
  readonly versions: ReadonlyMap<string, PromptVersion>;
}

export interface PromptVersion {
  readonly prompt: string;
  readonly version: string;
  readonly spec: PromptVersionSpec;
  readonly messages: readonly CompiledMessage[];
  readonly variables: ReadonlyMap<string, VariableSpec>;
  /** Of the answer, where it is JSON. */
  readonly schema: JsonFields | undefined;
}

export interface CompiledMessage {
  readonly role: PromptMessage['role'];
  readonly parts: readonly TemplatePart[];
}

/** `place` in the specification, such as `versions.2.messages.0`. */
export interface PromptProblem {
  readonly place: string;
  readonly message: string;
}

export type CompiledPrompt = { readonly prompt: Prompt } | { readonly problems: readonly PromptProblem[] };

/** Finds everything that is wrong at once. */
export function compilePrompt(spec: PromptSpec): CompiledPrompt {
  const problems = new Problems();
  const versions = new Map(
    Object.entries(spec.versions).map(([version, one]) => {
      return [version, compileVersion(one, { prompt: spec.name, version, problems })] as const;
    }),
  );
  const current = versions.get(spec.current);
  if (current === undefined) problems.add('current', `names no version; there are ${[...versions.keys()].join(', ')}`);
  if (current === undefined || problems.all.length > 0) return { problems: problems.all };
  return { prompt: { name: spec.name, current, versions } };
}

class Problems {
  readonly all: PromptProblem[] = [];

  add(place: string, message: string): void {
    this.all.push({ place, message });
  }
}

interface VersionPlace {
  readonly prompt: string;
  readonly version: string;
  readonly problems: Problems;
}

function compileVersion(spec: PromptVersionSpec, { prompt, version, problems }: VersionPlace): PromptVersion {
  const place = `versions.${version}`;
  const messages = spec.messages.map(({ role, text }, at): CompiledMessage => {
    const parts = readTemplate(text);
    if (parts === undefined) problems.add(`${place}.messages.${at}`, 'has braces that are no {{variable}}');
    if (!/\S/.test(text)) problems.add(`${place}.messages.${at}`, 'is empty');
    return { role, parts: parts ?? [] };
  });
  if (!messages.some(({ role }) => role === 'user')) problems.add(`${place}.messages`, 'need one of the user');
  if (spec.model === '') problems.add(`${place}.model`, 'is empty');
  const variables = new Map(Object.entries(spec.variables));
  checkVariables(variables, { messages, place: `${place}.variables`, problems });
  const schema = spec.output?.schema;
  for (const problem of schema === undefined ? [] : schemaProblems(schema)) {
    problems.add(`${place}.output.schema${problem.place}`, problem.message);
  }
  return { prompt, version, spec, messages, variables, schema };
}

interface VariablesPlace {
  readonly messages: readonly CompiledMessage[];
  readonly place: string;
  readonly problems: Problems;
}

function checkVariables(variables: ReadonlyMap<string, VariableSpec>, { messages, place, problems }: VariablesPlace) {
  const parts = messages.flatMap((message) => message.parts);
  const used = new Set(parts.flatMap((part) => ('variable' in part ? [part.variable] : [])));
  for (const name of used) if (!variables.has(name)) problems.add(`${place}.${name}`, 'is used but not described');
  for (const [name, { type, values = [], maxChars = 1 }] of variables) {
    const at = `${place}.${name}`;
    if (!VARIABLE_NAME.test(name)) problems.add(at, 'must be letters, digits and underscores');
    else if (!used.has(name)) problems.add(at, 'is described but not used');
    if (type === 'enum' && values.length === 0) problems.add(`${at}.values`, 'are missing');
    if (!Number.isSafeInteger(maxChars) || maxChars < 1)
      problems.add(`${at}.maxChars`, 'must be a whole number from 1');
  }
}
