import { countChars } from './count-chars.ts';
import { MAX_CHARS_DEFAULT, type VariableSpec } from './prompt-spec.ts';

/** A value as the text that stands in the prompt, or why its variable does not take it. */
export type VariableText = { readonly text: string } | { readonly problem: string };

export function variableText(name: string, spec: VariableSpec, value: unknown): VariableText {
  const text = TEXTS[spec.type](value, spec);
  if (text === undefined) return { problem: `The variable '${name}' must be ${wanted(spec)}.` };
  const { maxChars = MAX_CHARS_DEFAULT } = spec;
  // The characters of what is far too long are not worth counting.
  if (text.length > 2 * maxChars || countChars(text) > maxChars) {
    return { problem: `The variable '${name}' must have at most ${maxChars} characters.` };
  }
  return text.isWellFormed() ? { text } : { problem: `The variable '${name}' is no valid Unicode.` };
}

export function paramOf(name: string): string {
  return `variables.${name}`;
}

const TEXTS: Readonly<Record<VariableSpec['type'], (value: unknown, spec: VariableSpec) => string | undefined>> = {
  string: (value) => (typeof value === 'string' ? value : undefined),
  number: numberText,
  boolean: (value) => (typeof value === 'boolean' ? String(value) : undefined),
  enum: (value, { values = [] }) => (typeof value === 'string' && values.includes(value) ? value : undefined),
  json: jsonText,
};

/** Digits that a double cannot hold stay as they were sent. */
function numberText(value: unknown): string | undefined {
  return JSON.isRawJSON(value) || Number.isFinite(value) ? JSON.stringify(value) : undefined;
}

/** Undefined for what no JSON can be: a circle, or nested deeper than the engine can follow. */
function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function wanted({ type, values = [] }: VariableSpec): string {
  if (type === 'enum') return `one of ${values.map((value) => `'${value}'`).join(', ')}`;
  return type === 'json' ? 'JSON' : `a ${type}`;
}
