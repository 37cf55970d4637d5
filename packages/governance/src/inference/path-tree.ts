/** More than so many names beside each other are values. */
const SIBLINGS_MAX = 30;
const SEGMENTS_MAX = 40;
const SEGMENT_CHARS_MAX = 500;

/** Segments that are values by the looks of them. */
const VALUES: readonly RegExp[] = [
  /^\d{1,30}$/,
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  // Hashes and ids of databases.
  /^(?=.*\d)[0-9a-f]{16,}$/i,
  // ULIDs and their like.
  /^(?=.*\d)[0-9A-Z]{20,}$/,
  // `cus_9s6XKzkNRiz8i3`
  /^[a-z]{2,10}_(?=[A-Za-z0-9]*\d)[A-Za-z0-9]{8,}$/,
  // Without a system: long, with digits and letters of both cases.
  /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9_-]{16,}$/,
  /^\d{4}-\d{2}-\d{2}(?:T.*)?$/,
  /@|%40/,
  // No template could say these by themselves.
  /[{}*]/,
];

export function isValueSegment(segment: string): boolean {
  return segment.length > SEGMENT_CHARS_MAX || VALUES.some((pattern) => pattern.test(segment));
}

interface PathNode {
  readonly literals: Map<string, PathNode>;
  value: PathNode | undefined;
  /** Any segment is a value here: there were too many. */
  isCrowded: boolean;
  /** A path ends here. */
  ends: boolean;
}

const newNode = (): PathNode => ({ literals: new Map(), value: undefined, isCrowded: false, ends: false });

export interface TemplatedPath {
  /** `/users/{userId}` */
  readonly template: string;
  /** Names of its parameters with what stands in their place, percent-encoded. */
  readonly values: readonly (readonly [string, string])[];
}

/** Finds out which segments of paths are values. First `add` all, then `settle` once, then ask. */
export class PathTree {
  readonly #root = newNode();

  /** False: it is no path that a document could hold. */
  add(path: string): boolean {
    const segments = segmentsOf(path);
    if (segments === undefined) return false;
    let node = this.#root;
    for (const segment of segments) {
      if (isValueSegment(segment)) node = node.value ??= newNode();
      else {
        const next = node.literals.get(segment) ?? newNode();
        node.literals.set(segment, next);
        node = next;
      }
    }
    node.ends = true;
    return true;
  }

  settle(): void {
    settle(this.#root);
  }

  /** Undefined: nothing like it was added. */
  templated(path: string): TemplatedPath | undefined {
    let node: PathNode | undefined = this.#root;
    let template = '';
    let before = '';
    const values: (readonly [string, string])[] = [];
    for (const segment of segmentsOf(path) ?? []) {
      const literal: PathNode | undefined = isValueSegment(segment) ? undefined : node.literals.get(segment);
      if (literal === undefined && !isValueSegment(segment) && !node.isCrowded) return undefined;
      if (literal === undefined) {
        const name = nameAfter(
          before,
          values.map(([known]) => known),
        );
        values.push([name, segment]);
        template += `/{${name}}`;
        before = '';
      } else {
        template += `/${segment}`;
        before = segment;
      }
      node = literal ?? node.value;
      if (node === undefined) return undefined;
    }
    return template === '' || !node.ends ? undefined : { template, values };
  }
}

const ODD = /^\.{1,2}$|%(?![0-9a-f]{2})/i;

function segmentsOf(path: string): readonly string[] | undefined {
  if (!path.startsWith('/') || /[?#\s]|\p{Cc}/u.test(path)) return undefined;
  const segments = path.slice(1).split('/');
  // What no gate takes, no document needs to hold.
  const isOdd = segments.some((segment, index) => ODD.test(segment) || (segment === '' && index < segments.length - 1));
  return isOdd || segments.length > SEGMENTS_MAX ? undefined : segments;
}

/** Parents first: what is joined here is looked at again below. */
function settle(node: PathNode): void {
  // An empty segment ends a path, it is no value.
  const { literals } = node;
  const end = literals.get('');
  if (literals.size - (end === undefined ? 0 : 1) > SIBLINGS_MAX) {
    node.value ??= newNode();
    node.isCrowded = true;
    for (const [segment, child] of literals) {
      if (segment !== '') join(node.value, child);
    }
    literals.clear();
    if (end !== undefined) literals.set('', end);
  }
  for (const child of literals.values()) settle(child);
  if (node.value !== undefined) settle(node.value);
}

/** Each node is taken over once, so that all of it takes as long as there are nodes. */
function join(into: PathNode, from: PathNode): void {
  into.ends ||= from.ends;
  if (from.value !== undefined) {
    if (into.value === undefined) into.value = from.value;
    else join(into.value, from.value);
  }
  for (const [segment, child] of from.literals) {
    const known = into.literals.get(segment);
    if (known === undefined) into.literals.set(segment, child);
    else join(known, child);
  }
}

/** `userId` after `users`; `id` where there is nothing to call it by. */
function nameAfter(literal: string, taken: readonly string[]): string {
  const words = literal.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const [first = '', ...rest] = words.map(singular);
  const camel = first.toLowerCase() + rest.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
  const base = /^[a-z]/i.test(camel) ? `${camel.slice(0, 40)}Id` : 'id';
  let name = base;
  for (let number = 2; taken.includes(name); number++) name = `${base}${number}`;
  return name;
}

function singular(word: string): string {
  if (/ies$/i.test(word) && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:ss|us|is)$/i.test(word)) return word;
  if (/(?:x|ch|sh|ss)es$/i.test(word)) return word.slice(0, -2);
  return /s$/i.test(word) && word.length > 2 ? word.slice(0, -1) : word;
}
