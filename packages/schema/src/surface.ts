import type { PlanSchema, PlanSchemaObject } from './plan-schema.ts';
import type { SchemaSet } from './schema-set.ts';
import { typesOf } from './schema-types.ts';

/** What a schema says of one member of an object, or of the items of a list. */
export type Described =
  /** By its name. */
  | { readonly kind: 'named'; readonly surface: Surface }
  /** As any member that has no name of its own: the keys of a table. */
  | { readonly kind: 'any'; readonly surface: Surface }
  /** Nothing, and it may be there like anything else: nobody has described what the object holds. */
  | { readonly kind: 'open' }
  /** Nothing, beside others that are described. */
  | { readonly kind: 'unknown' };

const OPEN: Described = { kind: 'open' };
const UNKNOWN: Described = { kind: 'unknown' };
/** What is said of one object, wherever it is said. */
interface Parts {
  readonly properties: Map<string, Set<PlanSchema>>;
  /** By their sources. */
  readonly patterns: Map<string, Set<PlanSchema>>;
  readonly others: Set<PlanSchema>;
  readonly items: Set<PlanSchema>;
  isDescribed: boolean;
  isOpen: boolean;
}

/**
 * Which names a schema gives to what a value holds, through references and all alternatives. It does not say whether a
 * value fits. Made as it is walked, so that schemas may hold themselves.
 */
export class Surface {
  readonly #set: SchemaSet;
  readonly #parts: Parts = {
    properties: new Map(),
    patterns: new Map(),
    others: new Set(),
    items: new Set(),
    isDescribed: false,
    isOpen: false,
  };
  /** Of names that the schema has; others are callers' choice. */
  readonly #named = new Map<string, Described>();
  #items: Surface | undefined;

  private constructor(schema: PlanSchema, set: SchemaSet) {
    this.#set = set;
    if (typeof schema !== 'boolean') this.#read(schema);
  }

  /** One a schema: what was found out stays. */
  static of(schema: PlanSchema, set: SchemaSet): Surface {
    if (typeof schema === 'boolean') return new Surface(schema, set);
    const surfaces = surfacesOf(set);
    const known = surfaces.get(schema) ?? new Surface(schema, set);
    surfaces.set(schema, known);
    return known;
  }

  member(name: string): Described {
    const known = this.#named.get(name);
    if (known !== undefined) return known;
    const own = this.#parts.properties.get(name);
    if (own === undefined) return this.#unnamed(name);
    const found: Described = { kind: 'named', surface: joined(own, this.#set) };
    this.#named.set(name, found);
    return found;
  }

  #unnamed(name: string): Described {
    const { patterns, others, isDescribed, isOpen } = this.#parts;
    const fitting = [...patterns].filter(([source]) => this.#set.pattern(source).test(name, () => {}));
    const any = fitting.length > 0 ? new Set(fitting.flatMap(([, schemas]) => [...schemas])) : others;
    if (any.size > 0) return { kind: 'any', surface: joined(any, this.#set) };
    return isOpen || !isDescribed ? OPEN : UNKNOWN;
  }

  /** Undefined: nothing is said of them. */
  get items(): Surface | undefined {
    const { items } = this.#parts;
    return (this.#items ??= items.size === 0 ? undefined : joined(items, this.#set));
  }

  #read(schema: PlanSchemaObject): void {
    this.#readOwn(schema);
    const { $ref, anyOf = [], oneOf = [] } = schema;
    const target = $ref === undefined ? [] : [this.#set.schemas[$ref] ?? true];
    for (const each of [...target, ...besides(schema)]) this.#take(Surface.of(each, this.#set).#parts);
    for (const each of [...anyOf, ...oneOf]) this.#branch(each);
  }

  #readOwn(schema: PlanSchemaObject): void {
    const parts = this.#parts;
    const { properties, patternProperties, additionalProperties, unevaluatedProperties, items, prefixItems } = schema;
    parts.isDescribed = properties !== undefined || patternProperties !== undefined;
    for (const [name, each] of Object.entries(properties ?? {})) addTo(parts.properties, name, [each]);
    for (const [source, each] of Object.entries(patternProperties ?? {})) addTo(parts.patterns, source, [each]);
    for (const rest of [additionalProperties, unevaluatedProperties]) {
      if (rest === false) parts.isDescribed = true;
      else if (rest === true || (rest !== undefined && saysNothing(rest))) parts.isOpen = true;
      else if (rest !== undefined) parts.others.add(rest);
    }
    for (const each of prefixItems ?? []) parts.items.add(each);
    if (items !== undefined) parts.items.add(items);
  }

  /** A branch that takes any object opens the whole: nobody can tell which one was meant. */
  #branch(schema: PlanSchema): void {
    const types = typesOf(schema, this.#set.schemas);
    const branch = Surface.of(schema, this.#set).#parts;
    const takesObjects = schema !== false && (types === undefined || types.has('object'));
    if (takesObjects && !branch.isDescribed && branch.others.size === 0) this.#parts.isOpen = true;
    this.#take(branch);
  }

  #take(from: Parts): void {
    const parts = this.#parts;
    for (const [name, schemas] of from.properties) addTo(parts.properties, name, schemas);
    for (const [source, schemas] of from.patterns) addTo(parts.patterns, source, schemas);
    for (const each of from.others) parts.others.add(each);
    for (const each of from.items) parts.items.add(each);
    parts.isDescribed ||= from.isDescribed;
    parts.isOpen ||= from.isOpen;
  }
}

function addTo(map: Map<string, Set<PlanSchema>>, key: string, schemas: Iterable<PlanSchema>): void {
  const known = map.get(key) ?? new Set<PlanSchema>();
  for (const each of schemas) known.add(each);
  map.set(key, known);
}

const made = new WeakMap<SchemaSet, WeakMap<PlanSchemaObject, Surface>>();

function surfacesOf(set: SchemaSet): WeakMap<PlanSchemaObject, Surface> {
  const known = made.get(set) ?? new WeakMap<PlanSchemaObject, Surface>();
  made.set(set, known);
  return known;
}

/** Of several that may hold for the same value: what any of them says. */
function joined(schemas: ReadonlySet<PlanSchema>, set: SchemaSet): Surface {
  const [only = true, ...others] = schemas;
  return Surface.of(others.length === 0 ? only : { allOf: [...schemas] }, set);
}

/** What holds, or may hold, for the same object. */
function besides({ allOf, if: condition, then, else: otherwise, dependentSchemas }: PlanSchemaObject) {
  const conditional = [condition, then, otherwise].filter((each) => each !== undefined);
  return [...(allOf ?? []), ...conditional, ...Object.values(dependentSchemas ?? {})];
}

function saysNothing(schema: PlanSchema): boolean {
  return typeof schema === 'object' && Object.keys(schema).length === 0;
}
