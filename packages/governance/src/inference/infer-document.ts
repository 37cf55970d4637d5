import { ToolNames } from '../operations/tool-names.ts';
import type { JsonMap } from '../tree/json-tree.ts';
import { OperationShape } from './operation-shape.ts';
import { PathTree } from './path-tree.ts';
import type { Sample } from './sample.ts';
import type { ShapeBudget } from './value-shape.ts';

export interface InferOptions {
  readonly title?: string;
}

export interface Inferred {
  /** OpenAPI 3.1; `x-gatehouse-inferred` says how much each operation rests on. */
  readonly document: JsonMap;
  /** How many samples there were, and how many say nothing of an operation. */
  readonly samples: number;
  readonly leftOut: number;
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE']);
/** What is answered where nothing is: paths that only ever got these are guesses of strangers. */
const NOTHING_THERE: ReadonlySet<number> = new Set([404, 405, 501]);
const SHAPES_MAX = 100_000;
const OPERATIONS_MAX = 2000;

/** A first draft of the document of an api that nobody has described, by the calls of it. Every call that it rests on fits it. */
export function inferDocument(samples: readonly Sample[], { title = 'Draft' }: InferOptions = {}): Inferred {
  const usable = samples.filter(isUsable);
  const tree = new PathTree();
  for (const { path, status } of usable) if (!NOTHING_THERE.has(status)) tree.add(path);
  tree.settle();
  const budget: ShapeBudget = { left: SHAPES_MAX };
  const found = new Map<string, Map<string, OperationShape>>();
  let used = 0;
  let operations = 0;
  for (const sample of usable) {
    const path = tree.templated(sample.path);
    const method = sample.method.toLowerCase();
    const known = path && found.get(path.template)?.get(method);
    const isNew =
      path !== undefined && known === undefined && operations < OPERATIONS_MAX && !NOTHING_THERE.has(sample.status);
    if (path === undefined || (known === undefined && !isNew)) continue;
    const shape = known ?? new OperationShape(budget);
    const methods = found.get(path.template) ?? new Map<string, OperationShape>();
    found.set(path.template, methods.set(method, shape));
    if (isNew) operations++;
    shape.add(sample, path.values);
    used++;
  }
  const leftOut = samples.length - used;
  return { document: documentOf(found, { title, samples: used, leftOut }), samples: samples.length, leftOut };
}

function isUsable({ method, path, status }: Sample): boolean {
  return (
    METHODS.has(method.toUpperCase()) &&
    path.startsWith('/') &&
    Number.isInteger(status) &&
    status >= 100 &&
    status <= 599
  );
}

function documentOf(
  found: ReadonlyMap<string, ReadonlyMap<string, OperationShape>>,
  { title, samples, leftOut }: { readonly title: string; readonly samples: number; readonly leftOut: number },
): JsonMap {
  const names = new ToolNames();
  const paths = [...found]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, methods]) => {
      const item = [...methods].map(([method, shape]) => [
        method,
        { operationId: names.take(undefined, { method, path }), ...shape.operation() },
      ]);
      return [path, Object.fromEntries(item)];
    });
  return {
    openapi: '3.1.0',
    info: {
      title,
      version: '0.1.0',
      description: `A first draft, made of ${samples} recorded calls: read it before you rely on it.`,
    },
    paths: Object.fromEntries(paths),
    'x-gatehouse-inferred': { samples, leftOut },
  };
}
