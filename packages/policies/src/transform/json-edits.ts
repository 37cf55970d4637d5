import { childOf, INDEX, isMembers, pointerOf, setMember, type Members, type Pointer } from '../json-pointer.ts';

/** As the schema gives it. */
export interface EditSpec {
  readonly unwrap?: string;
  readonly only?: readonly string[];
  readonly remove: readonly string[];
  readonly rename: Readonly<Record<string, string>>;
  readonly set: Readonly<Record<string, unknown>>;
  readonly wrap?: string;
}

/** What a value to be set is for one call; undefined: nothing is set. */
export type ValueOf = (written: unknown) => unknown;

/** Changes to a JSON value, in this order: `unwrap`, `only`, `remove`, `rename`, `set`, `wrap`. The value itself is changed. */
export class JsonEdits {
  readonly #spec: EditSpec;
  readonly #unwrap: Pointer | undefined;
  readonly #only: Tree | undefined;
  readonly #removed: readonly Pointer[];
  readonly #renamed: readonly (readonly [Pointer, Pointer])[];
  readonly #set: readonly (readonly [Pointer, unknown])[];

  constructor(spec: EditSpec) {
    this.#spec = spec;
    this.#unwrap = spec.unwrap === undefined ? undefined : pointerOf(spec.unwrap);
    this.#only = spec.only && treeOf(spec.only.map(pointerOf));
    this.#removed = spec.remove.map(pointerOf);
    this.#renamed = Object.entries(spec.rename).map(([from, to]) => [pointerOf(from), pointerOf(to)]);
    this.#set = Object.entries(spec.set).map(([at, value]) => [pointerOf(at), value]);
  }

  apply(value: unknown, valueOf: ValueOf): unknown {
    const holder: Members = { '': value };
    if (this.#unwrap !== undefined) {
      const inner = this.#unwrap.reduce(childOf, value);
      if (inner !== undefined) holder[''] = inner;
    }
    if (this.#only !== undefined) holder[''] = kept(holder[''], this.#only);
    for (const pointer of this.#removed) remove(holder, ['', ...pointer]);
    for (const [from, to] of this.#renamed) rename(holder, ['', ...from], ['', ...to]);
    for (const [at, written] of this.#set) {
      const wanted = valueOf(written);
      if (wanted !== undefined) set(holder, ['', ...at], wanted);
    }
    const { wrap } = this.#spec;
    return wrap === undefined ? holder[''] : { [wrap]: holder[''] };
  }
}

/** What is kept, by names; a leaf keeps all that is there. */
interface Tree {
  readonly children: Map<string, Tree>;
  whole: boolean;
}

function treeOf(pointers: readonly Pointer[]): Tree {
  const root: Tree = { children: new Map(), whole: false };
  for (const pointer of pointers) {
    let tree = root;
    for (const key of pointer) {
      const next = tree.children.get(key) ?? { children: new Map(), whole: false };
      tree.children.set(key, next);
      tree = next;
    }
    tree.whole = true;
  }
  return root;
}

function kept(value: unknown, tree: Tree): unknown {
  if (tree.whole) return value;
  const inner = (key: string): Tree | undefined => tree.children.get(key) ?? tree.children.get('*');
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => {
      const child = inner(String(index));
      return child === undefined ? [] : [kept(item, child)];
    });
  }
  if (!isMembers(value)) return value;
  const members: Members = {};
  for (const [key, member] of Object.entries(value)) {
    const child = inner(key);
    if (child !== undefined) setMember(members, key, kept(member, child));
  }
  return members;
}

/** Each place that a pointer with `*` means. */
function* places(holder: unknown, [key = '', ...rest]: Pointer): Iterable<readonly [parent: unknown, key: string]> {
  if (rest.length === 0) {
    if (key !== '*') yield [holder, key];
    else for (const each of keysOf(holder).toReversed()) yield [holder, each];
    return;
  }
  for (const each of key === '*' ? keysOf(holder) : [key]) yield* places(childOf(holder, each), rest);
}

function keysOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return [...value.keys()].map(String);
  return isMembers(value) ? Object.keys(value) : [];
}

function remove(holder: Members, pointer: Pointer): void {
  for (const [parent, key] of places(holder, pointer)) {
    // The whole value cannot be nothing.
    if (parent === holder) holder[''] = null;
    else if (Array.isArray(parent) && INDEX.test(key) && Number(key) < parent.length) parent.splice(Number(key), 1);
    else if (isMembers(parent)) delete parent[key];
  }
}

function rename(holder: Members, from: Pointer, to: Pointer): void {
  const value = from.reduce<unknown>(childOf, holder);
  if (value === undefined) return;
  remove(holder, from);
  set(holder, to, value);
}

/** What stands in the way becomes an object: afterwards the value is there, whatever a caller has sent. */
function set(holder: unknown, [key = '', ...rest]: Pointer, value: unknown): void {
  if (key === '*') {
    for (const each of keysOf(holder)) set(holder, [each, ...rest], value);
    return;
  }
  if (rest.length === 0) {
    put(holder, key, value);
    return;
  }
  const [next = ''] = rest;
  const child = key === '-' ? undefined : childOf(holder, key);
  if (next === '*' && typeof child !== 'object') return;
  if (isMembers(child) || (Array.isArray(child) && (next === '*' || isItem(child, next)))) {
    set(child, rest, value);
    return;
  }
  const made: Members = {};
  put(holder, key, made);
  set(made, rest, value);
}

function isItem(items: readonly unknown[], key: string): boolean {
  return key === '-' || (INDEX.test(key) && Number(key) <= items.length);
}

function put(parent: unknown, key: string, value: unknown): void {
  if (Array.isArray(parent)) parent[key === '-' ? parent.length : Number(key)] = value;
  else if (isMembers(parent)) setMember(parent, key, value);
}
