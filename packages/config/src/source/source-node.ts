/**
 * A parsed file as plain data with positions. An alias is the very node of its anchor, so this is a graph without
 * cycles and not a tree: whoever walks all of it needs a bound.
 */
export type SourceNode = ScalarNode | MapNode | ListNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly offset: number;
  readonly end: number;
  readonly value: string | number | boolean | null;
  /** As it was meant to be read: the spelling of a plain scalar (`1.0`, `yes`), the content of a quoted one. */
  readonly text: string;
  readonly plain: boolean;
}

export interface MapNode {
  readonly kind: 'map';
  readonly offset: number;
  readonly entries: readonly MapEntry[];
}

export interface MapEntry {
  readonly key: string;
  readonly keyOffset: number;
  readonly node: SourceNode;
}

export interface ListNode {
  readonly kind: 'list';
  readonly offset: number;
  readonly items: readonly SourceNode[];
}

export function entryOf(node: SourceNode | undefined, key: string): MapEntry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** `apis.users` and `routes[0]`, with quotes where a name needs them. */
export function childPath(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}
