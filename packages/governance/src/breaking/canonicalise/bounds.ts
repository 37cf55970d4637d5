import { numberOf, type RawObject } from './raw-value.ts';
import type { Kind } from './types.ts';

/** As the ids of changes name it. */
export type BoundName = 'maximum' | 'minimum' | `${'max' | 'min'}-${'length' | 'items' | 'properties'}`;

export interface BoundRow {
  readonly keyword: string;
  /** Which values it is about. */
  readonly kinds: readonly Kind[];
  readonly side: 'max' | 'min';
  readonly name: BoundName;
}

const NUMBERS: readonly Kind[] = ['integer', 'fraction'];

export const BOUNDS: readonly BoundRow[] = [
  { keyword: 'maximum', kinds: NUMBERS, side: 'max', name: 'maximum' },
  { keyword: 'minimum', kinds: NUMBERS, side: 'min', name: 'minimum' },
  { keyword: 'maxLength', kinds: ['string'], side: 'max', name: 'max-length' },
  { keyword: 'minLength', kinds: ['string'], side: 'min', name: 'min-length' },
  { keyword: 'maxItems', kinds: ['array'], side: 'max', name: 'max-items' },
  { keyword: 'minItems', kinds: ['array'], side: 'min', name: 'min-items' },
  { keyword: 'maxProperties', kinds: ['object'], side: 'max', name: 'max-properties' },
  { keyword: 'minProperties', kinds: ['object'], side: 'min', name: 'min-properties' },
];

export interface Bound {
  readonly value: number;
  readonly exclusive: boolean;
}

/** What a schema says itself, 3.0's boolean `exclusiveMaximum` as 3.1's number. The tighter of two holds. */
export function boundIn(schema: RawObject, { keyword, side }: BoundRow): Bound | undefined {
  const value = numberOf(schema[keyword]);
  const plain = value === undefined ? undefined : { value, exclusive: false };
  if (keyword !== 'maximum' && keyword !== 'minimum') return plain;
  const written = schema[keyword === 'maximum' ? 'exclusiveMaximum' : 'exclusiveMinimum'];
  if (written === true) return plain === undefined ? undefined : { ...plain, exclusive: true };
  const outer = numberOf(written);
  const exclusive = outer === undefined ? undefined : { value: outer, exclusive: true };
  return tighter(plain, exclusive, side);
}

export function tighter(a: Bound | undefined, b: Bound | undefined, side: BoundRow['side']): Bound | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return order(a, b, side) >= 0 ? a : b;
}

/** Positive when `a` allows less than `b`, 0 when both allow the same. */
export function order(a: Bound, b: Bound, side: BoundRow['side']): number {
  const apart = side === 'max' ? b.value - a.value : a.value - b.value;
  return apart === 0 ? Number(a.exclusive) - Number(b.exclusive) : apart;
}

/** Integers above 0 are integers from 1 on. */
export function wholeBound(bound: Bound, side: BoundRow['side']): Bound {
  if (side === 'max') {
    const value = bound.exclusive ? Math.ceil(bound.value) - 1 : Math.floor(bound.value);
    return { value, exclusive: false };
  }
  return { value: bound.exclusive ? Math.floor(bound.value) + 1 : Math.ceil(bound.value), exclusive: false };
}

export function boundText({ value, exclusive }: Bound): string {
  return exclusive ? `${value} (exclusive)` : String(value);
}
