import { BOUNDS, boundIn, tighter, wholeBound, type Bound } from './bounds.ts';
import { canonicalSchemaText, canonicalText } from './canonical-text.ts';
import { flatten, type FlatPart } from './flatten.ts';
import { fieldOf, isObject, listOf, numberOf, objectOf, textOf, type RawObject } from './raw-value.ts';
import type { References } from './references.ts';
import type { SchemaNodes } from './schema-nodes.ts';
import { plainPart, type Discriminator, type Part, type SchemaNode, type Shape } from './shape.ts';
import { valuesOf } from './simplified-union.ts';
import { ALL_KINDS, kindOfValue, kindsOfType, type Kind } from './types.ts';

/** Keywords that add a condition and are compared as they are written. */
const ASSERTIONS = [
  'not',
  'if',
  'then',
  'else',
  'contains',
  'minContains',
  'maxContains',
  'dependentRequired',
  'dependentSchemas',
  'propertyNames',
  'unevaluatedItems',
  'contentEncoding',
  'contentMediaType',
] as const;
/** Formats that are about how a value is shown. */
const ADVICE_FORMATS: ReadonlySet<string> = new Set(['password', 'textarea', 'markdown', 'html']);
const FREE_PATTERNS: ReadonlySet<string> = new Set(['', '.*', '^.*', '.*$', '^.*$', '^', '$']);
const OBJECT_WORDS = ['properties', 'additionalProperties', 'patternProperties'] as const;
const ARRAY_WORDS = ['items', 'prefixItems'] as const;

/** The one form of what all parts ask for. */
export function shapeOfParts(given: readonly Part[], nodes: SchemaNodes): Shape {
  const { parts, unions, foreign, never } = flatten(given, nodes);
  const schemas = parts.map(({ schema }) => schema);
  const values = jointValues(schemas);
  const kinds = never ? new Set<Kind>() : jointKinds(parts, values);
  const flag = (name: string): boolean => schemas.some((schema) => schema[name] === true);
  return {
    kinds,
    values: values === undefined ? undefined : new Set([...values.keys()].filter((text) => text !== 'null')),
    extensible: schemas.some(isExtensible),
    format: jointText(schemas.map(formatIn)),
    patterns: [...new Set(schemas.flatMap(patternIn))].toSorted(),
    bounds: jointBounds(schemas, kinds),
    multipleOf: jointMultiple(schemas),
    uniqueItems: flag('uniqueItems'),
    ...objectWords(schemas, nodes),
    ...arrayWords(schemas, nodes),
    unions,
    assertions: jointAssertions(schemas, nodes.references),
    discriminator: jointDiscriminator(parts),
    default: jointText(schemas.filter((s) => Object.hasOwn(s, 'default')).map((s) => canonicalText(s['default']))),
    readOnly: flag('readOnly'),
    writeOnly: flag('writeOnly'),
    deprecated: flag('deprecated'),
    sunset: jointText(schemas.map((schema) => textOf(schema['x-sunset']))),
    foreign,
  };
}

/** Several that hold at once are told in one order. */
function jointText(texts: readonly (string | undefined)[]): string | undefined {
  const said = new Set(texts.filter((text) => text !== undefined));
  return said.size === 0 ? undefined : [...said].toSorted().join(' and ');
}

function jointKinds(parts: readonly FlatPart[], values: ReadonlyMap<string, unknown> | undefined): ReadonlySet<Kind> {
  let kinds: ReadonlySet<Kind> = ALL_KINDS;
  let typed = false;
  for (const { schema, nullFree } of parts) {
    const own = kindsOfType(schema['type']);
    if (own === undefined) continue;
    typed = true;
    kinds = kinds.intersection(nullFree || schema['nullable'] === true ? own.union(NULL) : own);
  }
  if (values !== undefined) return withinValues(kinds, values, typed ? kinds.has('null') : valuesSpareNull(parts));
  if (typed) return kinds;
  return impliedKinds(parts) ?? kinds;
}

const NULL: ReadonlySet<Kind> = new Set<Kind>(['null']);

/** Null is as the type says it, where there is one: authors of `nullable` rarely list it among the values. */
function withinValues(
  kinds: ReadonlySet<Kind>,
  values: ReadonlyMap<string, unknown>,
  nullable: boolean,
): ReadonlySet<Kind> {
  const within = kinds.intersection(new Set([...values.values()].map(kindOfValue)));
  return nullable ? within.union(NULL) : within;
}

function valuesSpareNull(parts: readonly FlatPart[]): boolean {
  const listing = parts.filter(({ schema }) => valuesOf(schema).length > 0);
  return listing.length > 0 && listing.every(({ schema, nullFree }) => nullFree || schema['nullable'] === true);
}

/** A schema that speaks of properties, or of items, and has no type is meant for objects, or for arrays. */
function impliedKinds(parts: readonly FlatPart[]): ReadonlySet<Kind> | undefined {
  const says = (words: readonly string[]): FlatPart[] =>
    parts.filter(({ schema }) => words.some((word) => Object.hasOwn(schema, word)));
  const objects = says(OBJECT_WORDS);
  const arrays = says(ARRAY_WORDS);
  if ((objects.length === 0) === (arrays.length === 0)) return undefined;
  const all = [...objects, ...arrays];
  const nullable = all.every(({ schema, nullFree }) => nullFree || schema['nullable'] === true);
  return new Set<Kind>([objects.length > 0 ? 'object' : 'array', ...(nullable ? NULL : [])]);
}

/** Canonical text → value, of those that all `enum`s and `const`s have. */
function jointValues(schemas: readonly RawObject[]): ReadonlyMap<string, unknown> | undefined {
  let joint: ReadonlyMap<string, unknown> | undefined;
  for (const schema of schemas) {
    const listed = [...valuesOf(schema), ...listOf(schema['x-extensible-enum'])];
    if (listed.length === 0) continue;
    const own = new Map(listed.map((value) => [canonicalText(value), value]));
    joint = joint === undefined ? own : new Map([...joint].filter(([text]) => own.has(text)));
  }
  return joint;
}

function isExtensible(schema: RawObject): boolean {
  const mark = schema['x-extensible-enum'];
  return mark === true || Array.isArray(mark);
}

function formatIn(schema: RawObject): string | undefined {
  const format = textOf(schema['format']);
  return format === undefined || ADVICE_FORMATS.has(format) ? undefined : format;
}

function patternIn(schema: RawObject): string[] {
  const pattern = textOf(schema['pattern']);
  return pattern === undefined || FREE_PATTERNS.has(pattern) ? [] : [pattern];
}

function jointBounds(schemas: readonly RawObject[], kinds: ReadonlySet<Kind>): ReadonlyMap<string, Bound> {
  const bounds = new Map<string, Bound>();
  const whole = kinds.has('integer') && !kinds.has('fraction');
  for (const row of BOUNDS) {
    let joint: Bound | undefined;
    for (const schema of schemas) joint = tighter(joint, boundIn(schema, row), row.side);
    if (joint === undefined) continue;
    bounds.set(row.keyword, whole && row.kinds.includes('integer') ? wholeBound(joint, row.side) : joint);
  }
  return bounds;
}

function jointMultiple(schemas: readonly RawObject[]): number | undefined {
  const all = schemas
    .map((schema) => numberOf(schema['multipleOf']))
    .filter((value) => value !== undefined && value > 0);
  return all.length === 0 ? undefined : Math.max(...all.map(Number));
}

type ObjectWords = Pick<Shape, 'properties' | 'required' | 'closed' | 'additional' | 'patternProperties'>;

function objectWords(schemas: readonly RawObject[], nodes: SchemaNodes): ObjectWords {
  const additional = schemas
    .map((schema) => schema['additionalProperties'])
    .filter((value) => isObject(value))
    .map(plainPart);
  const closed = schemas.some(
    (schema) => schema['additionalProperties'] === false || schema['unevaluatedProperties'] === false,
  );
  return {
    properties: jointFields(schemas, 'properties', nodes),
    required: new Set(
      schemas.flatMap((schema) => listOf(schema['required']).filter((name) => typeof name === 'string')),
    ),
    closed,
    additional: additional.length === 0 ? nodes.nodeOf(true) : nodes.nodeOfParts(additional),
    patternProperties: jointFields(schemas, 'patternProperties', nodes),
  };
}

function jointFields(
  schemas: readonly RawObject[],
  keyword: string,
  nodes: SchemaNodes,
): ReadonlyMap<string, SchemaNode> {
  const fields = new Map<string, Part[]>();
  for (const schema of schemas) {
    for (const [name, field] of Object.entries(objectOf(fieldOf(schema, keyword)))) {
      const parts = fields.get(name);
      if (parts === undefined) fields.set(name, [plainPart(field)]);
      else parts.push(plainPart(field));
    }
  }
  return new Map([...fields].map(([name, parts]) => [name, nodes.nodeOfParts(parts)]));
}

function arrayWords(schemas: readonly RawObject[], nodes: SchemaNodes): Pick<Shape, 'items' | 'tuple'> {
  const items = schemas.filter((schema) => isObject(schema['items']) || schema['items'] === false);
  const tuples = schemas.map((schema) => listOf(schema['prefixItems'])).filter((list) => list.length > 0);
  const length = Math.max(0, ...tuples.map((tuple) => tuple.length));
  const places = Array.from({ length }, (_, index) =>
    tuples.filter((tuple) => index < tuple.length).map((t) => t[index]),
  );
  return {
    items:
      items.length === 0 ? nodes.nodeOf(true) : nodes.nodeOfParts(items.map((schema) => plainPart(schema['items']))),
    tuple: places.map((place) => nodes.nodeOfParts(place.map(plainPart))),
  };
}

function jointAssertions(schemas: readonly RawObject[], references: References): ReadonlyMap<string, string> {
  const assertions = new Map<string, string>();
  for (const keyword of ASSERTIONS) {
    const saying = schemas.filter((schema) => Object.hasOwn(schema, keyword));
    const texts = new Set(saying.map((schema) => canonicalSchemaText(schema[keyword], references)));
    if (texts.size > 0) assertions.set(keyword, [...texts].toSorted().join('&'));
  }
  return assertions;
}

function jointDiscriminator(parts: readonly FlatPart[]): Discriminator | undefined {
  const written = parts.filter(({ bare }) => !bare).map(({ schema }) => schema['discriminator']);
  const property = jointText(written.map((discriminator) => textOf(fieldOf(discriminator, 'propertyName'))));
  if (property === undefined) return undefined;
  return { property, mapping: new Set(written.flatMap((one) => Object.keys(objectOf(fieldOf(one, 'mapping'))))) };
}
