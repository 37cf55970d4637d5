import { randomFrom } from '@gatehouse/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawWeighted, lighterOfTwo, rendezvous, smallest } from './draw.ts';

type Weights = Readonly<Record<string, number>>;

function shares(weights: Weights, draw: (names: readonly string[], n: number) => string, draws = 20_000): Weights {
  const names = Object.keys(weights);
  const counts: Record<string, number> = {};
  for (let n = 0; n < draws; n++) {
    const name = draw(names, n);
    counts[name] = (counts[name] ?? 0) + 1 / draws;
  }
  return counts;
}

const weightsOf = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: 1, max: 20 }), {
  minKeys: 1,
  noNullPrototype: true,
});

function expectShares(counts: Weights, weights: Weights): void {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  for (const [name, weight] of Object.entries(weights)) {
    expect(Math.abs((counts[name] ?? 0) - weight / total)).toBeLessThan(0.02);
  }
}

describe('a weighted draw', () => {
  it('gives each its share within 2 %', () => {
    fc.assert(
      fc.property(weightsOf, fc.integer(), (weights, seed) => {
        const random = randomFrom(seed);
        const counts = shares(weights, (names) => drawWeighted(names, (name) => weights[name] ?? 0, random));
        expectShares(counts, weights);
      }),
      { numRuns: 20 },
    );
  });

  it('never draws what has no weight, at either end of chance', () => {
    const weightOf = (name: string): number => (name === 'b' ? 1 : 0);
    for (const fraction of [0, 0.5, 1 - 2 ** -32])
      expect(drawWeighted(['a', 'b', 'c'], weightOf, () => fraction)).toBe('b');
  });

  it('draws all alike when none has a weight', () => {
    const random = randomFrom(3);
    expectShares(
      shares({ a: 0, b: 0 }, (names) => drawWeighted(names, () => 0, random)),
      { a: 1, b: 1 },
    );
  });
});

describe('the lighter of two', () => {
  it('is never the heaviest of several', () => {
    const random = randomFrom(1);
    const counts = shares({ a: 1, b: 2, c: 3 }, (names) => lighterOfTwo(names, random, (one, other) => one < other));
    expect(counts['c']).toBeUndefined();
    expect(Math.abs((counts['a'] ?? 0) - 2 / 3)).toBeLessThan(0.02);
  });

  it('is either of two that are alike', () => {
    const random = randomFrom(1);
    expectShares(
      shares({ a: 1, b: 1 }, (names) => lighterOfTwo(names, random, () => false)),
      { a: 1, b: 1 },
    );
  });
});

describe('the smallest', () => {
  it('are those with the smallest value, in their order', () => {
    expect(smallest([3, 1, 2, 1], (n) => n)).toEqual([1, 1]);
    expect(smallest([1, 2], () => Infinity)).toEqual([1, 2]);
    expect(smallest([], () => 1)).toEqual([]);
  });
});

describe('rendezvous hashing', () => {
  const home = (names: readonly string[], key: string, weights: Weights = {}): string =>
    rendezvous(names, key, { labelOf: (name) => `vendor-${name}/model`, weightOf: (name) => weights[name] ?? 1 });
  const NAMES = ['a', 'b', 'c', 'd', 'e'];

  it('gives each its share of the keys within 2 %', () => {
    fc.assert(
      fc.property(weightsOf, fc.string(), (weights, prefix) => {
        expectShares(
          shares(weights, (names, n) => home(names, `${prefix}${n}`, weights)),
          weights,
        );
      }),
      { numRuns: 20 },
    );
  });

  it('spreads numbered targets evenly too', () => {
    const many = Array.from({ length: 16 }, (_, n) => `10.0.0.${n}`);
    expectShares(
      shares(Object.fromEntries(many.map((name) => [name, 1])), (names, n) => home(names, `user-${n}`)),
      Object.fromEntries(many.map((name) => [name, 1])),
    );
  });

  it('does not depend on the order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(NAMES, { minLength: 1 }), fc.string(), (names, key) => {
        expect(home(names, key)).toBe(home(names.toSorted(), key));
      }),
    );
  });

  it('moves only the keys of one that leaves, and to all others alike', () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), fc.string(), (left, key) => {
        const before = home(NAMES, key);
        const after = home(
          NAMES.filter((name) => name !== left),
          key,
        );
        if (before !== left) expect(after).toBe(before);
      }),
      { numRuns: 2000 },
    );
    const orphans = Array.from({ length: 50_000 }, (_, n) => `user-${n}`).filter((key) => home(NAMES, key) === 'c');
    const others = ['a', 'b', 'd', 'e'];
    const counts = shares({ a: 1, b: 1, d: 1, e: 1 }, (_names, n) => home(others, orphans[n] ?? ''), orphans.length);
    expectShares(counts, { a: 1, b: 1, d: 1, e: 1 });
  });
});
