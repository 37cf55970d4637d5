import { isObject, textOf, valueAt, type JsonObject, type Path } from '../document/json-value.ts';
import type { Site } from './rule.ts';

/** References that lead to references: more steps than any document has, and an end for those in a circle. */
const STEPS_MAX = 100;

/** Follows the references of one document. Those to other files lead nowhere: nothing is read for them. */
export class References {
  readonly #root: JsonObject;
  readonly #targets = new Map<string, Site | undefined>();

  constructor(root: JsonObject) {
    this.#root = root;
  }

  /** Undefined for what is no object, and for references that lead nowhere. */
  siteOf(value: unknown, path: Path): Site | undefined {
    if (!isObject(value)) return undefined;
    const ref = textOf(value['$ref']);
    if (ref === undefined) return { node: value, path };
    return this.target(ref);
  }

  /** What a reference leads to in the end. */
  target(ref: string): Site | undefined {
    if (!this.#targets.has(ref)) this.#targets.set(ref, this.#follow(ref));
    return this.#targets.get(ref);
  }

  /** Undefined where it cannot be known: in another file, or an anchor. */
  resolves(ref: string): boolean | undefined {
    if (pathOfReference(ref) === undefined) return undefined;
    return this.target(ref) !== undefined || this.#leadsOut(ref);
  }

  #follow(ref: string): Site | undefined {
    let at = ref;
    for (let step = 0; step < STEPS_MAX; step++) {
      const path = pathOfReference(at);
      const node = path && valueAt(this.#root, path);
      if (path === undefined || !isObject(node)) return undefined;
      const next = textOf(node['$ref']);
      if (next === undefined) return { node, path };
      at = next;
    }
    return undefined;
  }

  /** Whether it leads to a reference into another file, which we do not judge, or to a schema that is `true`. */
  #leadsOut(ref: string): boolean {
    let at = ref;
    for (let step = 0; step < STEPS_MAX; step++) {
      const path = pathOfReference(at);
      if (path === undefined) return true;
      const node = valueAt(this.#root, path);
      if (typeof node === 'boolean') return true;
      const next = isObject(node) ? textOf(node['$ref']) : undefined;
      if (next === undefined) return false;
      at = next;
    }
    return false;
  }
}

/** Of `#/a/b`, percent-decoded; undefined for anything else. */
export function pathOfReference(ref: string): Path | undefined {
  if (ref === '#') return [];
  if (!ref.startsWith('#/')) return undefined;
  return ref
    .slice(2)
    .split('/')
    .map((step) => decoded(step).replaceAll('~1', '/').replaceAll('~0', '~'));
}

function decoded(step: string): string {
  if (!step.includes('%')) return step;
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
