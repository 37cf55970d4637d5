import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { mapOwnJson } from './map-json.ts';
import type { MapText } from './text-source.ts';

const DEPTH_MAX = 200;
/** What is said to the model. */
const SAID: ReadonlySet<string> = new Set(['description', 'title', '$comment']);
/** Values that a model may repeat: what it repeats is put back. */
const VALUES: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples', 'example']);
/** Their members are named by whoever wrote the schema, and are schemas. */
const NAMED: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions']);
/** Nothing that is looked for is shorter. */
const NAME_CHARS_MIN = 6;

/** In a schema what is said to a model and what it may say is text; the rest must stay what it is, and is looked at. */
export function mapSchema(schema: JsonFields, map: MapText): JsonFields {
  const mapped = new SchemaMapper(map).value(schema, 0, false);
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
  value(value: Json, depth: number, named: boolean): Json {
    if (typeof value === 'string') return this.#look(value, { source: 'operator' });
    if (typeof value !== 'object' || value === null || depth === DEPTH_MAX || JSON.isRawJSON(value)) return value;
    if (isJsonFields(value)) return this.#fields(value, depth, named);
    const mapped = value.map((each) => this.value(each, depth + 1, false));
    return mapped.some((each, at) => each !== value[at]) ? mapped : value;
  }

  #fields(fields: JsonFields, depth: number, named: boolean): JsonFields {
    let changed = false;
    const entries = Object.entries(fields).map(([name, inner]): [string, Json] => {
      if (name.length >= NAME_CHARS_MIN) this.#look(name, { source: 'operator', label: true });
      const mapped = named ? this.value(inner, depth + 1, false) : this.#member(name, inner, depth);
      changed ||= mapped !== inner;
      return [name, mapped];
    });
    return changed ? Object.fromEntries(entries) : fields;
  }

  #member(name: string, inner: Json, depth: number): Json {
    if (VALUES.has(name)) return mapOwnJson(inner, 'operator', this.#map);
    if (SAID.has(name) && typeof inner === 'string') return this.#map(inner, { source: 'operator' });
    return this.value(inner, depth + 1, NAMED.has(name));
  }
}
