import { below, mapOf, shown, type JsonMap } from '../tree/json-tree.ts';
import { carried, elsewhere, isNot, isOf, kept, type Losses, type Rule, type Rules } from './losses.ts';

export interface SchemaUpgradeOptions {
  readonly losses: Losses;
  /** Where what a reference leads to stands now; undefined: it stands nowhere any more. */
  readonly reference: (written: string) => string | undefined;
}

/** What is nested deeper was not written by anybody. */
const DEPTH_MAX = 200;
const TYPES: ReadonlySet<unknown> = new Set(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string']);
const BYTES: JsonMap = { contentMediaType: 'application/octet-stream' };
/** Beside a reference they change nothing, so that they may stay. */
const BESIDE_REFERENCE: ReadonlySet<string> = new Set(['$ref', 'description', 'title', 'summary']);

/** Schemas of Swagger 2.0 and OpenAPI 3.0, relatives of draft 4, as those of JSON Schema 2020-12. */
export class SchemaUpgrade {
  readonly #losses: Losses;
  readonly #reference: SchemaUpgradeOptions['reference'];
  /** By what they were made of: a schema that is shared is upgraded once. Undefined: under way. */
  readonly #known = new Map<unknown, JsonMap | undefined>();
  #depth = 0;

  constructor({ losses, reference }: SchemaUpgradeOptions) {
    this.#losses = losses;
    this.#reference = reference;
  }

  schema(value: unknown, pointer: string): JsonMap | boolean {
    if (typeof value === 'boolean') return value;
    const map = mapOf(value);
    if (map === undefined) return this.#open(pointer, 'is no schema, any value is taken');
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    if (this.#known.has(value)) return this.#open(pointer, 'holds itself, any value is taken');
    if (this.#depth >= DEPTH_MAX)
      return this.#open(pointer, `is nested deeper than ${DEPTH_MAX} levels, any value is taken`);
    this.#known.set(value, undefined);
    this.#depth++;
    const upgraded = map['$ref'] === undefined ? this.#written(map, pointer) : this.#referring(map, pointer);
    this.#depth--;
    this.#known.set(value, upgraded);
    return upgraded;
  }

  #open(pointer: string, what: string): JsonMap {
    this.#losses.name(pointer, what);
    return {};
  }

  #referring(map: JsonMap, pointer: string): JsonMap {
    const written = map['$ref'];
    const $ref = typeof written === 'string' ? this.#reference(written) : undefined;
    if ($ref === undefined) return this.#open(pointer, 'refers to what is arranged differently, any value is taken');
    const beside = Object.entries(map).filter(([name]) => name !== '$ref');
    for (const [name] of beside) {
      if (BESIDE_REFERENCE.has(name) || name.startsWith('x-')) continue;
      this.#losses.name(below(pointer, name), 'stands beside a $ref, where it means nothing, left out');
    }
    const staying = beside.filter(
      ([name, value]) => name.startsWith('x-') || (BESIDE_REFERENCE.has(name) && typeof value === 'string'),
    );
    return { $ref, ...Object.fromEntries(staying) };
  }

  #written(map: JsonMap, pointer: string): JsonMap {
    const members = carried(map, this.#rules, { pointer, losses: this.#losses });
    return { ...members, ...this.#types(map, pointer), ...bounds(map) };
  }

  /** `nullable` is a type of its own now, and a file is bytes. */
  #types({ type, nullable, 'x-nullable': extension }: JsonMap, pointer: string): JsonMap {
    if (type === undefined) return {};
    if (type === 'file') return { type: 'string', ...BYTES };
    const written: readonly unknown[] = Array.isArray(type) ? type : [type];
    const known = written.filter((each) => TYPES.has(each));
    if (known.length < written.length) {
      this.#losses.name(
        below(pointer, 'type'),
        `has a type that there is not: ${written.slice(0, 5).map(shown).join(', ')}`,
      );
    }
    if (known.length === 0) return {};
    const types = [...new Set([...known, ...(nullable === true || extension === true ? ['null'] : [])])];
    return { type: types.length === 1 ? types[0] : types };
  }

  readonly #one: Rule = (value, pointer) => ({ [lastOf(pointer)]: this.schema(value, pointer) });

  readonly #each: Rule = (value, pointer) =>
    Array.isArray(value) && value.length > 0
      ? { [lastOf(pointer)]: value.map((item, index) => this.schema(item, below(pointer, index))) }
      : isNot('list');

  readonly #items: Rule = (value, pointer) =>
    Array.isArray(value)
      ? { prefixItems: value.map((item, index) => this.schema(item, below(pointer, index))) }
      : { items: this.schema(value, pointer) };

  readonly #properties: Rule = (value, pointer) => {
    const map = mapOf(value);
    if (map === undefined) return isNot('map');
    const upgraded = Object.entries(map).map(([name, each]) => [name, this.schema(each, below(pointer, name))]);
    return { properties: Object.fromEntries(upgraded) };
  };

  readonly #rules: Rules = {
    title: kept('title', 'text'),
    description: kept('description', 'text'),
    default: kept('default', 'anything'),
    format: (value) => (value === 'binary' ? BYTES : isOf('text', value) ? { format: value } : isNot('text')),
    pattern: kept('pattern', 'text'),
    enum: kept('enum', 'list'),
    multipleOf: (value) =>
      typeof value === 'number' && value > 0 ? { multipleOf: value } : 'is not above 0, left out',
    maxLength: kept('maxLength', 'count'),
    minLength: kept('minLength', 'count'),
    maxItems: kept('maxItems', 'count'),
    minItems: kept('minItems', 'count'),
    maxProperties: kept('maxProperties', 'count'),
    minProperties: kept('minProperties', 'count'),
    uniqueItems: kept('uniqueItems', 'boolean'),
    readOnly: kept('readOnly', 'boolean'),
    writeOnly: kept('writeOnly', 'boolean'),
    deprecated: kept('deprecated', 'boolean'),
    xml: kept('xml', 'map'),
    externalDocs: kept('externalDocs', 'map'),
    required: kept('required', 'texts'),
    example: (value) => ({ examples: [value] }),
    discriminator,
    collectionFormat: (value) => (value === 'csv' ? {} : 'has no counterpart in lists of lists, left out'),
    type: elsewhere,
    nullable: (value) => (typeof value === 'boolean' ? {} : isNot('boolean')),
    'x-nullable': (value) => (typeof value === 'boolean' ? {} : { 'x-nullable': value }),
    minimum: (value) => (isOf('number', value) ? {} : isNot('number')),
    maximum: (value) => (isOf('number', value) ? {} : isNot('number')),
    exclusiveMinimum: (value) => (typeof value === 'boolean' ? {} : isNot('boolean')),
    exclusiveMaximum: (value) => (typeof value === 'boolean' ? {} : isNot('boolean')),
    items: this.#items,
    allOf: this.#each,
    anyOf: this.#each,
    oneOf: this.#each,
    not: this.#one,
    additionalProperties: this.#one,
    properties: this.#properties,
  };
}

/** Swagger names the property only. */
function discriminator(value: unknown): JsonMap | string {
  if (typeof value === 'string') return { discriminator: { propertyName: value } };
  const map = mapOf(value);
  return typeof map?.['propertyName'] === 'string' ? { discriminator: map } : 'names no property, left out';
}

/** `exclusiveMinimum` no longer says of `minimum` how it is meant, but is a limit itself. */
function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonMap): JsonMap {
  return {
    ...(isOf('number', minimum) && { [exclusiveMinimum === true ? 'exclusiveMinimum' : 'minimum']: minimum }),
    ...(isOf('number', maximum) && { [exclusiveMaximum === true ? 'exclusiveMaximum' : 'maximum']: maximum }),
  };
}

function lastOf(pointer: string): string {
  return pointer.slice(pointer.lastIndexOf('/') + 1);
}
