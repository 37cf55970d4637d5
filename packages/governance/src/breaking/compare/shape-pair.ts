import type { Shape } from '../canonicalise/shape.ts';
import type { Kind } from '../canonicalise/types.ts';
import type { Filling } from '../changes.ts';
import type { Direction, Fact } from '../variance.ts';
import type { PairNode, SchemaComparison } from './schema-comparison.ts';

/** Two shapes, and where to say what they differ in. */
export interface ShapePair {
  readonly old: Shape;
  readonly new: Shape;
  readonly direction: Direction;
  readonly pair: PairNode;
  readonly comparison: SchemaComparison;
}

export function bothHave({ old, new: newer }: ShapePair, kind: Kind): boolean {
  return old.kinds.has(kind) && newer.kinds.has(kind);
}

export function find({ pair }: ShapePair, fact: Fact, filling: Filling & { readonly at?: string } = {}): void {
  const { at = '', ...rest } = filling;
  pair.findings.push({ fact, at, filling: rest });
}
