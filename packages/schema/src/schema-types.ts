import type { JsonType, PlanSchema, PlanSchemaObject } from './plan-schema.ts';

/** By the schema: many may lead to the same one, and it to many others. */
const known = new WeakMap<PlanSchemaObject, { readonly types: ReadonlySet<JsonType> | undefined }>();

/** Types that a value may have; undefined: any. */
export function typesOf(schema: PlanSchema, schemas: readonly PlanSchema[]): ReadonlySet<JsonType> | undefined {
  if (typeof schema === 'boolean') return undefined;
  const kept = known.get(schema) ?? { types: typesIn(schema, schemas) };
  known.set(schema, kept);
  return kept.types;
}

function typesIn(schema: PlanSchemaObject, schemas: readonly PlanSchema[]): ReadonlySet<JsonType> | undefined {
  const limits: (ReadonlySet<JsonType> | undefined)[] = [
    schema.type && new Set(schema.type),
    schema.$ref === undefined ? undefined : typesOf(schemas[schema.$ref] ?? true, schemas),
    ...(schema.allOf ?? []).map((each) => typesOf(each, schemas)),
    either(schema.anyOf, schemas),
    either(schema.oneOf, schemas),
    schema.enum && typesOfValues(schema.enum),
    schema.const === undefined ? undefined : typesOfValues([schema.const]),
  ];
  return limits.reduce(both, undefined);
}

function both(
  a: ReadonlySet<JsonType> | undefined,
  b: ReadonlySet<JsonType> | undefined,
): ReadonlySet<JsonType> | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  // An integer is a number.
  const has = (set: ReadonlySet<JsonType>, type: JsonType): boolean =>
    set.has(type) || (type === 'integer' && set.has('number'));
  return new Set([...[...a].filter((type) => has(b, type)), ...[...b].filter((type) => has(a, type))]);
}

function either(
  list: readonly PlanSchema[] | undefined,
  schemas: readonly PlanSchema[],
): ReadonlySet<JsonType> | undefined {
  const types = list?.map((each) => typesOf(each, schemas));
  if (types === undefined || types.includes(undefined)) return undefined;
  return new Set(types.flatMap((each) => [...(each ?? [])]));
}

function typesOfValues(values: readonly unknown[]): ReadonlySet<JsonType> {
  return new Set(values.map(typeOfValue));
}

export function typeOfValue(value: unknown): JsonType {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return 'number';
  return Array.isArray(value) ? 'array' : 'object';
}

/** What is said of the items of a list, wherever it is said first. */
export function itemsOf(schema: PlanSchema, schemas: readonly PlanSchema[]): PlanSchema {
  return found(schema, schemas, (each) => (typeof each === 'boolean' ? undefined : each.items)) ?? true;
}

/** Undefined: nothing is said of such a property. */
export function propertyOf(name: string, schema: PlanSchema, schemas: readonly PlanSchema[]): PlanSchema | undefined {
  return found(schema, schemas, (each) => {
    if (typeof each === 'boolean' || each.properties === undefined) return undefined;
    return Object.hasOwn(each.properties, name) ? each.properties[name] : undefined;
  });
}

export function propertyNamesOf(schema: PlanSchema, schemas: readonly PlanSchema[]): readonly string[] {
  const names = new Set<string>();
  found(schema, schemas, (each) => {
    if (typeof each !== 'boolean') for (const name of Object.keys(each.properties ?? {})) names.add(name);
    return undefined;
  });
  return [...names];
}

/** Of what is said in one place or, together, in several. */
export function requiredNamesOf(schema: PlanSchema, schemas: readonly PlanSchema[]): readonly string[] {
  return [...new Set(together(schema, schemas).flatMap(({ required }) => required ?? []))];
}

/** Whether an object may have such a property, as far as its names alone say. */
export function mayHold(name: string, schema: PlanSchema, schemas: readonly PlanSchema[]): boolean {
  return together(schema, schemas).every(({ properties = {}, patternProperties, additionalProperties }) => {
    return additionalProperties !== false || patternProperties !== undefined || Object.hasOwn(properties, name);
  });
}

/** All that hold for the same value. */
function together(
  schema: PlanSchema,
  schemas: readonly PlanSchema[],
  passed = new Set<PlanSchemaObject>(),
): readonly PlanSchemaObject[] {
  if (typeof schema === 'boolean' || passed.has(schema)) return [];
  passed.add(schema);
  const inner = [...(schema.$ref === undefined ? [] : [schemas[schema.$ref] ?? true]), ...(schema.allOf ?? [])];
  for (const each of inner) together(each, schemas, passed);
  return [...passed];
}

function found(
  schema: PlanSchema,
  schemas: readonly PlanSchema[],
  look: (schema: PlanSchema) => PlanSchema | undefined,
  passed = new Set<PlanSchema>(),
): PlanSchema | undefined {
  const here = look(schema);
  if (here !== undefined || typeof schema === 'boolean' || passed.has(schema)) return here;
  passed.add(schema);
  const inner = [
    ...(schema.$ref === undefined ? [] : [schemas[schema.$ref] ?? true]),
    ...(schema.allOf ?? []),
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
  ];
  for (const each of inner) {
    const there = found(each, schemas, look, passed);
    if (there !== undefined) return there;
  }
  return undefined;
}
