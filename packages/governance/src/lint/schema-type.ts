import { isObject, listOf, type JsonObject } from '../document/json-value.ts';

/** As written: one name, several, or none. */
export function typesOf(schema: JsonObject): readonly string[] {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  return listOf(type).filter((name) => typeof name === 'string');
}

/** Without `null`, which says something else. Of a schema without a type, what its keywords tell. */
export function shapeOf(schema: JsonObject): readonly string[] {
  const types = typesOf(schema).filter((name) => name !== 'null');
  if (types.length > 0) return types;
  if (isObject(schema['properties'])) return ['object'];
  if (schema['items'] !== undefined || schema['prefixItems'] !== undefined) return ['array'];
  return [];
}

export function hasShape(schema: JsonObject | undefined, shape: string): boolean {
  return schema !== undefined && shapeOf(schema).includes(shape);
}

/** In any of the three spellings: `nullable` of 3.0, `null` among the types or beside them. */
export function isNullable(schema: JsonObject): boolean {
  return schema['nullable'] === true || typesOf(schema).includes('null');
}

const TYPE_TESTS: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  array: (value) => Array.isArray(value),
  object: isObject,
  null: (value) => value === null,
};

/** Whether a value is of one of the types; of unknown types, anything is. */
export function isOfType(value: unknown, types: readonly string[]): boolean {
  return types.some((type) => (Object.hasOwn(TYPE_TESTS, type) ? TYPE_TESTS[type]?.(value) : true) ?? true);
}

/** Whether its values are limited to a few that are known. */
export function isClosedList(schema: JsonObject): boolean {
  return schema['enum'] !== undefined || schema['const'] !== undefined || schema['x-extensible-enum'] !== undefined;
}
