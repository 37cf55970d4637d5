import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { mapList } from './map-blocks.ts';
import type { MapText } from './text-source.ts';

const DEPTH_MAX = 200;
/** What is said to the model. */
const SAID: ReadonlySet<string> = new Set(['description', 'title', '$comment']);
/** Values that a model may repeat: what it repeats is put back. */
const VALUES: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples', 'example']);
/** Their members are named by whoever wrote the schema, and are schemas. */
const NAMED: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
  'definitions',
]);
/** Nothing that is looked for is shorter. */
const NAME_CHARS_MIN = 6;

/** In a schema what is said to a model and what it may say is text; the rest must stay what it is, and is looked at. */
export function mapSchema(schema: JsonFields, map: MapText): JsonFields {
  const mapped = new SchemaMapper(map).schema(schema, 0, false);
  return isJsonFields(mapped) ? mapped : schema;
}

/** For what cannot be changed without breaking it. */
export function onlyLooking(map: MapText): MapText {
  return (text, origin) => {
    map(text, { ...origin, fixed: true });
    return text;
  };
}

class SchemaMapper {
  readonly #map: MapText;
  readonly #look: MapText;

  constructor(map: MapText) {
    this.#map = map;
    this.#look = onlyLooking(map);
  }

  /** `named`: its members are no words of JSON Schema. */
  schema(value: Json, depth: number, named: boolean): Json {
    if (typeof value === 'string') return this.#look(value, { source: 'operator' });
    return this.#inside(value, depth, (name, inner) => {
      if (named) return this.schema(inner, depth + 1, false);
      if (VALUES.has(name)) return this.#said(inner, depth + 1);
      if (SAID.has(name) && typeof inner === 'string') return this.#said(inner, depth + 1);
      return this.schema(inner, depth + 1, NAMED.has(name));
    });
  }

  /** Numbers stay numbers, as what takes their place would be none. */
  #said(value: Json, depth: number): Json {
    if (typeof value === 'string') return this.#map(value, { source: 'operator' });
    return this.#inside(value, depth, (_name, inner) => this.#said(inner, depth + 1));
  }

  #inside(value: Json, depth: number, map: (name: string, inner: Json) => Json): Json {
    if (typeof value !== 'object' || value === null || depth === DEPTH_MAX || JSON.isRawJSON(value)) return value;
    if (!isJsonFields(value)) return mapList(value, (each) => map('', each));
    let changed = false;
    const entries = Object.entries(value).map(([name, inner]): [string, Json] => {
      if (name.length >= NAME_CHARS_MIN) this.#look(name, { source: 'operator', label: true });
      const mapped = map(name, inner);
      changed ||= mapped !== inner;
      return [name, mapped];
    });
    return changed ? Object.fromEntries(entries) : value;
  }
}
