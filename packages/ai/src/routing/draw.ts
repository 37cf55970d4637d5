import { hash32, item } from '@gatehouse/kernel';

/** A fraction in [0, 1). */
export type Random = () => number;

/** One of several, in proportion to their weights; each alike when none has any. */
export function drawWeighted<T>(items: readonly T[], weightOf: (item: T) => number, random: Random): T {
  if (items.length < 2) return item(items, 0);
  let total = 0;
  for (const each of items) total += weightOf(each);
  if (total <= 0) return item(items, Math.floor(random() * items.length));
  let left = random() * total;
  for (const each of items) {
    left -= weightOf(each);
    if (left < 0) return each;
  }
  // What is lost by rounding belongs to the last that has a weight.
  return items.findLast((each) => weightOf(each) > 0) ?? item(items, 0);
}

/** Of two drawn ones the lighter, the first of them when they are alike: the power of two choices. */
export function lighterOfTwo<T>(items: readonly T[], random: Random, isLighter: (one: T, other: T) => boolean): T {
  if (items.length < 2) return item(items, 0);
  const first = Math.floor(random() * items.length);
  const other = Math.floor(random() * (items.length - 1));
  const one = item(items, first);
  const two = item(items, other < first ? other : other + 1);
  return isLighter(two, one) ? two : one;
}

/** Those with the smallest value, in their order. */
export function smallest<T>(items: readonly T[], valueOf: (item: T) => number): readonly T[] {
  const values = items.map(valueOf);
  const least = Math.min(...values);
  return items.filter((_, index) => values[index] === least);
}

export interface Scored<T> {
  readonly labelOf: (item: T) => string;
  readonly weightOf: (item: T) => number;
}

/**
 * Weighted rendezvous hashing: each one scores the key, the best score wins. When one goes, only its own keys move, to
 * all others alike; every worker and every restart comes to the same.
 */
export function rendezvous<T>(items: readonly T[], key: string, { labelOf, weightOf }: Scored<T>): T {
  const seed = hash32(key);
  let best = item(items, 0);
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const each of items) {
    const fraction = ((hash32(labelOf(each), seed) >>> 0) + 0.5) / 2 ** 32;
    const score = -weightOf(each) / Math.log(fraction);
    if (score <= bestScore) continue;
    best = each;
    bestScore = score;
  }
  return best;
}
