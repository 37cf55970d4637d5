import type { Path } from '../../document/json-value.ts';
import { pointerOf } from '../../document/json-value.ts';
import { setOwn } from '../../document/tree.ts';
import { mapOf } from '../../tree/json-tree.ts';

/** One of RFC 6902; nothing else is ever proposed. */
export interface AddOperation {
  readonly op: 'add';
  /** JSON Pointer. */
  readonly path: string;
  readonly value: unknown;
}

/** A value that is put where none is; `-` as the last step appends. */
export interface Addition {
  readonly path: Path;
  readonly value: unknown;
}

export function addOperation({ path, value }: Addition): AddOperation {
  return { op: 'add', path: pointerOf(path), value };
}

/** A copy with the additions in it, in their order. Undefined: one of them has no place, or something stands there. */
export function withAdditions(root: unknown, additions: readonly Addition[]): unknown {
  return additions.reduce<unknown>((tree, { path, value }) => {
    return tree === undefined ? undefined : added(tree, path, value);
  }, root);
}

/** Copies what lies on the way, so that parts which a document shares are not changed elsewhere. */
function added(tree: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return undefined;
  if (Array.isArray(tree)) {
    if (step === '-' && rest.length === 0) return [...tree, value];
    const index = Number(step);
    const inner = index < tree.length ? added(tree[index], rest, value) : undefined;
    return inner === undefined ? undefined : tree.with(index, inner);
  }
  const map = mapOf(tree);
  if (map === undefined) return undefined;
  const has = Object.hasOwn(map, step);
  if (rest.length === 0 && has) return undefined;
  const inner = rest.length === 0 ? value : has ? added(map[step], rest, value) : undefined;
  if (inner === undefined) return undefined;
  const copy: Record<string, unknown> = { ...map };
  setOwn(copy, String(step), inner);
  return copy;
}
