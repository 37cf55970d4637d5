import { quote } from '../problems/nearest.ts';
import type { Place } from '../problems/report.ts';
import { childPath, entryOf, type ListNode, type MapNode, type SourceNode } from './source-node.ts';

interface Origin {
  readonly node: MapNode | ListNode;
  readonly path: string;
  readonly keyOffset: number;
  /** Of a list: which of the written items each kept one is. */
  readonly kept?: readonly number[];
}

/** Remembers where the maps and lists that were read stand in the file, so that later checks can point there. */
export class Places {
  readonly #origins = new WeakMap<object, Origin>();

  remember(value: object, origin: Origin): void {
    this.#origins.set(value, origin);
  }

  /** Of the key under which `value` stands, or of its first character inside a list. */
  of(value: object): Place {
    const origin = this.#origins.get(value);
    return { offset: origin?.keyOffset ?? 0, path: origin?.path ?? '' };
  }

  /** Of what stands under `key`; of the whole where a default stands instead. */
  at(value: object, key: string | number): Place {
    const child = this.#child(value, key);
    return child === undefined ? this.of(value) : { offset: child.node.offset, path: child.path };
  }

  /** Whether the file has the key, be its value right or wrong. */
  wrote(value: object, key: string): boolean {
    return this.#child(value, key) !== undefined;
  }

  /** Of the key itself. */
  key(value: object, key: string): Place {
    const child = this.#child(value, key);
    return child === undefined ? this.of(value) : { offset: child.keyOffset, path: child.path };
  }

  /** What was written under `key`, as it was written: with `${NAME}` and never with the variable's value. */
  quote(value: object, key: string | number): string {
    return quote(this.written(value, key));
  }

  written(value: object, key: string | number): string {
    const child = this.#child(value, key);
    return child?.node.kind === 'scalar' ? child.node.text : String(key);
  }

  #child(value: object, key: string | number): Child | undefined {
    const origin = this.#origins.get(value);
    if (origin === undefined) return undefined;
    const { node } = origin;
    if (node.kind === 'map') {
      const entry = entryOf(node, String(key));
      return entry && { ...entry, path: childPath(origin.path, entry.key) };
    }
    const index = origin.kept?.[Number(key)];
    const child = index === undefined ? undefined : node.items[index];
    return child && { node: child, keyOffset: child.offset, path: childPath(origin.path, index ?? 0) };
  }
}

interface Child {
  readonly node: SourceNode;
  readonly keyOffset: number;
  readonly path: string;
}
