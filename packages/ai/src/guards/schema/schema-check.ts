import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { LinearPattern } from './linear-pattern.ts';
import { SchemaIndex, type Schema } from './schema-index.ts';

/** Steps of one check; a schema that refers to itself in two places may ask for endless ones. */
const STEPS_MAX = 2_000_000;
const DEPTH_MAX = 400;

/**
 * Whether a value is of a JSON Schema (2020-12; `definitions`, `dependencies` and lists of `items` as before it). Small
 * on purpose: libraries for this cost each worker 23 MB. What cannot be decided within bounds is not of the schema.
 */
export class SchemaCheck {
  readonly #root: Schema;
  readonly #index: SchemaIndex;

  constructor(schema: JsonFields | boolean) {
    this.#root = schema;
    this.#index = new SchemaIndex(schema);
  }

  accepts(value: Json): boolean {
    if (this.#index.problems.length > 0 || isTooDeep(value)) return false;
    return new Checking(this.#index).is(value, this.#root);
  }
}

/** Without recursion, as a model chooses how deep it goes. */
function isTooDeep(value: Json): boolean {
  let level: readonly Json[] = [value];
  for (let depth = 0; depth < DEPTH_MAX; depth++) {
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
    if (level.length === 0) return false;
  }
  return true;
}

/** What in a schema is not understood; with any of these no answer is of it. */
export function schemaProblems(schema: JsonFields | boolean): readonly string[] {
  return new SchemaIndex(schema).problems;
}

class Checking {
  readonly #index: SchemaIndex;
  #steps = 0;
  #depth = 0;

  constructor(index: SchemaIndex) {
    this.#index = index;
  }

  is(value: Json, schema: Schema | undefined): boolean {
    if (schema === undefined || typeof schema === 'boolean') return schema !== false;
    if (++this.#steps > STEPS_MAX || this.#depth === DEPTH_MAX) return false;
    this.#depth++;
    const accepted = this.#isOf(value, schema);
    this.#depth--;
    return accepted;
  }

  #isOf(value: Json, schema: JsonFields): boolean {
    if (!isOfType(value, schema)) return false;
    if ('const' in schema && !isSame(value, schema['const'] ?? null)) return false;
    const { enum: allowed } = schema;
    if (isList(allowed) && !allowed.some((each) => isSame(value, each))) return false;
    if (typeof value === 'string' && !this.#isString(value, schema)) return false;
    if (typeof value === 'number' && !isNumber(value, schema)) return false;
    if (isList(value) && !this.#isArray(value, schema)) return false;
    if (isJsonFields(value) && !this.#isObject(value, schema)) return false;
    return this.#isComposed(value, schema);
  }

  #isComposed(value: Json, schema: JsonFields): boolean {
    const { $ref, allOf, anyOf, oneOf, not } = schema;
    if ($ref !== undefined && !this.is(value, this.#index.target($ref))) return false;
    if (isList(allOf) && !allOf.every((each) => this.is(value, asSchema(each)))) return false;
    if (isList(anyOf) && !anyOf.some((each) => this.is(value, asSchema(each)))) return false;
    if (isList(oneOf) && oneOf.filter((each) => this.is(value, asSchema(each))).length !== 1) return false;
    if (not !== undefined && this.is(value, asSchema(not))) return false;
    if (schema['if'] === undefined) return true;
    return this.is(value, asSchema(schema[this.is(value, asSchema(schema['if'])) ? 'then' : 'else']));
  }

  #isString(value: string, schema: JsonFields): boolean {
    const { minLength, maxLength, pattern } = schema;
    if (typeof minLength === 'number' || typeof maxLength === 'number') {
      const { length } = Array.from(value);
      if (!isWithin(length, minLength, maxLength)) return false;
    }
    return typeof pattern !== 'string' || this.#fits(value, pattern);
  }

  #fits(text: string, source: string): boolean {
    const pattern = this.#index.pattern(source);
    if (!(pattern instanceof LinearPattern)) return false;
    this.#steps += pattern.cost(text) >> 4;
    return this.#steps <= STEPS_MAX && pattern.test(text);
  }

  #isArray(value: readonly Json[], schema: JsonFields): boolean {
    const { items, prefixItems, additionalItems, contains, minContains, maxContains, uniqueItems } = schema;
    if (!isWithin(value.length, schema['minItems'], schema['maxItems'])) return false;
    const first = isList(prefixItems) ? prefixItems : isList(items) ? items : [];
    const rest = isList(items) ? additionalItems : items;
    if (!value.every((each, at) => this.is(each, asSchema(at < first.length ? first[at] : rest)))) return false;
    if (uniqueItems === true && new Set(value.map(canonical)).size !== value.length) return false;
    if (contains === undefined) return true;
    const { length } = value.filter((each) => this.is(each, asSchema(contains)));
    return isWithin(length, minContains ?? 1, maxContains);
  }

  #isObject(value: JsonFields, schema: JsonFields): boolean {
    const names = Object.keys(value);
    const { required, propertyNames } = schema;
    if (!isWithin(names.length, schema['minProperties'], schema['maxProperties'])) return false;
    if (isList(required) && !required.every((name) => typeof name === 'string' && Object.hasOwn(value, name)))
      return false;
    if (propertyNames !== undefined && !names.every((name) => this.is(name, asSchema(propertyNames)))) return false;
    return names.every((name) => this.#isMember(value, name, schema)) && this.#isDependent(value, schema);
  }

  #isMember(value: JsonFields, name: string, schema: JsonFields): boolean {
    const member = value[name] ?? null;
    const { properties, patternProperties } = schema;
    let known = false;
    if (isJsonFields(properties) && Object.hasOwn(properties, name)) {
      known = true;
      if (!this.is(member, asSchema(properties[name]))) return false;
    }
    for (const [pattern, each] of Object.entries(isJsonFields(patternProperties) ? patternProperties : {})) {
      if (!this.#fits(name, pattern)) continue;
      known = true;
      if (!this.is(member, asSchema(each))) return false;
    }
    return known || this.is(member, asSchema(schema['additionalProperties']));
  }

  #isDependent(value: JsonFields, schema: JsonFields): boolean {
    for (const keyword of ['dependentRequired', 'dependentSchemas', 'dependencies']) {
      const rules = schema[keyword];
      for (const [name, rule] of Object.entries(isJsonFields(rules) ? rules : {})) {
        if (!Object.hasOwn(value, name)) continue;
        if (
          isList(rule)
            ? !rule.every((each) => typeof each === 'string' && Object.hasOwn(value, each))
            : !this.is(value, asSchema(rule))
        ) {
          return false;
        }
      }
    }
    return true;
  }
}

function asSchema(value: Json | undefined): Schema | undefined {
  return isJsonFields(value) || typeof value === 'boolean' ? value : undefined;
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isWithin(value: number, least: Json | undefined, most: Json | undefined): boolean {
  return !(typeof least === 'number' && value < least) && !(typeof most === 'number' && value > most);
}

function isOfType(value: Json, { type, nullable }: JsonFields): boolean {
  if (type === undefined || (value === null && nullable === true)) return true;
  const types = isList(type) ? type : [type];
  return types.some((name) => name === typeOf(value) || (name === 'integer' && Number.isInteger(value)));
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  return isList(value) ? 'array' : typeof value;
}

function isNumber(value: number, schema: JsonFields): boolean {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (!isWithin(value, minimum, maximum)) return false;
  if (typeof exclusiveMinimum === 'number' && value <= exclusiveMinimum) return false;
  if (typeof exclusiveMaximum === 'number' && value >= exclusiveMaximum) return false;
  if (typeof multipleOf !== 'number' || multipleOf <= 0) return true;
  const times = value / multipleOf;
  // 0.3 is three times 0.1, though not for doubles.
  return Math.abs(times - Math.round(times)) < 1e-9 * Math.max(1, Math.abs(times));
}

function isSame(a: Json, b: Json): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && canonical(a) === canonical(b));
}

/** The same text for the same value, whatever the order of members. */
function canonical(value: Json): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
