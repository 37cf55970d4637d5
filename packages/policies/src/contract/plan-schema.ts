import { LinearPattern, PatternProblem } from '@gatehouse/schema';
import { DocumentProblem, mapOf, type JsonMap, type OpenApiDocument, type Part } from '../openapi-document.ts';
import { JSON_TYPES, type JsonType, type PlanSchema, type PlanSchemaObject } from '@gatehouse/schema';
import { endlessSchema, type EndlessSchema } from '@gatehouse/schema';

const SCHEMAS_MAX = 50_000;
const DEPTH_MAX = 200;

const ONE = ['items', 'contains', 'unevaluatedItems', 'additionalProperties', 'propertyNames', 'unevaluatedProperties', 'not', 'if', 'then', 'else'] as const; // prettier-ignore
const LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'] as const;
const MAPS = ['properties', 'patternProperties', 'dependentSchemas'] as const;
const NUMBERS = ['multipleOf', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'] as const;
const COUNTS = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minContains', 'maxContains', 'minProperties', 'maxProperties'] as const; // prettier-ignore

const ENDLESS: Readonly<Record<EndlessSchema['why'], string>> = {
  'comes back': 'is a schema that refers to itself for the same value, leave the base out of what it lists',
  'is long': 'is a schema that leads through too many others for the same value',
};

/** Reads the schemas of a document into a plan. Throws `DocumentProblem`s. */
export class SchemaPlanner {
  readonly #document: OpenApiDocument;
  readonly #ignorePatterns: boolean;
  readonly #numbers = new Map<string, number>();
  readonly #schemas: PlanSchema[] = [];
  readonly #left: { readonly number: number; readonly part: Part }[] = [];
  #count = 0;

  constructor(document: OpenApiDocument, options: { readonly ignorePatterns: boolean }) {
    this.#document = document;
    this.#ignorePatterns = options.ignorePatterns;
  }

  /** Of what is not there: any value will do. */
  schema(part: Part): PlanSchema {
    return part.value === undefined ? true : this.#read(part, 0);
  }

  /** All that were referred to so far. */
  finish(): readonly PlanSchema[] {
    for (let next = this.#left.pop(); next !== undefined; next = this.#left.pop()) {
      this.#schemas[next.number] = this.#read(next.part, 0);
    }
    const culprit = endlessSchema(this.#schemas);
    if (culprit !== undefined) {
      const [key] = [...this.#numbers].find(([, number]) => number === culprit.number) ?? [''];
      const hash = key.indexOf('#');
      throw new DocumentProblem(ENDLESS[culprit.why], { file: key.slice(0, hash), pointer: key.slice(hash + 1) });
    }
    return this.#schemas;
  }

  #number(part: Part): number {
    const key = `${part.file}#${part.pointer}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#schemas.push(true) - 1;
    this.#numbers.set(key, number);
    this.#left.push({ number, part });
    return number;
  }

  #read(part: Part, depth: number): PlanSchema {
    if (typeof part.value === 'boolean') return part.value;
    const map = mapOf(part.value);
    if (map === undefined) throw new DocumentProblem('is no schema', part);
    if (++this.#count > SCHEMAS_MAX) throw new DocumentProblem(`holds more than ${SCHEMAS_MAX} schemas`, part);
    if (depth > DEPTH_MAX) throw new DocumentProblem('is nested too deeply', part);
    const reference = map['$ref'] ?? map['$dynamicRef'];
    const $ref = reference === undefined ? {} : { $ref: this.#number(this.#document.referred(reference, part)) };
    // OpenAPI 3.0: what stands beside a reference means nothing.
    if (reference !== undefined && this.#document.dialect === '3.0') return $ref;
    const inner = (child: Part): PlanSchema => this.#read(child, depth + 1);
    return { ...$ref, ...this.#plain(map, part), ...this.#nested(map, part, inner), ...this.#oneWay(part) };
  }

  #plain(map: JsonMap, part: Part): PlanSchemaObject {
    const is30 = this.#document.dialect === '3.0';
    const said = is30 ? withExclusiveNumbers(map) : map;
    const type = typesOf(said, part, is30);
    const { pattern, format, uniqueItems } = said;
    if (pattern !== undefined && typeof pattern !== 'string')
      throw new DocumentProblem('has a `pattern` that is no text', part);
    if (format !== undefined && typeof format !== 'string')
      throw new DocumentProblem('has a `format` that is no text', part);
    if (said['enum'] !== undefined && !Array.isArray(said['enum']))
      throw new DocumentProblem('has an `enum` that is no list', part);
    return {
      ...(type !== undefined && { type }),
      ...(Array.isArray(said['enum']) && { enum: said['enum'] }),
      ...(said['const'] !== undefined && { const: said['const'] }),
      ...(format !== undefined && { format }),
      ...(pattern !== undefined && this.#isUsable(pattern, part) && { pattern }),
      ...(uniqueItems === true && { uniqueItems }),
      ...numbersOf(said, part),
      ...(said['required'] !== undefined && { required: textsOf(said['required'], 'required', part) }),
      ...(said['dependentRequired'] !== undefined && {
        dependentRequired: dependentsOf(said['dependentRequired'], part),
      }),
    };
  }

  #nested(map: JsonMap, part: Part, inner: (child: Part) => PlanSchema): PlanSchemaObject {
    const document = this.#document;
    const found: [string, unknown][] = [];
    for (const key of ONE) if (map[key] !== undefined) found.push([key, inner(document.at(part, key))]);
    for (const key of LISTS) {
      if (map[key] !== undefined) found.push([key, document.items(document.at(part, key)).map(inner)]);
    }
    for (const key of MAPS) {
      if (map[key] === undefined) continue;
      const members = document.members(document.at(part, key));
      const usable = key === 'patternProperties' ? members.filter(([name]) => this.#isUsable(name, part)) : members;
      found.push([key, Object.fromEntries(usable.map(([name, child]) => [name, inner(child)]))]);
    }
    return Object.fromEntries(found);
  }

  #isUsable(pattern: string, part: Part): boolean {
    try {
      return new LinearPattern(pattern) instanceof LinearPattern;
    } catch (error) {
      if (!(error instanceof PatternProblem)) throw error;
      if (this.#ignorePatterns) return false;
      throw new DocumentProblem(`has a pattern that ${error.message}; write another, or \`patterns: ignore\``, part);
    }
  }

  /** Which properties only replies have, or only requests. */
  #oneWay(part: Part): PlanSchemaObject {
    const properties = this.#document.members(this.#document.at(part, 'properties'));
    const marked = (key: 'readOnly' | 'writeOnly'): readonly string[] =>
      properties.filter(([, each]) => this.#isMarked(each, key)).map(([name]) => name);
    const readOnly = properties.length === 0 ? [] : marked('readOnly');
    const writeOnly = properties.length === 0 ? [] : marked('writeOnly');
    return { ...(readOnly.length > 0 && { readOnly }), ...(writeOnly.length > 0 && { writeOnly }) };
  }

  #isMarked(property: Part, key: 'readOnly' | 'writeOnly'): boolean {
    const map = mapOf(property.value);
    if (map?.[key] === true) return true;
    if (map?.['$ref'] === undefined) return false;
    return mapOf(this.#document.followed(property).value)?.[key] === true;
  }
}

/** In OpenAPI 3.0, as in draft 4, `exclusiveMinimum` says of `minimum` how it is meant. */
function withExclusiveNumbers(map: JsonMap): JsonMap {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, ...rest } = map;
  return {
    ...rest,
    ...(minimum !== undefined && { [exclusiveMinimum === true ? 'exclusiveMinimum' : 'minimum']: minimum }),
    ...(maximum !== undefined && { [exclusiveMaximum === true ? 'exclusiveMaximum' : 'maximum']: maximum }),
  };
}

/** OpenAPI 3.0.3 §4.7.24.1: `nullable` means something beside a `type` only. */
function typesOf(map: JsonMap, part: Part, is30: boolean): readonly JsonType[] | undefined {
  const { type } = map;
  if (type === undefined) return undefined;
  const said: readonly unknown[] = Array.isArray(type) ? type : [type];
  const types = said.map((each) => JSON_TYPES.find((known) => known === each));
  if (types.length === 0 || types.includes(undefined))
    throw new DocumentProblem('has a `type` that there is not', part);
  const known = types.filter((each) => each !== undefined);
  return is30 && map['nullable'] === true && !known.includes('null') ? [...known, 'null'] : known;
}

function numbersOf(map: JsonMap, part: Part): PlanSchemaObject {
  const found: [string, number][] = [];
  for (const key of [...NUMBERS, ...COUNTS]) {
    const value = map[key];
    if (value === undefined) continue;
    const counts = COUNTS.some((each) => each === key);
    if (typeof value !== 'number' || !Number.isFinite(value) || (counts && (value < 0 || !Number.isInteger(value)))) {
      throw new DocumentProblem(`has a \`${key}\` that is no ${counts ? 'count' : 'number'}`, part);
    }
    if (key === 'multipleOf' && value <= 0) throw new DocumentProblem('has a `multipleOf` that is not above 0', part);
    found.push([key, value]);
  }
  return Object.fromEntries(found);
}

function textsOf(value: unknown, key: string, part: Part): readonly string[] {
  const texts = Array.isArray(value) ? value.filter((each) => typeof each === 'string') : undefined;
  if (!Array.isArray(value) || texts?.length !== value.length)
    throw new DocumentProblem(`has a \`${key}\` that is no list of names`, part);
  return texts;
}

function dependentsOf(value: unknown, part: Part): Readonly<Record<string, readonly string[]>> {
  const map = mapOf(value) ?? {};
  return Object.fromEntries(
    Object.entries(map).map(([name, names]) => [name, textsOf(names, 'dependentRequired', part)]),
  );
}
