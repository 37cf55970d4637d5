import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { camelFields, isList, numberOf } from './camel-fields.ts';

/**
 * Google's `Schema`, a subset of OpenAPI's with a few words of its own, as JSON Schema: types in lower case, `nullable`
 * as a type, counts as numbers, properties in the order that `propertyOrdering` wishes.
 */
export function jsonSchemaOf(schema: JsonFields, where: string, depth = 0): JsonFields {
  if (depth > DEPTH_MAX) throw new Untranslatable(`${where} is nested too deeply.`, where);
  const inner = (value: Json): Json => (isJsonFields(value) ? jsonSchemaOf(value, where, depth + 1) : value);
  const open = camelFields(schema);
  const members = Object.entries(open).flatMap(([name, value]) => convert(name, value, inner));
  return nullable(Object.fromEntries(members), open);
}

const DEPTH_MAX = 64;

type Member = readonly [string, Json];

function convert(name: string, value: Json, inner: (value: Json) => Json): readonly Member[] {
  if (COUNTS.has(name)) return [[name, numberOf(value) ?? value]];
  switch (name) {
    case 'type':
      return typeof value === 'string' && value !== 'TYPE_UNSPECIFIED' ? [[name, value.toLowerCase()]] : [];
    case 'nullable':
    case 'propertyOrdering':
      return [];
    case 'format':
      // Says only that there is an `enum`.
      return value === 'enum' ? [] : [[name, value]];
    case 'example':
      return [['examples', [value]]];
    case 'properties':
      return [[name, mapFields(value, inner)]];
    case 'defs':
      return [['$defs', mapFields(value, inner)]];
    case 'ref':
      return [['$ref', value]];
    case 'items':
    case 'additionalProperties':
      return [[name, inner(value)]];
    case 'anyOf':
    case 'oneOf':
    case 'allOf':
    case 'prefixItems':
      return [[name, isList(value) ? value.map(inner) : value]];
    default:
      return [[name, value]];
  }
}

/** 64-bit counts, which protobuf's JSON writes as strings. */
const COUNTS: ReadonlySet<string> = new Set([
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
]);

function mapFields(value: Json, inner: (value: Json) => Json): Json {
  if (!isJsonFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, inner(schema)]));
}

function nullable(schema: JsonFields, open: JsonFields): JsonFields {
  const ordered = inOrder(schema, open['propertyOrdering']);
  if (open['nullable'] !== true) return ordered;
  const { type, enum: values, anyOf } = ordered;
  return {
    ...ordered,
    ...(typeof type === 'string' && type !== 'null' && { type: [type, 'null'] }),
    ...(isList(values) && !values.includes(null) && { enum: [...values, null] }),
    ...(isList(anyOf) && { anyOf: [...anyOf, { type: 'null' }] }),
  };
}

function inOrder(schema: JsonFields, order: Json | undefined): JsonFields {
  const properties = schema['properties'];
  if (!isList(order) || !isJsonFields(properties)) return schema;
  const named = order.flatMap((name): Member[] => {
    const property = typeof name === 'string' && Object.hasOwn(properties, name) ? properties[name] : undefined;
    return typeof name === 'string' && property !== undefined ? [[name, property]] : [];
  });
  return { ...schema, properties: Object.fromEntries([...named, ...Object.entries(properties)]) };
}
