import { mergedShape, type FieldShape } from '@gatehouse/kernel';
import { PathTree } from '../inference/path-tree.ts';
import type { DriftDocument } from './drift-document.ts';
import type { FindingState, LedgerState, OperationState } from './ledger-state.ts';
import { ANY, whereOf } from './where.ts';

/** Calls that came through to the service, and that no operation is for. */
export interface ShadowRoute {
  readonly method: string;
  /** With a name for each segment that seems to be a value: `/internal/jobs/{jobId}`. */
  readonly path: string;
  readonly samples: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Names in the query. */
  readonly query: readonly string[];
  readonly request: readonly SeenContent[];
  readonly replies: readonly (SeenContent & { readonly status: string })[];
}

export interface SeenContent {
  /** Undefined: there was no body. */
  readonly media?: string;
  /** Undefined: it is no JSON, or was not looked at. */
  readonly shape?: FieldShape;
}

/** What stands in the place of a value, so that a tree of paths knows it as one. */
const VALUE = '0';

/** By how often they were called. An operation that is no longer described is one of them. */
export function shadowRoutes(document: DriftDocument, { shadows, operations }: LedgerState): readonly ShadowRoute[] {
  const gone = Object.entries(operations).filter(([key]) => !document.operations.has(key));
  const seen = [
    ...Object.entries(shadows).map(([key, state]) => [...split(key), state] as const),
    ...gone.map(([key, state]) => {
      const [method, path] = split(key);
      return [method, path.replaceAll(/\{[^}]*\}/g, ANY), state] as const;
    }),
  ];
  const tree = new PathTree();
  for (const [, path] of seen) tree.add(concrete(path));
  tree.settle();
  const found = new Map<string, ShadowRoute>();
  for (const [method, path, state] of seen) {
    const declared = declaredAt(document, path);
    const template = declared ?? tree.templated(concrete(path))?.template ?? path;
    if (document.operations.has(`${method} ${template}`)) continue;
    const route = routeOf({ method, path: template }, state);
    const known = found.get(`${method} ${template}`);
    found.set(`${method} ${template}`, known === undefined ? route : joined(known, route));
  }
  return [...found.values()].toSorted((a, b) => b.samples - a.samples);
}

function split(key: string): readonly [method: string, path: string] {
  const blank = key.indexOf(' ');
  return [key.slice(0, blank), key.slice(blank + 1)];
}

function concrete(path: string): string {
  return path
    .split('/')
    .map((segment) => (segment === ANY ? VALUE : segment))
    .join('/');
}

/** A path of the document for which it would be another method. */
function declaredAt({ operations }: DriftDocument, path: string): string | undefined {
  const asked = path.split('/');
  for (const declared of operations.values()) {
    const segments = declared.path.split('/');
    const fits = segments.every((segment, at) => segment === asked[at] || /^\{.*\}$/.test(segment));
    if (segments.length === asked.length && fits) return declared.path;
  }
  return undefined;
}

function routeOf({ method, path }: Pick<ShadowRoute, 'method' | 'path'>, state: OperationState): ShadowRoute {
  const { samples, firstMs, lastMs, statuses, findings } = state;
  const replies = findings.filter(({ kind }) => kind === 'undeclared-status').map(replyOf);
  return {
    method,
    path,
    samples,
    firstSeenMs: firstMs,
    lastSeenMs: lastMs,
    statuses,
    query: findings.flatMap(({ kind, where }) => (kind === 'undeclared-parameter' ? [where.split(' ')[1] ?? ANY] : [])),
    request: findings.filter(({ kind }) => kind === 'undeclared-body').map(contentOf),
    replies: replies.length > 0 ? replies : Object.keys(statuses).map((status) => ({ status })),
  };
}

function contentOf({ where, shape }: FindingState): SeenContent {
  const place = whereOf(where);
  const media = place.side === 'parameter' ? undefined : place.media;
  return { ...(media !== undefined && { media }), ...(shape !== undefined && { shape }) };
}

function replyOf(finding: FindingState): ShadowRoute['replies'][number] {
  const place = whereOf(finding.where);
  return { status: place.side === 'reply' ? place.status : '', ...contentOf(finding) };
}

function joined(a: ShadowRoute, b: ShadowRoute): ShadowRoute {
  const statuses = new Map(Object.entries(a.statuses));
  for (const [status, count] of Object.entries(b.statuses)) statuses.set(status, (statuses.get(status) ?? 0) + count);
  return {
    ...a,
    samples: a.samples + b.samples,
    firstSeenMs: Math.min(a.firstSeenMs, b.firstSeenMs),
    lastSeenMs: Math.max(a.lastSeenMs, b.lastSeenMs),
    statuses: Object.fromEntries(statuses),
    query: [...new Set([...a.query, ...b.query])],
    request: joinedContents(a.request, b.request, ({ media }) => media ?? ''),
    replies: joinedContents(a.replies, b.replies, ({ status, media }) => `${status} ${media ?? ''}`),
  };
}

function joinedContents<T extends SeenContent>(
  a: readonly T[],
  b: readonly T[],
  keyOf: (one: T) => string,
): readonly T[] {
  const all = new Map(a.map((each) => [keyOf(each), each]));
  for (const each of b) {
    const { shape } = all.get(keyOf(each)) ?? {};
    const both =
      shape === undefined || each.shape === undefined ? (shape ?? each.shape) : mergedShape(shape, each.shape);
    all.set(keyOf(each), { ...each, ...(both !== undefined && { shape: both }) });
  }
  return [...all.values()];
}
