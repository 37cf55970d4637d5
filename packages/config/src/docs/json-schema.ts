import { configSchema } from '../schema/config-schema.ts';
import type { PolicySchema } from '../schema/policy-list.ts';

/** JSON Schema 2020-12 of gatehouse.yaml, for editors that complete and check while one types. */
export function configJsonSchema(policies: readonly PolicySchema[]): Readonly<Record<string, unknown>> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'gatehouse.yaml',
    ...writerForm(configSchema(policies)),
  };
}

type Keywords = Readonly<Record<string, unknown>>;

/**
 * Our schemas describe a file that was read. Whoever writes one may leave out what has a default and may leave empty
 * what may be empty, may write a variable for any value, and a number where a text is wanted.
 */
function writerForm(schema: object): Keywords {
  const { properties, patternProperties, required, ...rest }: Keywords = { ...schema };
  const fields = isKeywords(properties) ? properties : {};
  const needed = Array.isArray(required) ? required.filter((name) => !hasDefault(fields, name)) : [];
  const keywords = Object.entries(rest).map(
    ([key, value]) => [key, LITERAL.has(key) ? value : partForm(value)] as const,
  );
  return {
    ...Object.fromEntries(keywords),
    ...valueForm(rest, needed.length > 0),
    ...(properties === undefined ? {} : { properties: partsForm(fields) }),
    ...(needed.length === 0 ? {} : { required: needed }),
    ...anyKey(patternProperties),
  };
}

/** Their contents are values, or schemas of keys, in which there are no variables. */
const LITERAL: ReadonlySet<string> = new Set(['default', 'enum', 'const', 'examples', 'propertyNames']);
const VARIABLE = String.raw`\$\{[A-Za-z_]`;

function valueForm({ type, pattern, minItems, minProperties }: Keywords, needsFields: boolean): Keywords {
  switch (type) {
    case 'string':
      return pattern === undefined ? { type: ['string', 'number'] } : { pattern: `${source(pattern)}|${VARIABLE}` };
    case 'number':
    case 'integer':
    case 'boolean':
      return { type: [type, 'string'], pattern: VARIABLE };
    case 'object':
      return needsFields || minProperties !== undefined ? {} : { type: ['object', 'null'] };
    case 'array':
      return minItems === undefined ? { type: ['array', 'null'] } : {};
    default:
      return {};
  }
}

function source(pattern: unknown): string {
  return pattern instanceof RegExp ? pattern.source : String(pattern);
}

function partForm(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(partForm);
  return isKeywords(value) ? writerForm(value) : value;
}

function partsForm(parts: Keywords): Keywords {
  return Object.fromEntries(Object.entries(parts).map(([key, value]) => [key, partForm(value)]));
}

function hasDefault(fields: Keywords, name: unknown): boolean {
  const field = typeof name === 'string' ? fields[name] : undefined;
  return isKeywords(field) && 'default' in field;
}

/** `^.*$` is TypeBox's way to say any key. */
function anyKey(patterns: unknown): Keywords {
  if (!isKeywords(patterns)) return {};
  const any = patterns['^.*$'];
  return any === undefined ? { patternProperties: partsForm(patterns) } : { additionalProperties: partForm(any) };
}

function isKeywords(value: unknown): value is Keywords {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof RegExp);
}
