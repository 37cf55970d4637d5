import type { Json, JsonFields } from '../canonical/json.ts';
import { asSchema, SchemaRefs } from '../canonical/schema-refs.ts';
import { listOf, numberOf, objectOf } from './json-kind.ts';
import { asPattern, ASSERTIONS } from './schema-assertions.ts';

/** `place` is a JSON pointer into the value. */
export interface Mismatch {
  readonly place: string;
  readonly message: string;
}

/** The first thing in which a value is not what a schema describes. The schema has no `schemaProblems`. */
export function mismatchOf(value: Json, schema: JsonFields): Mismatch | undefined {
  return new SchemaCheck(schema).check(value, schema, { place: '', depth: 0 });
}

/** Against references in circles, and schemas that look at everything again and again. */
const DEPTH_MAX = 256;
const STEPS_MAX = 200_000;

interface Place {
  readonly place: string;
  readonly depth: number;
}

class SchemaCheck {
  readonly #root: JsonFields;
  readonly #refs = new Map<Json, JsonFields>();
  #steps = 0;

  constructor(root: JsonFields) {
    this.#root = root;
  }

  check(value: Json, schema: Json, { place, depth }: Place): Mismatch | undefined {
    const fields = asSchema(schema) ?? {};
    if (depth > DEPTH_MAX || ++this.#steps > STEPS_MAX) return { place, message: 'takes too long to check' };
    const inside = { place, depth: depth + 1 };
    for (const [keyword, wanted] of Object.entries(fields)) {
      const assertion = ASSERTIONS.get(keyword);
      if (assertion?.holds(value, wanted) === false) return { place, message: assertion.says(wanted) };
    }
    return (
      this.#composed(value, fields, inside) ??
      this.#members(value, fields, inside) ??
      this.#items(value, fields, inside)
    );
  }

  #holds(value: Json, schema: Json, place: Place): boolean {
    return this.check(value, schema, place) === undefined;
  }

  #composed(value: Json, schema: JsonFields, at: Place): Mismatch | undefined {
    const { $ref: ref, allOf, anyOf, oneOf, not, if: condition, then: met = true, else: unmet = true } = schema;
    const every = [...(ref === undefined ? [] : [this.#target(ref)]), ...(listOf(allOf) ?? [])];
    if (condition !== undefined) every.push(this.#holds(value, condition, at) ? met : unmet);
    const mismatch = first(every, (one) => this.check(value, one, at));
    if (mismatch !== undefined) return mismatch;
    const { place } = at;
    if (anyOf !== undefined && !listOf(anyOf)?.some((one) => this.#holds(value, one, at))) {
      return { place, message: 'is none of what it may be' };
    }
    if (oneOf !== undefined && listOf(oneOf)?.filter((one) => this.#holds(value, one, at)).length !== 1) {
      return { place, message: 'is not exactly one of what it may be' };
    }
    if (not !== undefined && this.#holds(value, not, at)) return { place, message: 'is what it must not be' };
    return undefined;
  }

  #members(value: Json, schema: JsonFields, at: Place): Mismatch | undefined {
    const fields = objectOf(value);
    if (fields === undefined) return undefined;
    const { propertyNames, dependentSchemas } = schema;
    const patterns = Object.entries(objectOf(schema['patternProperties']) ?? {});
    const properties = new Map(Object.entries(objectOf(schema['properties']) ?? {}));
    const mismatch = first(Object.entries(fields), ([name, member]) => {
      const inside = { place: `${at.place}/${escaped(name)}`, depth: at.depth };
      const known = properties.get(name);
      const schemas = patterns.filter(([pattern]) => asPattern(pattern)?.test(name)).map(([, one]) => one);
      if (known !== undefined) schemas.push(known);
      if (schemas.length === 0) schemas.push(schema['additionalProperties'] ?? true);
      if (propertyNames !== undefined && !this.#holds(name, propertyNames, inside)) {
        return { place: inside.place, message: 'has a name that it must not have' };
      }
      if (schemas.includes(false)) return { place: inside.place, message: 'must not be there' };
      return first(schemas, (one) => this.check(member, one, inside));
    });
    const dependent = Object.entries(objectOf(dependentSchemas) ?? {}).filter(([name]) => Object.hasOwn(fields, name));
    return mismatch ?? first(dependent, ([, one]) => this.check(value, one, at));
  }

  #items(value: Json, schema: JsonFields, at: Place): Mismatch | undefined {
    const list = listOf(value);
    if (list === undefined) return undefined;
    const { items = true, contains, minContains = 1, maxContains = Infinity } = schema;
    const prefix = listOf(schema['prefixItems']) ?? [];
    const mismatch = first(list.entries(), ([index, item]) => {
      return this.check(item, prefix[index] ?? items, { place: `${at.place}/${index}`, depth: at.depth });
    });
    if (mismatch !== undefined || contains === undefined) return mismatch;
    const found = list.filter((item) => this.#holds(item, contains, at)).length;
    const right = found >= (numberOf(minContains) ?? 1) && found <= (numberOf(maxContains) ?? Infinity);
    return right ? undefined : { place: at.place, message: 'has too few or too many of what it must hold' };
  }

  #target(ref: Json): JsonFields {
    const target = this.#refs.get(ref) ?? new SchemaRefs(this.#root).target(ref) ?? {};
    this.#refs.set(ref, target);
    return target;
  }
}

function first<T>(all: Iterable<T>, mismatch: (one: T) => Mismatch | undefined): Mismatch | undefined {
  for (const one of all) {
    const found = mismatch(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** RFC 6901. */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
