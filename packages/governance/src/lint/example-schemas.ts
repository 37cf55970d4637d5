import {
  endlessSchema,
  JSON_TYPES,
  LinearPattern,
  PatternProblem,
  SchemaSet,
  type JsonType,
  type PlanSchema,
} from '@gatehouse/schema';
import { isObject, listOf, textOf, type JsonObject } from '../document/json-value.ts';

const DEPTH_MAX = 100;
const SCHEMAS_MAX = 50_000;

const ONE = [
  'contains',
  'unevaluatedItems',
  'additionalProperties',
  'propertyNames',
  'unevaluatedProperties',
  'not',
  'if',
  'then',
  'else',
];
const LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const MAPS = ['properties', 'patternProperties', 'dependentSchemas'];
const NUMBERS = ['multipleOf', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'];
const COUNTS = [
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minContains',
  'maxContains',
  'minProperties',
  'maxProperties',
];

interface Reading {
  readonly version: '3.0' | '3.1' | '3.2';
  /** Follows references. */
  readonly resolve: (value: unknown) => JsonObject | undefined;
}

/**
 * The schemas of a document as functions that examples are held against. What is wrong with a schema itself, other rules
 * say: here it allows everything, and so does what is in another file.
 */
export class ExampleSchemas {
  readonly #reading: Reading;
  readonly #schemas: PlanSchema[] = [];
  readonly #numbers = new Map<JsonObject, number>();
  readonly #left: { readonly node: JsonObject; readonly number: number }[] = [];
  readonly #sets: readonly SchemaSet[];
  #count = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
    const set = (direction: 'request' | 'reply'): SchemaSet =>
      new SchemaSet(this.#schemas, { direction, allowsReadOnly: true, tracks: true });
    this.#sets = [set('request'), set('reply')];
  }

  /** To be read before anything is held against any. */
  read(schema: unknown): PlanSchema {
    return this.#read(schema, 0);
  }

  /** What refers to itself for one value has no end, and allows everything here. */
  finish(): void {
    for (let next = this.#left.pop(); next !== undefined; next = this.#left.pop()) {
      this.#schemas[next.number] = this.#read(next.node, 0);
    }
    for (let culprit = endlessSchema(this.#schemas); culprit !== undefined; culprit = endlessSchema(this.#schemas)) {
      this.#schemas[culprit.number] = true;
    }
  }

  /** What is wrong with an example, whether callers send it or get it; undefined: it fits one of the two. */
  problem(schema: PlanSchema, value: unknown): string | undefined {
    let told: string | undefined;
    for (const set of this.#sets) {
      const [first] = set.findings(schema, value);
      if (first === undefined) return undefined;
      told ??= `${first.path === '' ? 'it' : `\`${first.path}\``} ${first.message}`;
    }
    return told;
  }

  #number(node: JsonObject): number {
    const known = this.#numbers.get(node);
    if (known !== undefined) return known;
    const number = this.#schemas.push(true) - 1;
    this.#numbers.set(node, number);
    this.#left.push({ node, number });
    return number;
  }

  #read(value: unknown, depth: number): PlanSchema {
    if (typeof value === 'boolean') return value;
    if (!isObject(value) || depth > DEPTH_MAX || ++this.#count > SCHEMAS_MAX) return true;
    const reference = value['$ref'] ?? value['$dynamicRef'];
    const target = reference === undefined ? undefined : this.#reading.resolve({ $ref: reference });
    const $ref = target === undefined ? {} : { $ref: this.#number(target) };
    if (reference !== undefined && this.#reading.version === '3.0') return target === undefined ? true : $ref;
    return { ...$ref, ...this.#plain(value), ...this.#nested(value, depth) };
  }

  #plain(node: JsonObject): Readonly<Record<string, unknown>> {
    const said = this.#reading.version === '3.0' ? withExclusiveNumbers(node) : node;
    const { pattern, format } = said;
    const types = typesOf(said, this.#reading.version === '3.0');
    const required = listOf(said['required']).filter((each) => typeof each === 'string');
    return {
      ...(types !== undefined && { type: types }),
      ...(Array.isArray(said['enum']) && { enum: said['enum'] }),
      ...(said['const'] !== undefined && { const: said['const'] }),
      ...(typeof format === 'string' && { format }),
      ...(typeof pattern === 'string' && isUsable(pattern) && { pattern }),
      ...(said['uniqueItems'] === true && { uniqueItems: true }),
      ...(required.length > 0 && { required }),
      ...numbersOf(said),
      ...this.#oneWay(said),
    };
  }

  /** Which properties only replies have, or only requests. */
  #oneWay(node: JsonObject): Readonly<Record<string, readonly string[]>> {
    const properties = isObject(node['properties']) ? Object.entries(node['properties']) : [];
    const marked = (key: string): readonly string[] =>
      properties.filter(([, each]) => this.#reading.resolve(each)?.[key] === true).map(([name]) => name);
    const [readOnly, writeOnly] = [marked('readOnly'), marked('writeOnly')];
    return { ...(readOnly.length > 0 && { readOnly }), ...(writeOnly.length > 0 && { writeOnly }) };
  }

  #nested(node: JsonObject, depth: number): Readonly<Record<string, unknown>> {
    const inner = (value: unknown): PlanSchema => this.#read(value, depth + 1);
    const found: [string, unknown][] = [];
    const { items } = node;
    // Before 2020-12, a list of items was what `prefixItems` is.
    if (Array.isArray(items)) found.push(['prefixItems', items.map(inner)]);
    else if (items !== undefined) found.push(['items', inner(items)]);
    for (const key of ONE) if (node[key] !== undefined) found.push([key, inner(node[key])]);
    for (const key of LISTS) if (Array.isArray(node[key])) found.push([key, node[key].map(inner)]);
    for (const key of MAPS) {
      const map = node[key];
      if (!isObject(map)) continue;
      const members = Object.entries(map).filter(([name]) => key !== 'patternProperties' || isUsable(name));
      found.push([key, Object.fromEntries(members.map(([name, each]) => [name, inner(each)]))]);
    }
    return Object.fromEntries(found);
  }
}

/** In OpenAPI 3.0, `exclusiveMinimum` says of `minimum` how it is meant. */
function withExclusiveNumbers(node: JsonObject): JsonObject {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, ...rest } = node;
  return {
    ...rest,
    ...(minimum !== undefined && { [exclusiveMinimum === true ? 'exclusiveMinimum' : 'minimum']: minimum }),
    ...(maximum !== undefined && { [exclusiveMaximum === true ? 'exclusiveMaximum' : 'maximum']: maximum }),
  };
}

/** None that there is not; with null, where OpenAPI 3.0 says `nullable` beside it. */
function typesOf(node: JsonObject, is30: boolean): readonly JsonType[] | undefined {
  const said = Array.isArray(node['type']) ? node['type'] : [node['type']];
  const types = said.map((each) => JSON_TYPES.find((known) => known === each)).filter((each) => each !== undefined);
  if (types.length === 0 || types.length < said.length) return undefined;
  return is30 && node['nullable'] === true && !types.includes('null') ? [...types, 'null'] : types;
}

function numbersOf(node: JsonObject): Readonly<Record<string, number>> {
  const found = [...NUMBERS, ...COUNTS].flatMap((key): readonly (readonly [string, number])[] => {
    const value = node[key];
    if (typeof value !== 'number' || !Number.isFinite(value)) return [];
    if (COUNTS.includes(key) && (value < 0 || !Number.isInteger(value))) return [];
    return key === 'multipleOf' && value <= 0 ? [] : [[key, value]];
  });
  return Object.fromEntries(found);
}

function isUsable(pattern: string): boolean {
  if (textOf(pattern) === undefined) return false;
  try {
    return new LinearPattern(pattern) instanceof LinearPattern;
  } catch (error) {
    if (error instanceof PatternProblem) return false;
    throw error;
  }
}
