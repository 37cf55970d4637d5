import { isJsonFields, type JsonFields } from '../canonical/json.ts';
import { readTemplate, strayBraces } from './read-template.ts';
import { schemaProblems, type SchemaProblem } from './schema-problems.ts';

/** What the configuration has to know of prompts to check them where they are written. */
export const PROMPT_LANGUAGE = {
  /** The variables that stand in a template, or the first of its braces that are none. */
  readTemplate(template: string): { readonly variables: readonly string[] } | { readonly stray: string } {
    const parts = readTemplate(template);
    if (parts === undefined) return { stray: strayBraces(template) ?? '' };
    return { variables: [...new Set(parts.flatMap((part) => ('variable' in part ? [part.variable] : [])))] };
  },
  schemaProblems(schema: Readonly<Record<string, unknown>>): readonly SchemaProblem[] {
    return isSchema(schema) ? schemaProblems(schema) : [];
  },
};

/** What a file holds is JSON: YAML is read by its core schema, whose scalars are JSON's. */
function isSchema(schema: Readonly<Record<string, unknown>>): schema is JsonFields {
  return isJsonFields(schema);
}
