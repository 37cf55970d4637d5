import { describe, expect, it } from 'vitest';
import { hash32, hash64, randomFrom } from './hash.ts';

/** How far the fullest and the emptiest of the buckets are from an even share, as a share of it. */
function spread(values: Iterable<number>, buckets: number): number {
  const counts = Array.from({ length: buckets }, () => 0);
  let total = 0;
  for (const value of values) {
    const bucket = (value >>> 0) % buckets;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
    total++;
  }
  const even = total / buckets;
  return Math.max(...counts.map((count) => Math.abs(count - even) / even));
}

const names = (count: number, name: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => name(index));

describe('hash32', () => {
  it('is a 32-bit integer, the same for the same text', () => {
    for (const text of ['', 'a', 'users#rate-limit.0', 'ü€😀']) {
      const hash = hash32(text);
      expect(hash).toBe(hash | 0);
      expect(hash32(text)).toBe(hash);
    }
  });

  it('gives these numbers in every thread, because they find a key in shared memory', () => {
    expect([hash32(''), hash32('a'), hash32('users'), hash32('users', 1)]).toEqual([
      -1421968373, 444641715, 153813894, -42743438,
    ]);
  });

  it('differs by its seed', () => {
    expect(hash32('x', 1)).not.toBe(hash32('x', 2));
  });

  const kinds: Readonly<Record<string, (index: number) => string>> = {
    'numbers that count up': (index) => String(index),
    'names that differ at the end': (index) => `application-${index}`,
    'names that differ in front': (index) => `${index}.example.com`,
    addresses: (index) => `10.0.${index >> 8}.${index & 255}`,
    'runs of one character': (index) => 'a'.repeat(index % 997) + String(Math.floor(index / 997)),
  };
  for (const [name, kind] of Object.entries(kinds)) {
    it(`spreads ${name} evenly, by its low bits and by its high ones`, () => {
      const hashes = names(20_000, kind).map((text) => hash32(text));
      expect(spread(hashes, 16)).toBeLessThan(0.15);
      expect(
        spread(
          hashes.map((hash) => hash >>> 28),
          16,
        ),
      ).toBeLessThan(0.15);
    });
  }

  it('changes about half of its bits with one character', () => {
    const bits = names(2000, String).map((text) => ones(hash32(`${text}a`) ^ hash32(`${text}b`)));
    const mean = bits.reduce((sum, count) => sum + count, 0) / bits.length;
    expect(mean).toBeGreaterThan(15);
    expect(mean).toBeLessThan(17);
  });
});

describe('hash64', () => {
  it('has halves that know nothing of each other', () => {
    const hashes = names(20_000, (index) => `key-${index}`).map(hash64);
    const same = hashes.map(({ high, low }) => 32 - ones(high ^ low));
    const mean = same.reduce((sum, count) => sum + count, 0) / same.length;
    expect(mean).toBeGreaterThan(15.5);
    expect(mean).toBeLessThan(16.5);
  });

  it('meets itself nowhere among 200,000 keys', () => {
    const seen = new Set(names(200_000, (index) => `users#rate-limit.0\na${index}`).map(textOf));
    expect(seen.size).toBe(200_000);
  });
});

describe('randomFrom', () => {
  it('gives the same fractions for the same seed and others for another', () => {
    const first = Array.from({ length: 5 }, randomFrom(7));
    expect(Array.from({ length: 5 }, randomFrom(7))).toEqual(first);
    expect(Array.from({ length: 5 }, randomFrom(8))).not.toEqual(first);
  });

  it.each([0, 1, -1, 2 ** 31, 2 ** 32 - 1])('stays from 0 to below 1 and spreads evenly from seed %d', (seed) => {
    const random = randomFrom(seed);
    const values = Array.from({ length: 20_000 }, random);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(
      spread(
        values.map((value) => Math.floor(value * 16)),
        16,
      ),
    ).toBeLessThan(0.15);
  });
});

function ones(value: number): number {
  let left = value >>> 0;
  let count = 0;
  for (; left !== 0; left >>>= 1) count += left & 1;
  return count;
}

function textOf(text: string): string {
  const { high, low } = hash64(text);
  return `${high}:${low}`;
}
