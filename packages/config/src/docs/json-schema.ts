import { configSchema } from '../schema/config-schema.ts';
import type { PolicySchema } from '../schema/policy-list.ts';

/** JSON Schema 2020-12 of gatehouse.yaml, for editors that complete and check while one types. */
export function configJsonSchema(policies: readonly PolicySchema[]): Readonly<Record<string, unknown>> {
  const schema = forWriters(configSchema(policies));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'gatehouse.yaml',
    ...(isRecord(schema) ? schema : {}),
  };
}

/** Our schemas describe a file that was read; whoever writes one may leave out what has a default. */
function forWriters(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(forWriters);
  if (!isRecord(node)) return node instanceof RegExp ? node.source : node;
  const { required, properties, patternProperties, ...rest } = node;
  const children = isRecord(properties) ? properties : {};
  const needed = Array.isArray(required) ? required.filter((name) => !hasDefault(children, name)) : [];
  const keywords = Object.entries(rest).filter(([, value]) => typeof value !== 'function');
  return {
    ...Object.fromEntries(keywords.map(([key, value]) => [key, LITERAL.has(key) ? value : forWriters(value)])),
    ...(properties === undefined ? {} : { properties: mapValues(children) }),
    ...(needed.length === 0 ? {} : { required: needed }),
    ...anyKey(patternProperties),
  };
}

/** Their contents are values, not schemas. */
const LITERAL: ReadonlySet<string> = new Set(['default', 'enum', 'const', 'examples']);

function hasDefault(properties: Readonly<Record<string, unknown>>, name: unknown): boolean {
  const property = typeof name === 'string' ? properties[name] : undefined;
  return isRecord(property) && 'default' in property;
}

/** `^.*$` is TypeBox's way to say any key. */
function anyKey(patterns: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(patterns)) return {};
  const any = patterns['^.*$'];
  return any === undefined ? { patternProperties: mapValues(patterns) } : { additionalProperties: forWriters(any) };
}

function mapValues(record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, forWriters(value)]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof RegExp);
}
