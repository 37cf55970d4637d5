import { fieldOf, isObject, textOf } from './raw-value.ts';

const HOPS_MAX = 100;

/** Where the `$ref`s of one document lead. Only into the document itself: nothing is fetched. */
export class References {
  readonly #root: unknown;
  readonly #found = new Map<string, unknown>();

  constructor(root: unknown) {
    this.#root = root;
  }

  /** What a value stands for, after all hops; `undefined` when they lead nowhere or in a circle. */
  resolve(value: unknown): unknown {
    let at = value;
    for (let hops = 0; hops < HOPS_MAX; hops += 1) {
      const ref = textOf(fieldOf(at, '$ref'));
      if (ref === undefined) return at;
      at = this.target(ref);
    }
    return undefined;
  }

  /** One hop; `undefined` when it leads nowhere. */
  target(ref: string): unknown {
    if (!this.#found.has(ref)) this.#found.set(ref, this.#find(ref));
    return this.#found.get(ref);
  }

  #find(ref: string): unknown {
    if (ref === '#') return this.#root;
    if (!ref.startsWith('#/')) return undefined;
    let at = this.#root;
    for (const step of ref.slice(2).split('/')) {
      const key = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~');
      at = Array.isArray(at) ? at[Number(key)] : fieldOf(at, key);
      // A pointer may lead through another reference, which is not standard but written.
      if (isObject(at) && Object.hasOwn(at, '$ref') && at['$ref'] === ref) return undefined;
    }
    return at;
  }
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step; // a lone % means itself
  }
}
