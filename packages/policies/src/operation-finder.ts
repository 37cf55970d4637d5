import { canonicalTarget } from '@gatehouse/http';
import type { RouteSpec } from '@gatehouse/config';

/** Something that belongs to an operation of a document. */
export interface OfOperation {
  readonly method: string;
  /** With the base path: what callers call. */
  readonly path: string;
}

export interface FoundOperation<T> {
  readonly operation: T;
  /** Segments of the path by the names of the document, percent-encoded. */
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Which operation a request is for, among those that a route may lead to. Most routes are one operation each; those that
 * are written in the file may be wider, or call their segments otherwise.
 */
export class OperationFinder<T extends OfOperation> {
  /** By the number of segments; those with literals further to the front come first. */
  readonly #templates = new Map<number, Template<T>[]>();

  constructor(operations: readonly T[], route: Pick<RouteSpec, 'method' | 'path'>) {
    const all = templatesOf(operations);
    const isFitting = ({ operation }: Template<T>): boolean =>
      route.method === '*' || operation.method === route.method;
    const own = (all.get(shapeOf(segmentsOf(route.path))) ?? []).filter(isFitting);
    for (const template of own.length > 0 ? own : [...all.values()].flat().filter(isFitting)) {
      const { length } = template.segments;
      const group = this.#templates.get(length) ?? [];
      group.push(template);
      this.#templates.set(length, group);
    }
    for (const group of this.#templates.values())
      group.sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0));
  }

  find(method: string, path: string): FoundOperation<T> | undefined {
    const asked = path.split('/').slice(1);
    for (const { segments, operation } of this.#templates.get(asked.length) ?? []) {
      if (operation.method !== method) continue;
      const params = paramsOf(segments, asked);
      if (params !== undefined) return { operation, params };
    }
    return undefined;
  }
}

interface Template<T> {
  readonly segments: readonly string[];
  readonly operation: T;
  readonly rank: string;
}

/** By their shapes. */
type Templates<T> = ReadonlyMap<string, readonly Template<T>[]>;

const known = new WeakMap<readonly OfOperation[], Templates<OfOperation>>();

/** Read once for all routes of an API, each of which has a finder: there may be a thousand of both. */
function templatesOf<T extends OfOperation>(operations: readonly T[]): Templates<T> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what was made of this list
  const found = known.get(operations) as Templates<T> | undefined;
  if (found !== undefined) return found;
  const made = Map.groupBy(operations.map(templateOf), ({ segments }) => shapeOf(segments));
  known.set(operations, made);
  return made;
}

function templateOf<T extends OfOperation>(operation: T): Template<T> {
  const segments = segmentsOf(operation.path);
  return { segments, operation, rank: segments.map((each) => (nameIn(each) === undefined ? '0' : '1')).join('') };
}

function paramsOf(segments: readonly string[], asked: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const name = nameIn(segment);
    const value = asked[index] ?? '';
    if (name !== undefined && value !== '') params[name] = value;
    else if (segment !== value) return undefined;
  }
  return params;
}

/** In the spelling of canonical request paths. */
function segmentsOf(path: string): readonly string[] {
  return path
    .split('/')
    .slice(1)
    .map((segment) => {
      if (nameIn(segment) !== undefined) return segment;
      const ascii = segment.toWellFormed().replaceAll(/[^\x21-\x7e]+/gu, encodeURIComponent);
      return canonicalTarget(`/${ascii}`)?.path.slice(1) ?? segment;
    });
}

function shapeOf(segments: readonly string[]): string {
  return segments.map((each) => (nameIn(each) === undefined ? each : '{}')).join('/');
}

function nameIn(segment: string): string | undefined {
  return segment.startsWith('{') && segment.endsWith('}') ? segment.slice(1, -1) : undefined;
}
