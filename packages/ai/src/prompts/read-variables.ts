import { Untranslatable } from '../canonical/loss.ts';
import type { FieldProblem } from '../dialects/openai-chat/request-members.ts';
import { asFields } from '../loose-json.ts';
import type { PromptVersion } from './compile-prompt.ts';
import { VARIABLE_NAME } from './read-template.ts';
import { paramOf, variableText } from './variable-text.ts';

/** Values that a prompt does not take: every one of them, while message and param are those of the first. */
export class VariablesRefused extends Untranslatable {
  readonly errors: readonly FieldProblem[];

  constructor(first: FieldProblem, others: readonly FieldProblem[]) {
    super(first.message, VARIABLE_NAME.test(first.field) ? paramOf(first.field) : 'variables');
    this.name = 'VariablesRefused';
    this.errors = [first, ...others];
  }
}

/** A stranger says how many there are, and how long their names are. */
const PROBLEMS_MAX = 32;
const FIELD_CHARS_MAX = 64;

/**
 * What a caller gives for the variables of a prompt, as text, by name; those that may be left out and are, are not
 * there. Throws `VariablesRefused`, naming all that is at fault.
 */
export function readVariables({ variables }: PromptVersion, given: unknown): ReadonlyMap<string, string> {
  const values = valuesOf(given);
  const problems: FieldProblem[] = [];
  for (const name of values.keys()) {
    if (variables.has(name)) continue;
    problems.push({
      field: name.slice(0, FIELD_CHARS_MAX).toWellFormed(),
      message: 'The prompt has no such variable.',
    });
  }
  const texts = new Map<string, string>();
  for (const [name, spec] of variables) {
    const value = values.get(name);
    const absent = value === undefined || value === null;
    if (absent && spec.required === false) continue;
    const read = absent ? { problem: `The variable '${name}' is missing.` } : variableText(name, spec, value);
    if ('text' in read) texts.set(name, read.text);
    else problems.push({ field: name, message: read.problem });
  }
  const [first, ...others] = problems.slice(0, PROBLEMS_MAX);
  if (first !== undefined) throw new VariablesRefused(first, others);
  return texts;
}

function valuesOf(given: unknown): ReadonlyMap<string, unknown> {
  if (given === undefined || given === null) return new Map();
  const fields = JSON.isRawJSON(given) ? undefined : asFields(given);
  if (fields === undefined) throw new Untranslatable("'variables' must be an object.", 'variables');
  return new Map(Object.entries(fields));
}
