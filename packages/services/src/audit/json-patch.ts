import { canonicalJson } from './canonical-json.ts';

/** RFC 6902, of which these three say all. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** Below this, a value that differs is replaced as a whole: nobody reads paths that are longer. */
const DEPTH_MAX = 32;

/** What makes `after` of `before`, both plain JSON. `isLeaf`: values that are not gone into. */
export function jsonPatch(
  before: unknown,
  after: unknown,
  isLeaf: (value: object) => boolean = () => false,
): readonly PatchOperation[] {
  const operations: PatchOperation[] = [];
  const goesInto = (value: unknown): value is object => typeof value === 'object' && value !== null && !isLeaf(value);

  function compare(old: unknown, now: unknown, path: string, depth: number): void {
    const isSameKind = goesInto(old) && goesInto(now) && Array.isArray(old) === Array.isArray(now);
    if (!isSameKind || depth === DEPTH_MAX) {
      if (!isSame(old, now)) operations.push({ op: 'replace', path, value: now });
    } else if (Array.isArray(old) && Array.isArray(now)) compareLists(old, now, path, depth);
    else compareObjects(new Map(Object.entries(old)), new Map(Object.entries(now)), path, depth);
  }

  function compareObjects(
    old: ReadonlyMap<string, unknown>,
    now: ReadonlyMap<string, unknown>,
    path: string,
    depth: number,
  ): void {
    for (const name of old.keys()) if (!now.has(name)) operations.push({ op: 'remove', path: below(path, name) });
    for (const [name, value] of now) {
      if (old.has(name)) compare(old.get(name), value, below(path, name), depth + 1);
      else operations.push({ op: 'add', path: below(path, name), value });
    }
  }

  /** What both begin and end with stays; what is between is changed place by place, then cut or made longer. */
  function compareLists(old: readonly unknown[], now: readonly unknown[], path: string, depth: number): void {
    const shorter = Math.min(old.length, now.length);
    let start = 0;
    while (start < shorter && isSame(old[start], now[start])) start++;
    let ending = 0;
    while (ending < shorter - start && isSame(old.at(-1 - ending), now.at(-1 - ending))) ending++;
    const [oldEnd, nowEnd] = [old.length - ending, now.length - ending];
    for (let at = start; at < Math.min(oldEnd, nowEnd); at++) compare(old[at], now[at], below(path, at), depth + 1);
    for (let at = oldEnd - 1; at >= nowEnd; at--) operations.push({ op: 'remove', path: below(path, at) });
    for (let at = oldEnd; at < nowEnd; at++) operations.push({ op: 'add', path: below(path, at), value: now[at] });
  }

  compare(before, after, '', 0);
  return operations;
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || canonicalJson(a) === canonicalJson(b);
}

/** RFC 6901. */
function below(path: string, name: string | number): string {
  return `${path}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
