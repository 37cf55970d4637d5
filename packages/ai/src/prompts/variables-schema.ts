import type { JsonFields } from '../canonical/json.ts';
import type { PromptVersion } from './compile-prompt.ts';
import { MAX_CHARS_DEFAULT, type VariableSpec } from './prompt-spec.ts';

/** JSON Schema of what callers give for the variables of a prompt: for documents, and for tools made of prompts. */
export function variablesSchema({ variables }: PromptVersion): JsonFields {
  const all = [...variables];
  const required = all.filter(([, { required: needed }]) => needed !== false).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(all.map(([name, spec]) => [name, variableSchema(spec)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function variableSchema(spec: VariableSpec): JsonFields {
  const { description, maxChars = MAX_CHARS_DEFAULT } = spec;
  const long = spec.type === 'string' ? { maxLength: maxChars } : {};
  return { ...TYPES[spec.type](spec), ...long, ...(description !== undefined && { description }) };
}

const TYPES: Readonly<Record<VariableSpec['type'], (spec: VariableSpec) => JsonFields>> = {
  string: () => ({ type: 'string' }),
  number: () => ({ type: 'number' }),
  boolean: () => ({ type: 'boolean' }),
  enum: ({ values = [] }) => ({ type: 'string', enum: [...values] }),
  json: () => ({}),
};
