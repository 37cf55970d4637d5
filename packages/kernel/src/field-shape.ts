import type { FieldShape } from './observation.ts';

/** What two values at one place have in common; members and items that only one has are kept. */
export function mergedShape(a: FieldShape, b: FieldShape): FieldShape {
  const types = [...new Set([...a.types, ...b.types])].toSorted();
  const items = a.items === undefined || b.items === undefined ? (a.items ?? b.items) : mergedShape(a.items, b.items);
  const members = mergedMembers(a.members, b.members);
  return { types, ...(members !== undefined && { members }), ...(items !== undefined && { items }) };
}

function mergedMembers(a: FieldShape['members'], b: FieldShape['members']): FieldShape['members'] {
  if (a === undefined || b === undefined) return a ?? b;
  const merged = new Map(Object.entries(a));
  for (const [name, shape] of Object.entries(b)) {
    const known = merged.get(name);
    merged.set(name, known === undefined ? shape : mergedShape(known, shape));
  }
  return Object.fromEntries(merged);
}
