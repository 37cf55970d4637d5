import { isObject, listOf, type JsonObject, type Path } from '../document/json-value.ts';

export interface SchemaPart {
  readonly value: unknown;
  readonly path: Path;
  readonly property: string | undefined;
}

type Shape = 'one' | 'list' | 'map';
/** Where JSON Schema (draft 5 to 2020-12) holds schemas. */
const PARTS = new Map<string, readonly Shape[]>([
  ['properties', ['map']],
  ['patternProperties', ['map']],
  ['items', ['one', 'list']],
  ['prefixItems', ['list']],
  ['additionalProperties', ['one']],
  ['additionalItems', ['one']],
  ['allOf', ['list']],
  ['anyOf', ['list']],
  ['oneOf', ['list']],
  ['not', ['one']],
  ['if', ['one']],
  ['then', ['one']],
  ['else', ['one']],
  ['contains', ['one']],
  ['propertyNames', ['one']],
  ['dependentSchemas', ['map']],
  ['unevaluatedItems', ['one']],
  ['unevaluatedProperties', ['one']],
  ['contentSchema', ['one']],
  ['$defs', ['map']],
  ['definitions', ['map']],
]);

/** The schemas directly inside a schema, as they are written there: references are not followed. */
export function schemaParts(schema: JsonObject, path: Path): readonly SchemaPart[] {
  const parts: SchemaPart[] = [];
  for (const name of Object.keys(schema)) {
    const shapes = PARTS.get(name);
    if (shapes === undefined) continue;
    const value = schema[name];
    if (shapes.includes('list') && Array.isArray(value)) {
      for (const [i, part] of listOf(value).entries()) {
        parts.push({ value: part, path: [...path, name, i], property: undefined });
      }
    } else if (isObject(value)) addObject(parts, { name, value, path, map: shapes.includes('map') });
  }
  return parts;
}

interface Held {
  readonly name: string;
  readonly value: JsonObject;
  readonly path: Path;
  readonly map: boolean;
}

function addObject(parts: SchemaPart[], { name, value, path, map }: Held): void {
  if (!map) {
    parts.push({ value, path: [...path, name], property: undefined });
    return;
  }
  for (const [key, part] of Object.entries(value)) {
    parts.push({ value: part, path: [...path, name, key], property: name === 'properties' ? key : undefined });
  }
}
