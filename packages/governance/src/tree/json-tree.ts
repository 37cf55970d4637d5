export type JsonMap = Readonly<Record<string, unknown>>;

/** Undefined: it is no map. Members whose names come from outside are to be asked for by `memberOf`. */
export function mapOf(value: unknown): JsonMap | undefined {
  return isMap(value) ? value : undefined;
}

function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value of anybody's, short enough for a sentence. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : 'a map';
}

/** Of a map or a list; undefined: it is not there. */
export function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  const member: unknown = Reflect.get(value, key);
  return member;
}

/** The JSON Pointer of a member. */
export function below(pointer: string, key: string | number): string {
  return `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The steps of a JSON Pointer, as it stands behind the `#` of a reference. */
export function stepsOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => decoded(step).replaceAll('~1', '/').replaceAll('~0', '~'));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What a JSON Pointer leads to; undefined: nothing. */
export function pointed(root: unknown, pointer: string): unknown {
  let found = root;
  for (const step of stepsOf(pointer)) found = memberOf(found, step);
  return found;
}

export interface TreeBounds {
  /** Maps, lists and scalars, counted as often as they would be written. */
  readonly partsMax: number;
  readonly depthMax: number;
}

/**
 * Whether a tree could be written at all: parts of it may be shared (by aliases of YAML), and a small text then stands
 * for a huge one. Undefined: it is within bounds; else the predicate of a sentence.
 */
export function treeProblem(root: unknown, { partsMax, depthMax }: TreeBounds): string | undefined {
  const left: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 0 }];
  let parts = 1;
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= depthMax) return `is nested more than ${depthMax} levels deep`;
    const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
    parts += members.length;
    if (parts > partsMax) return `has more than ${partsMax} parts`;
    for (const member of members) left.push({ value: member, depth: depth + 1 });
  }
  return undefined;
}
