import { Untranslatable } from '../canonical/loss.ts';
import { asFields } from '../loose-json.ts';
import type { PromptVersion } from './compile-prompt.ts';
import { VARIABLE_NAME } from './read-template.ts';
import { paramOf, variableText } from './variable-text.ts';

/**
 * What a caller gives for the variables of a prompt, as text, by name; those that may be left out and are, are not
 * there. Throws `Untranslatable`, naming what is at fault.
 */
export function readVariables({ variables }: PromptVersion, given: unknown): ReadonlyMap<string, string> {
  const values = valuesOf(given);
  for (const name of values.keys()) {
    if (variables.has(name)) continue;
    throw new Untranslatable(
      'The prompt has no such variable.',
      VARIABLE_NAME.test(name) ? paramOf(name) : 'variables',
    );
  }
  const texts = new Map<string, string>();
  for (const [name, spec] of variables) {
    const value = values.get(name);
    if (value !== undefined && value !== null) texts.set(name, variableText(name, spec, value));
    else if (spec.required !== false) throw new Untranslatable(`The variable '${name}' is missing.`, paramOf(name));
  }
  return texts;
}

function valuesOf(given: unknown): ReadonlyMap<string, unknown> {
  if (given === undefined || given === null) return new Map();
  const fields = JSON.isRawJSON(given) ? undefined : asFields(given);
  if (fields === undefined) throw new Untranslatable("'variables' must be an object.", 'variables');
  return new Map(Object.entries(fields));
}
