import type { SchemaNodes } from '../canonicalise/schema-nodes.ts';
import type { SchemaNode } from '../canonicalise/shape.ts';
import { VARIANCE, type Direction, type Fact, type Level } from '../variance.ts';
import type { Filling } from '../changes.ts';
import { compareShapes } from './compare-shapes.ts';
import type { UnionTask } from './union-task.ts';

/** What two schemas differ in themselves, and where to look further. One for each pair and direction. */
export interface PairNode {
  readonly old: SchemaNode;
  readonly new: SchemaNode;
  readonly direction: Direction;
  readonly findings: Finding[];
  readonly edges: Edge[];
  compared: boolean;
  /** An error can be reached from here: known for good, since findings only become more. */
  grave: boolean;
}

export interface Finding {
  readonly fact: Fact;
  /** Below the schema, such as a property; '' for the schema itself. */
  readonly at: string;
  readonly filling: Filling;
}

export interface Edge {
  readonly at: string;
  readonly pair: PairNode;
}

/** Documents that need more are refused: they are made to. */
const PAIRS_MAX = 2_000_000;

export class TooMuchToCompare extends Error {
  override readonly name = 'TooMuchToCompare';
}

/**
 * All pairs of schemas that meet in two documents, as a graph: schemas may be shared and may refer to themselves, and
 * each pair is looked at once. What comes back to a pair that is being compared adds nothing to it.
 */
export class SchemaComparison {
  readonly olds: SchemaNodes;
  readonly news: SchemaNodes;
  /** For sunsets. */
  readonly now: number;
  readonly #pairs = new Map<string, PairNode>();
  readonly #waiting: (PairNode | UnionTask)[] = [];

  constructor({ olds, news, now }: Readonly<{ olds: SchemaNodes; news: SchemaNodes; now: number }>) {
    this.olds = olds;
    this.news = news;
    this.now = now;
  }

  /** Compared by the time `run` returns. */
  pairOf(old: SchemaNode, newer: SchemaNode, direction: Direction): PairNode {
    const key = `${old.id}:${newer.id}${direction === 'request' ? '>' : '<'}`;
    let pair = this.#pairs.get(key);
    if (pair === undefined) {
      if (this.#pairs.size >= PAIRS_MAX) throw new TooMuchToCompare(`more than ${PAIRS_MAX} pairs of schemas meet`);
      pair = { old, new: newer, direction, findings: [], edges: [], compared: false, grave: false };
      this.#pairs.set(key, pair);
    }
    // Put on top even where it waits already: who asks for it now may need it before what lies between.
    if (!pair.compared) this.#waiting.push(pair);
    return pair;
  }

  later(task: UnionTask): void {
    this.#waiting.push(task);
  }

  /** Last in, first out: what a union asks about its alternatives is known when its turn comes again. */
  run(): void {
    for (let next = this.#waiting.pop(); next !== undefined; next = this.#waiting.pop()) {
      if ('decide' in next) next.decide();
      else if (!next.compared) {
        next.compared = true;
        compareShapes(next, this);
      }
    }
  }

  /** The gravest that a pair leads to, as far as it has been compared. */
  worstOf(start: PairNode): Level | undefined {
    const seen = new Set<PairNode>([start]);
    let worst: Level | undefined;
    for (const pair of seen) {
      const levels = pair.findings.map(({ fact }) => VARIANCE.get(fact)?.[pair.direction]);
      if (pair.grave || levels.includes('error')) {
        pair.grave = true;
        start.grave = true;
        return 'error';
      }
      if (worst !== 'warning' && levels.length > 0) worst = levels.includes('warning') ? 'warning' : 'info';
      for (const edge of pair.edges) seen.add(edge.pair);
    }
    return worst;
  }

  /** Those from which findings can be reached. */
  live(): ReadonlySet<PairNode> {
    const parents = new Map<PairNode, PairNode[]>();
    const live = new Set<PairNode>();
    for (const pair of this.#pairs.values()) {
      if (pair.findings.length > 0) live.add(pair);
      for (const edge of pair.edges) {
        const known = parents.get(edge.pair);
        if (known === undefined) parents.set(edge.pair, [pair]);
        else known.push(pair);
      }
    }
    // A set that grows while it is walked: each pair is visited once.
    for (const pair of live) for (const parent of parents.get(pair) ?? []) live.add(parent);
    return live;
  }
}
