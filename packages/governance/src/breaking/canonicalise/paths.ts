import { fieldOf, isObject, objectOf, textOf, type RawObject } from './raw-value.ts';
import type { References } from './references.ts';

export const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'] as const;

/** One operation as it stands in its document. */
export interface Operation {
  /** `GET /users/{}`: the same whatever its path parameters are called. */
  readonly key: string;
  /** `GET /users/{id}`. */
  readonly label: string;
  readonly path: string;
  readonly raw: RawObject;
  readonly item: RawObject;
}

/** How operations are told apart: by their paths without names, or, of callbacks, by the whole expression. */
export type PathKey = (path: string) => string;

/** Of `paths` or `webhooks`, or of one callback, which has expressions for paths. In the order of the document. */
export function operationsIn(
  paths: unknown,
  references: References,
  keyOf: PathKey = nameless,
): ReadonlyMap<string, Operation> {
  const operations = new Map<string, Operation>();
  for (const [path, written] of Object.entries(objectOf(paths))) {
    if (path.startsWith('x-')) continue;
    const item = objectOf(references.resolve(written));
    for (const [method, raw] of methodsOf(item)) {
      const label = `${method.toUpperCase()} ${path}`;
      const short = `${method.toUpperCase()} ${keyOf(path)}`;
      // Two paths that differ in nothing but names may not be, but are: the second goes by its own name.
      const key = operations.has(short) ? label : short;
      operations.set(key, { key, label, path, raw, item });
    }
  }
  return operations;
}

/** 3.2 names other methods below `additionalOperations`. */
function methodsOf(item: RawObject): (readonly [string, RawObject])[] {
  const others = Object.entries(objectOf(item['additionalOperations']));
  const own = METHODS.map((method) => [method, fieldOf(item, method)] as const);
  return [...own, ...others].flatMap(([method, raw]) => (isObject(raw) ? [[method, raw] as const] : []));
}

/** The path without the names of its parameters. */
export function nameless(path: string): string {
  return path.replaceAll(/\{[^{}]*\}/g, '{}');
}

/** Names of the parameters of a path, in their order. */
export function pathNames(path: string): readonly string[] {
  return [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
}

/** What an operation says of itself, or its path, or the document. */
export function inherited({ raw, item }: Operation, root: unknown, key: string): unknown {
  return raw[key] ?? item[key] ?? fieldOf(fieldOf(root, 'info'), key) ?? fieldOf(root, key);
}

export function sunsetOf(operation: Operation, root: unknown): string | undefined {
  return textOf(inherited(operation, root, 'x-sunset'));
}
