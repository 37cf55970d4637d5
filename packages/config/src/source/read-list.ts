import { called, INVALID, type Reading, type Spot } from './reading.ts';
import { refinementProblem } from './read-scalar.ts';
import { childPath, type ListNode } from './source-node.ts';
import type { SchemaView } from './schema-view.ts';
import { wanted } from './words.ts';

/** Items that are wrong are left out, so that the rest can still be checked. */
export function readList(
  node: ListNode,
  schema: SchemaView,
  { spot, reading }: { readonly spot: Spot; readonly reading: Reading },
): unknown {
  const items: unknown[] = [];
  const kept: number[] = [];
  for (const [index, item] of node.items.entries()) {
    const path = childPath(spot.path, index);
    const value = reading.read(item, schema.items ?? {}, {
      name: `${spot.name}[${index}]`,
      path,
      keyOffset: item.offset,
    });
    if (value === INVALID) continue;
    if (schema.uniqueItems === true && typeof value !== 'object' && items.includes(value)) {
      reading.report.problem({ offset: item.offset, path }, `${called(spot)} holds the same twice, leave one out`);
      continue;
    }
    items.push(value);
    kept.push(index);
  }
  reading.places.remember(items, { node, path: spot.path, keyOffset: spot.keyOffset, kept });
  const wrong = countProblem(node.items.length, schema) ?? refinementProblem(items, schema);
  if (wrong !== undefined) {
    reading.report.problem({ offset: spot.keyOffset, path: spot.path }, `${called(spot)} ${wrong}`);
  }
  return wrong === undefined && items.length >= (schema.minItems ?? 0) ? items : INVALID;
}

function countProblem(count: number, { minItems = 0, maxItems = Infinity, items }: SchemaView): string | undefined {
  if (count < minItems) return `has too few items, write at least ${minItems}: ${wanted(items ?? {})}`;
  return count > maxItems ? `has too many items, write at most ${maxItems}` : undefined;
}
