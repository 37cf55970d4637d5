import { canonicalSchemaText } from '../canonicalise/canonical-text.ts';
import type { SchemaNodes } from '../canonicalise/schema-nodes.ts';
import type { Branch, SchemaNode } from '../canonicalise/shape.ts';
import { find, type ShapePair } from './shape-pair.ts';
import type { PairNode } from './schema-comparison.ts';

export interface Alternatives {
  readonly olds: readonly Branch[];
  readonly news: readonly Branch[];
}

/** Of alternatives that neither a name nor their text pairs, so many are tried with each other. */
const TRIED_MAX = 24;

/**
 * Pairs alternatives of two unions: first by the names they refer to, then by what they allow. The second has to wait
 * until the alternatives have been compared with each other.
 */
export function matchAlternatives(shapes: ShapePair, { olds, news }: Alternatives): void {
  const { comparison, pair, direction } = shapes;
  const restOld = new Set(olds);
  const restNew = new Set(news);
  for (const keyOf of [({ name }: Branch) => name, textOf]) {
    const keyed = new Map([...restNew].toReversed().map((newer) => [keyOf(newer), newer]));
    for (const old of restOld) {
      const key = keyOf(old);
      const same = key === '' ? undefined : keyed.get(key);
      if (same === undefined || !restNew.delete(same)) continue;
      restOld.delete(old);
      const at = `(${old.name === '' ? olds.indexOf(old) + 1 : old.name})`;
      pair.edges.push({ at, pair: comparison.pairOf(old.node, same.node, direction) });
    }
  }
  if (restOld.size === 0 && restNew.size === 0) return;
  const matching = new Matching(shapes, { olds, news, restOld, restNew });
  comparison.later({ decide: () => matching.decide() });
  matching.prepare();
}

function textOf({ node }: Branch): string {
  return node.parts
    .map(({ schema }) => canonicalSchemaText(schema))
    .toSorted()
    .join('&');
}

interface Rest extends Alternatives {
  readonly restOld: Set<Branch>;
  readonly restNew: Set<Branch>;
}

class Matching {
  readonly #shapes: ShapePair;
  readonly #rest: Rest;
  readonly #tried = new Map<Branch, Map<Branch, PairNode>>();

  constructor(shapes: ShapePair, rest: Rest) {
    this.#shapes = shapes;
    this.#rest = rest;
  }

  /** What has no partner is tried with all of the other side: it may be covered by one that has. */
  prepare(): void {
    const { olds, news, restOld, restNew } = this.#rest;
    for (const old of olds.slice(0, TRIED_MAX)) {
      const row = new Map<Branch, PairNode>();
      for (const newer of news.slice(0, TRIED_MAX)) {
        if (!restOld.has(old) && !restNew.has(newer)) continue;
        row.set(newer, this.#shapes.comparison.pairOf(old.node, newer.node, this.#shapes.direction));
      }
      this.#tried.set(old, row);
    }
  }

  decide(): void {
    this.#pairWhere((pair) => this.#worst(pair) === undefined);
    this.#pairWhere((pair) => this.#worst(pair) === 'info');
    this.#dropCovered();
    this.#pairByTag();
    const { restOld, restNew } = this.#rest;
    const [old] = restOld;
    const [newer] = restNew;
    if (restOld.size === 1 && restNew.size === 1 && old !== undefined && newer !== undefined) this.#pair(old, newer);
    for (const what of this.#namesOf(restOld, this.#rest.olds, this.#shapes.comparison.olds)) {
      find(this.#shapes, 'union-member-removed', { what });
    }
    for (const what of this.#namesOf(restNew, this.#rest.news, this.#shapes.comparison.news)) {
      find(this.#shapes, 'union-member-added', { what });
    }
  }

  #worst(pair: PairNode): string | undefined {
    return this.#shapes.comparison.worstOf(pair);
  }

  #pairWhere(fits: (pair: PairNode) => boolean): void {
    const { restOld, restNew } = this.#rest;
    for (const old of restOld) {
      for (const newer of restNew) {
        const pair = this.#tried.get(old)?.get(newer);
        if (pair === undefined || !fits(pair)) continue;
        this.#pair(old, newer);
        break;
      }
    }
  }

  /** In a request what was taken is still taken, in a response what comes was to be expected: by another alternative. */
  #dropCovered(): void {
    const { olds, news, restOld, restNew } = this.#rest;
    const covers = (old: Branch, newer: Branch): boolean => {
      const pair = this.#tried.get(old)?.get(newer);
      const worst = pair === undefined ? 'error' : this.#worst(pair);
      return worst === undefined || worst === 'info';
    };
    if (this.#shapes.direction === 'request') {
      for (const old of restOld) if (news.some((newer) => covers(old, newer))) restOld.delete(old);
    } else {
      for (const newer of restNew) if (olds.some((old) => covers(old, newer))) restNew.delete(newer);
    }
  }

  /** Alternatives that a property with a single value tells apart. */
  #pairByTag(): void {
    const { restOld, restNew } = this.#rest;
    const { olds, news } = this.#shapes.comparison;
    const tagged = new Map([...restNew].map((newer) => [tagOf(newer.node, news), newer]));
    for (const old of restOld) {
      const tag = tagOf(old.node, olds);
      const newer = tag === '' ? undefined : tagged.get(tag);
      if (newer !== undefined && restNew.has(newer)) this.#pair(old, newer);
    }
  }

  #pair(old: Branch, newer: Branch): void {
    const { pair, comparison, direction } = this.#shapes;
    this.#rest.restOld.delete(old);
    this.#rest.restNew.delete(newer);
    const at = `(${this.#nameOf(old, this.#rest.olds, comparison.olds)})`;
    pair.edges.push({ at, pair: comparison.pairOf(old.node, newer.node, direction) });
  }

  #nameOf(branch: Branch, all: readonly Branch[], nodes: SchemaNodes): string {
    if (branch.name !== '') return branch.name;
    const tag = tagOf(branch.node, nodes);
    return tag === '' ? String(all.indexOf(branch) + 1) : tag;
  }

  #namesOf(rest: ReadonlySet<Branch>, all: readonly Branch[], nodes: SchemaNodes): string[] {
    return [...rest].map((branch) => this.#nameOf(branch, all, nodes));
  }
}

const TAG_PROPERTIES_MAX = 50;

function tagOf(node: SchemaNode, nodes: SchemaNodes): string {
  const tags: string[] = [];
  for (const [name, property] of [...nodes.shapeOf(node).properties].slice(0, TAG_PROPERTIES_MAX)) {
    const { values } = nodes.shapeOf(property);
    if (values?.size === 1) tags.push(`${name}=${[...values].join('')}`);
  }
  return tags.toSorted().join(',');
}
