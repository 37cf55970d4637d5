import type { JsonFields } from '../../canonical/json.ts';

/**
 * The wire form that something canonical was read from, for what the canonical form holds in part only, such as a
 * document in chunks. Writers of this dialect put it back; whoever changes a block makes a new one, which has none.
 */
const wireForms = new WeakMap<object, JsonFields>();

export function remember<const T extends object>(read: T, wire: JsonFields | undefined): T {
  if (wire !== undefined) wireForms.set(read, wire);
  return read;
}

export function recall(read: object): JsonFields | undefined {
  return wireForms.get(read);
}
