import { listedValues, type SchemaView } from './schema-view.ts';
import type { SourceNode } from './source-node.ts';

/** What a schema wants, as the end of the sentence "write …". */
export function wanted(schema: SchemaView): string {
  const listed = listedValues(schema);
  if (listed !== undefined) return listed.length === 1 ? String(listed[0]) : `one of ${listed.join(', ')}`;
  if (schema.title !== undefined) return schema.title + example(schema);
  if (schema.anyOf !== undefined) return schema.anyOf.map(wanted).join(' or ');
  switch (schema.type) {
    case 'string':
      return schema.pattern !== undefined && schema.examples === undefined
        ? `a text that matches ${String(schema.pattern)}`
        : `a text${example(schema)}`;
    case 'integer':
      return `a whole number${range(schema)}`;
    case 'number':
      return `a number${range(schema)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
      return 'a map';
    case undefined:
    default:
      return 'what the reference says';
  }
}

/** What stands there instead. */
export function found(node: SourceNode): string {
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'a map' : 'a list';
  if (node.value === null) return 'empty';
  return typeof node.value === 'string' ? 'a text' : `a ${typeof node.value}`;
}

function example({ examples }: SchemaView): string {
  return examples === undefined || examples.length === 0 ? '' : ` such as ${String(examples[0])}`;
}

function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: SchemaView): string {
  const least = minimum === undefined ? above(exclusiveMinimum) : `of at least ${minimum}`;
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  const most = maximum === undefined ? below(exclusiveMaximum) : `of at most ${maximum}`;
  const parts = [least, most].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : ` ${parts.join(' and ')}`;
}

const above = (limit: number | undefined): string | undefined => (limit === undefined ? undefined : `above ${limit}`);
const below = (limit: number | undefined): string | undefined => (limit === undefined ? undefined : `below ${limit}`);
