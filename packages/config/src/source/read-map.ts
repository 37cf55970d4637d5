import { quote, suggestion } from '../problems/nearest.ts';
import { called, INVALID, type Reading, type Spot } from './reading.ts';
import { refinementProblem, textProblem } from './read-scalar.ts';
import { childPath, type MapEntry, type MapNode } from './source-node.ts';
import type { SchemaView } from './schema-view.ts';
import { wanted } from './words.ts';

interface Where {
  readonly spot: Spot;
  readonly reading: Reading;
}

/** Fields that are wrong are left out, so that the rest can still be checked; without a required one there is nothing to check. */
export function readMap(node: MapNode, schema: SchemaView, where: Where): unknown {
  const { spot, reading } = where;
  const fields = new Map<string, unknown>();
  for (const entry of node.entries) {
    const value = readEntry(entry, schema, where);
    if (value !== INVALID) fields.set(entry.key, value);
  }
  const written = new Set(node.entries.map(({ key }) => key));
  const whole = fillIn(fields, { schema, written, where });
  const value = Object.fromEntries(fields);
  reading.places.remember(value, { node, path: spot.path, keyOffset: spot.keyOffset });
  const wrong = countProblem(node.entries.length, schema) ?? (whole ? refinementProblem(value, schema) : undefined);
  if (wrong !== undefined) {
    reading.report.problem({ offset: spot.keyOffset, path: spot.path }, `${called(spot)} ${wrong}`);
  }
  return whole && wrong === undefined && fields.size >= (schema.minProperties ?? 0) ? value : INVALID;
}

function readEntry(entry: MapEntry, schema: SchemaView, { spot, reading }: Where): unknown {
  const path = childPath(spot.path, entry.key);
  const place = { offset: entry.keyOffset, path };
  const child = schemaOf(entry.key, schema);
  if (child === undefined) {
    reading.report.problem(place, () => unknownKey(entry.key, schema));
    return INVALID;
  }
  const wrong = schema.propertyNames && textProblem(entry.key, schema.propertyNames);
  if (wrong !== undefined) reading.report.problem(place, `${quote(entry.key)} ${wrong}`);
  const value = reading.read(entry.node, child, { name: entry.key, path, keyOffset: entry.keyOffset });
  return wrong === undefined ? value : INVALID;
}

function unknownKey(key: string, schema: SchemaView): string {
  const [pattern] = Object.keys(schema.patternProperties ?? {});
  if (pattern !== undefined) return `${quote(key)} is not possible here, write a name that matches ${pattern}`;
  const noun = schema.title?.replace(/^an? /, '') ?? 'field';
  return `unknown ${noun} ${quote(key)}, ${suggestion(key, Object.keys(schema.properties ?? {}))}`;
}

function schemaOf(key: string, schema: SchemaView): SchemaView | undefined {
  const { properties, patternProperties, additionalProperties } = schema;
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
  for (const [pattern, child] of Object.entries(patternProperties ?? {})) {
    if (new RegExp(pattern, 'u').test(key)) return child;
  }
  if (additionalProperties === false) return undefined;
  return typeof additionalProperties === 'object' ? additionalProperties : {};
}

interface Filling {
  readonly schema: SchemaView;
  readonly written: ReadonlySet<string>;
  readonly where: Where;
}

/** Puts defaults where nothing, or nothing right, was written. False when a required field is still missing. */
function fillIn(fields: Map<string, unknown>, { schema, written, where: { spot, reading } }: Filling): boolean {
  let whole = true;
  const required = new Set(schema.required);
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    if (fields.has(name)) continue;
    const value = defaultOf(child);
    if (value !== undefined) fields.set(name, value);
    else if (required.has(name)) {
      whole = false;
      if (written.has(name)) continue;
      const place = { offset: spot.keyOffset, path: childPath(spot.path, name) };
      reading.report.problem(place, `${quote(name)} is missing in ${called(spot)}, write ${wanted(child)}`);
    }
  }
  return whole;
}

/** A fresh copy, with the defaults of what is inside. By keywords alone: a policy's schema need not be a type of TypeBox. */
export function defaultOf(schema: SchemaView): unknown {
  const value = schema.default;
  if (typeof value !== 'object' || value === null) return value;
  if (schema.properties === undefined || Array.isArray(value)) return structuredClone(value);
  const inside = Object.entries(schema.properties).map(([name, child]) => [name, defaultOf(child)] as const);
  return { ...Object.fromEntries(inside.filter(([, part]) => part !== undefined)), ...structuredClone(value) };
}

function countProblem(count: number, { minProperties = 0, maxProperties = Infinity }: SchemaView): string | undefined {
  if (count < minProperties) return `holds too little, write at least ${minProperties} ${entries(minProperties)}`;
  if (count > maxProperties) return `holds too much, write at most ${maxProperties} ${entries(maxProperties)}`;
  return undefined;
}

const entries = (count: number): string => (count === 1 ? 'entry' : 'entries');
