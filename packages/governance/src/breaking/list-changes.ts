import { CHANGES, messageOf, type Filling } from './changes.ts';
import type { Change } from './compare-documents.ts';
import type { Report, SchemaRoot, Scope } from './compare/report.ts';
import type { Finding, PairNode } from './compare/schema-comparison.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Overrides } from './overrides.ts';
import type { Level } from './variance.ts';

export interface ListedChange {
  readonly change: Change;
  readonly level: Level;
  /** Offers something new. */
  readonly adds: boolean;
}

const RANKS: Readonly<Record<Level, number>> = { error: 0, warning: 1, info: 2 };

/** All that was found, each once, in an order that does not depend on that of the documents. */
export function listChanges(report: Report, overrides: Overrides): readonly ListedChange[] {
  const listed = new Map<string, ListedChange>();
  const add = (spot: Spot): void => {
    const change = changeOf(spot, overrides);
    if (change !== undefined) listed.set(change.change.fingerprint, change);
  };
  for (const { id, scope, path, filling } of report.noted) add({ id, scope, path, filling });
  const walking: Walking = { live: report.schemas.live(), told: new Set(), visits: 0, add };
  // Drafts last: what they share with others is told where it counts.
  const roots = report.roots.toSorted((a, b) => Number(b.scope.counted) - Number(a.scope.counted));
  for (const root of roots) walk(root, walking, listed.size >= LISTED_MAX || walking.visits >= VISITS_MAX);
  return [...listed.values()].toSorted((a, b) => RANKS[a.level] - RANKS[b.level] || before(keyOf(a), keyOf(b)));
}

function keyOf({ change: { operation, path, id, message } }: ListedChange): string {
  return `${operation}\n${path}\n${id}\n${message}`;
}

function before(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

interface Spot {
  readonly id: string;
  readonly scope: Scope;
  readonly path: string;
  readonly filling: Filling;
}

function changeOf({ id, scope, path: place, filling }: Spot, overrides: Overrides): ListedChange | undefined {
  const row = CHANGES.get(id);
  if (row === undefined) return undefined;
  const path = scope.at + place;
  const message = messageOf(row.wording, filling);
  const fingerprint = fingerprintOf({ id, operation: scope.key, path, message });
  const asked = overrides.get(fingerprint) ?? overrides.get(id) ?? row.level;
  if (asked === 'none') return undefined;
  const level = scope.counted ? asked : 'info';
  const change = { id, level, operation: scope.operation, path, message, fingerprint };
  return { change, level, adds: row.adds && scope.counted };
}

/** What has changed is told below each operation that leads to it, up to so many changes and steps; then once in all. */
const LISTED_MAX = 10_000;
const VISITS_MAX = 200_000;

interface Walking {
  readonly live: ReadonlySet<PairNode>;
  /** Whose findings have been told below any operation, and so has all that they lead to. */
  readonly told: Set<PairNode>;
  visits: number;
  readonly add: (spot: Spot) => void;
}

/**
 * Findings below one place of an operation; each pair once, by the shortest way that leads there, and of ways as long
 * by the first of the alphabet: the order of keys must not show.
 */
function walk({ scope, path, pair, isParameter }: SchemaRoot, walking: Walking, once: boolean): void {
  const { live, told } = walking;
  const ways = new Map<PairNode, string>(live.has(pair) ? [[pair, path]] : []);
  // A map that grows while it is walked.
  for (const [at, way] of ways) {
    // A parameter's own findings have ids of their own.
    if (once && told.has(at) && !(isParameter && at === pair)) continue;
    told.add(at);
    walking.visits += 1;
    for (const finding of at.findings) {
      const id = idOf(finding, at, isParameter && at === pair);
      walking.add({ id, scope, path: below(way, finding.at), filling: finding.filling });
    }
    const edges = at.edges.filter((edge) => live.has(edge.pair)).toSorted((a, b) => before(a.at, b.at));
    for (const edge of edges) if (!ways.has(edge.pair)) ways.set(edge.pair, below(way, edge.at));
  }
}

function idOf({ fact }: Finding, { direction }: PairNode, isParameter: boolean): string {
  return isParameter && fact.startsWith('default-') ? `parameter-${fact}` : `${direction}-${fact}`;
}

/** `items` of `users`: `users.items`; the items of a list and alternatives join without a dot. */
function below(way: string, at: string): string {
  if (at === '') return way;
  return /^[[({]/.test(at) ? way + at : `${way}.${at}`;
}
