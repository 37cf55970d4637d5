import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';

/**
 * What structured output asks of a schema beside leaving keywords out: every object closed, though which of its properties
 * are required stays as it was; `anyOf` for `oneOf`; and of some keywords only a few values.
 */
export class SchemaSeal {
  readonly #lost: (keyword: string) => void;

  constructor(lost: (keyword: string) => void) {
    this.#lost = lost;
  }

  schema(schema: JsonFields): JsonFields {
    const { oneOf, ...rest } = schema;
    const either = oneOf === undefined || rest['anyOf'] !== undefined ? rest : { ...rest, anyOf: oneOf };
    const walked = Object.entries(either).flatMap(([name, value]) => {
      const kept = this.#member(name, value);
      return kept === undefined ? [] : [[name, kept] as const];
    });
    const sealed: JsonFields = Object.fromEntries(walked);
    const isObject = schema['type'] === 'object' || isJsonFields(schema['properties']);
    if (!isObject) return sealed;
    const open = schema['additionalProperties'];
    if (open === undefined ? schema['properties'] === undefined : open !== false) this.#lost('additionalProperties');
    return { ...sealed, additionalProperties: false };
  }

  #member(name: string, value: Json): Json | undefined {
    if (MAPS.has(name) && isJsonFields(value)) {
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.#value(one)]));
    }
    if (PLACES.has(name)) return this.#value(value);
    const refused = (name === 'format' && !isKnownFormat(value)) || (name === 'minItems' && value !== 0 && value !== 1);
    if (refused) this.#lost(name);
    return refused ? undefined : value;
  }

  #value(value: Json): Json {
    if (isList(value)) return value.map((one) => this.#value(one));
    return isJsonFields(value) ? this.schema(value) : value;
  }
}

function isKnownFormat(value: Json): boolean {
  return typeof value === 'string' && FORMATS.has(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

const MAPS: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions']);
const PLACES: ReadonlySet<string> = new Set(['items', 'prefixItems', 'anyOf', 'allOf']);
const FORMATS: ReadonlySet<string> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
]);
