import type { FieldShape } from '@gatehouse/kernel';
import type { JsonMap } from '../../tree/json-tree.ts';
import type { SchemaDialect } from '../schema-spots.ts';
import { ANY } from '../where.ts';

/** A schema that every value of the shape fits. Nothing is required: what was there so far need not be there next time. */
export function schemaOfShape({ types, members, items }: FieldShape, dialect: SchemaDialect): JsonMap {
  const known = types.filter((type) => type !== 'integer' || !types.includes('number'));
  const inner = (shape: FieldShape): JsonMap => schemaOfShape(shape, dialect);
  const { [ANY]: others, ...named } = members ?? {};
  const properties = Object.entries(named).map(([name, shape]) => [name, inner(shape)] as const);
  return {
    ...typePart(known, dialect),
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
    // Beside names, others may be anything.
    ...(others !== undefined && properties.length === 0 && { additionalProperties: inner(others) }),
    ...(known.includes('array') && { items: items === undefined ? {} : inner(items) }),
  };
}

function typePart(types: readonly string[], dialect: SchemaDialect): JsonMap {
  const [first, ...others] = types;
  if (dialect !== '3.0') return others.length === 0 ? { type: first } : { type: types };
  const plain = types.filter((type) => type !== 'null');
  const [only, ...more] = plain;
  if (only === undefined) return { nullable: true };
  // Of several types 3.0 can only say each for itself, and what stands beside them would hold for all.
  if (more.length > 0) return {};
  return { type: only, ...(plain.length < types.length && { nullable: true }) };
}
