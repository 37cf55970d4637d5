import { mapOf, pointed, type JsonMap } from './json-tree.ts';

const CHAIN_MAX = 32;

/** A map, or what it refers to inside the document; undefined: it leads nowhere, elsewhere, or to itself. */
export function followed(root: unknown, value: unknown): JsonMap | undefined {
  let found = mapOf(value);
  for (let i = 0; i < CHAIN_MAX && found !== undefined; i++) {
    const { $ref } = found;
    if (typeof $ref !== 'string') return found;
    found = $ref.startsWith('#') ? mapOf(pointed(root, $ref.slice(1))) : undefined;
  }
  return undefined;
}
