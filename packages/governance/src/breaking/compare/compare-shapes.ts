import { compareArrays } from './compare-arrays.ts';
import { compareObjects } from './compare-objects.ts';
import { compareUnions, hasAlternatives } from './compare-unions.ts';
import { compareValues } from './compare-values.ts';
import type { PairNode, SchemaComparison } from './schema-comparison.ts';
import { bothHave, type ShapePair } from './shape-pair.ts';

/** Fills a pair of the graph. */
export function compareShapes(pair: PairNode, comparison: SchemaComparison): void {
  const shapes: ShapePair = {
    old: comparison.olds.shapeOf(pair.old),
    new: comparison.news.shapeOf(pair.new),
    direction: pair.direction,
    pair,
    comparison,
  };
  if (hasAlternatives(shapes)) {
    compareUnions(shapes);
    return;
  }
  compareValues(shapes);
  if (bothHave(shapes, 'object')) compareObjects(shapes);
  if (bothHave(shapes, 'array')) compareArrays(shapes);
  compareUnions(shapes);
}
