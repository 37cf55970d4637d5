import { find, type ShapePair } from './shape-pair.ts';

/** Items, tuples and whether items are unique. */
export function compareArrays(shapes: ShapePair): void {
  const { old, new: newer, direction, pair, comparison } = shapes;
  if (old.uniqueItems !== newer.uniqueItems) {
    find(shapes, newer.uniqueItems ? 'unique-items-set' : 'unique-items-lifted');
  }
  pair.edges.push({ at: '[]', pair: comparison.pairOf(old.items, newer.items, direction) });
  for (let index = 0; index < Math.max(old.tuple.length, newer.tuple.length); index += 1) {
    // Past the end of a tuple stands what `items` says.
    const [from, to] = [old.tuple[index] ?? old.items, newer.tuple[index] ?? newer.items];
    pair.edges.push({ at: `[${index}]`, pair: comparison.pairOf(from, to, direction) });
  }
}
