import { pathOfReference } from '../lint/references.ts';
import { textOf, valueAt, type Path } from '../document/json-value.ts';
import { mapOf, type JsonMap } from '../tree/json-tree.ts';
import { ANY } from './where.ts';

/** A part of a document, and where it stands, behind all references. */
export interface Spot {
  readonly map: JsonMap;
  readonly path: Path;
}

/** A schema among those that say something of one value. */
export interface SchemaSpot extends Spot {
  /** It is one of several that may hold. */
  readonly isBranch: boolean;
}

/** Those that say something of one value. */
export interface SchemaSpots {
  readonly spots: readonly SchemaSpot[];
  /** Some of it stands in another file, or nowhere. */
  readonly isPartial: boolean;
}

const HOPS_MAX = 32;
const SPOTS_MAX = 200;

/** A part behind its references; undefined: it is no map, or stands elsewhere. */
export function spotAt(root: unknown, path: Path): Spot | undefined {
  let at = path;
  for (let hops = 0; hops < HOPS_MAX; hops++) {
    const map = mapOf(valueAt(root, at));
    if (map === undefined) return undefined;
    const { $ref } = map;
    if (typeof $ref !== 'string') return { map, path: at };
    const target = pathOfReference($ref);
    if (target === undefined) return undefined;
    at = target;
  }
  return undefined;
}

/** All schemas that hold, or may hold, for the value that the schema at a path describes. */
export function schemaSpots(root: unknown, paths: readonly Path[]): SchemaSpots {
  const spots: SchemaSpot[] = [];
  const passed = new Set<unknown>();
  let isPartial = false;
  const left = paths.map((path) => ({ path, isBranch: false }));
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const { path, isBranch } = next;
    const map = mapOf(valueAt(root, path));
    if (map === undefined || passed.has(map) || spots.length >= SPOTS_MAX) continue;
    passed.add(map);
    const { $ref } = map;
    if (typeof $ref === 'string') {
      const target = pathOfReference($ref);
      if (target === undefined || valueAt(root, target) === undefined) isPartial = true;
      else left.push({ path: target, isBranch });
    }
    // OpenAPI 3.0: what stands beside a reference means nothing.
    if (typeof $ref !== 'string' || !isOld(root)) spots.push({ map, path, isBranch });
    left.push(...inPlace(map, path, isBranch));
  }
  return { spots, isPartial };
}

function isOld(root: unknown): boolean {
  return dialectOf(root) === '3.0';
}

function inPlace(map: JsonMap, path: Path, isBranch: boolean): { path: Path; isBranch: boolean }[] {
  const found: { path: Path; isBranch: boolean }[] = [];
  for (const key of ['allOf', 'anyOf', 'oneOf']) {
    const list = map[key];
    if (!Array.isArray(list)) continue;
    const branches = isBranch || (key !== 'allOf' && list.length > 1);
    for (const index of list.keys()) found.push({ path: [...path, key, index], isBranch: branches });
  }
  for (const key of ['if', 'then', 'else']) {
    if (map[key] !== undefined) found.push({ path: [...path, key], isBranch: true });
  }
  return found;
}

/** 3.0 has a schema language of its own. */
export type SchemaDialect = '3.0' | '2020-12';

export function dialectOf(root: unknown): SchemaDialect {
  return textOf(mapOf(root)?.['openapi'])?.startsWith('3.0') === true ? '3.0' : '2020-12';
}

/** What is said of a member, or of items; empty: nothing. */
export function belowSpots(root: unknown, { spots }: SchemaSpots, step: string): SchemaSpots {
  const paths = spots.flatMap(({ map, path }) => (step === ANY ? anyBelow(map, path) : namedBelow(map, path, step)));
  return schemaSpots(root, paths);
}

function namedBelow(map: JsonMap, path: Path, name: string): readonly Path[] {
  const properties = mapOf(map['properties']);
  return properties !== undefined && Object.hasOwn(properties, name) ? [[...path, 'properties', name]] : [];
}

function anyBelow(map: JsonMap, path: Path): readonly Path[] {
  const { items, prefixItems, additionalProperties, unevaluatedProperties, patternProperties } = map;
  return [
    ...(mapOf(items) === undefined ? [] : [[...path, 'items']]),
    ...(Array.isArray(prefixItems) ? prefixItems.map((_, index) => [...path, 'prefixItems', index]) : []),
    ...(mapOf(additionalProperties) === undefined ? [] : [[...path, 'additionalProperties']]),
    ...(mapOf(unevaluatedProperties) === undefined ? [] : [[...path, 'unevaluatedProperties']]),
    ...Object.keys(mapOf(patternProperties) ?? {}).map((source) => [...path, 'patternProperties', source]),
  ];
}
