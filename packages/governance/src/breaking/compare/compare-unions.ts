import type { SchemaNodes } from '../canonicalise/schema-nodes.ts';
import type { Branch, SchemaNode, Shape, Union } from '../canonicalise/shape.ts';
import { find, type ShapePair } from './shape-pair.ts';
import { compareNull } from './compare-values.ts';
import { matchAlternatives } from './match-alternatives.ts';

/** Parts that a schema may have and still be taken apart into alternatives; more is made to cost. */
const PARTS_MAX = 24;

/**
 * One side is a union and the other a plain schema, which is a union of one: then whole alternatives are compared, each
 * with what stands beside the union.
 */
export function hasAlternatives({ old, new: newer, pair }: ShapePair): boolean {
  const one = Math.max(old.unions.length, newer.unions.length) === 1 && old.unions.length !== newer.unions.length;
  return one && pair.old.parts.length + pair.new.parts.length <= PARTS_MAX;
}

/** The set of alternatives may only grow in requests and only shrink in responses. */
export function compareUnions(shapes: ShapePair): void {
  const { old, new: newer, pair, comparison } = shapes;
  if (hasAlternatives(shapes)) {
    compareNull(shapes);
    matchAlternatives(shapes, {
      olds: alternativesOf(pair.old, old, comparison.olds),
      news: alternativesOf(pair.new, newer, comparison.news),
    });
    return;
  }
  if (old.unions.length !== newer.unions.length) {
    find(shapes, 'unions-changed');
    return;
  }
  for (const [union, other] of pairedUnions(old.unions, newer.unions)) {
    // oneOf and anyOf of the same alternatives: authors mean the same by both.
    if (union.exclusive !== other.exclusive && union.text !== other.text) {
      find(shapes, other.exclusive ? 'union-tightened' : 'union-loosened');
    }
    matchAlternatives(shapes, { olds: union.branches, news: other.branches });
  }
}

/** Of several unions that hold at once: those that are the same, then the others in one order. */
function pairedUnions(olds: readonly Union[], news: readonly Union[]): readonly (readonly [Union, Union])[] {
  const byText = new Map(news.map((union) => [union.text, union]));
  const pairs: (readonly [Union, Union])[] = [];
  const restOld: Union[] = [];
  const restNew = new Set(news);
  for (const old of olds) {
    const same = byText.get(old.text);
    if (same !== undefined && restNew.delete(same)) pairs.push([old, same]);
    else restOld.push(old);
  }
  const order = (a: Union, b: Union): number => (a.text < b.text ? -1 : 1);
  const others = [...restNew].toSorted(order);
  for (const [index, old] of restOld.toSorted(order).entries()) {
    const other = others[index];
    if (other !== undefined) pairs.push([old, other]);
  }
  return pairs;
}

function alternativesOf(node: SchemaNode, shape: Shape, nodes: SchemaNodes): readonly Branch[] {
  const [union] = shape.unions;
  if (union === undefined) {
    return [{ node: nodes.nodeOfParts(node.parts.map((part) => ({ ...part, nullFree: true }))), name: '' }];
  }
  const beside = node.parts.map((part) => ({ ...part, nullFree: true, bare: true }));
  return union.branches.map((branch) => ({
    node: nodes.nodeOfParts([...beside, ...branch.node.parts]),
    name: branch.name,
  }));
}
