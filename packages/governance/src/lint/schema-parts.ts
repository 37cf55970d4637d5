import { isObject, listOf, type JsonObject, type Path } from '../document/json-value.ts';

export interface SchemaPart {
  readonly value: unknown;
  readonly path: Path;
  readonly property: string | undefined;
  /** Whether it only asks something of a value that is described elsewhere: `if`, `not`, and all inside of these. */
  readonly isTest: boolean;
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

const TESTS: ReadonlySet<string> = new Set([
  'not',
  'if',
  'then',
  'else',
  'contains',
  'propertyNames',
  'dependentSchemas',
]);

/** The schemas directly inside a schema, as they are written there: references are not followed. */
export function schemaParts(schema: JsonObject, path: Path, inTest = false): readonly SchemaPart[] {
  const parts: SchemaPart[] = [];
  for (const name of Object.keys(schema)) {
    const shapes = PARTS.get(name);
    if (shapes === undefined) continue;
    const value = schema[name];
    const isTest = inTest || TESTS.has(name);
    if (shapes.includes('list') && Array.isArray(value)) {
      for (const [i, part] of listOf(value).entries()) {
        parts.push({ value: part, path: [...path, name, i], property: undefined, isTest });
      }
    } else if (isObject(value)) addObject(parts, { name, value, path, map: shapes.includes('map'), isTest });
  }
  return parts;
}

interface Held {
  readonly name: string;
  readonly value: JsonObject;
  readonly path: Path;
  readonly map: boolean;
  readonly isTest: boolean;
}

function addObject(parts: SchemaPart[], { name, value, path, map, isTest }: Held): void {
  if (!map) {
    parts.push({ value, path: [...path, name], property: undefined, isTest });
    return;
  }
  for (const [key, part] of Object.entries(value)) {
    parts.push({ value: part, path: [...path, name, key], property: name === 'properties' ? key : undefined, isTest });
  }
}
