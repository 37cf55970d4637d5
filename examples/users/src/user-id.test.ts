import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countingRandom } from './testkit/test-service.ts';
import { nextUserId } from './user-id.ts';

const PATTERN = /^usr_[0-9a-hjkmnp-tv-z]{26}$/;
const zeros = (count: number) => new Uint8Array(count);
const ones = (count: number) => new Uint8Array(count).fill(255);

describe('nextUserId', () => {
  it('spells time and randomness in base 32', () => {
    expect(nextUserId({ nowMs: 0, random: zeros })).toBe(`usr_${'0'.repeat(26)}`);
    expect(nextUserId({ nowMs: 33, random: ones })).toBe(`usr_${'0'.repeat(8)}11${'z'.repeat(16)}`);
  });

  it('sorts by time', () => {
    const times = fc.tuple(fc.nat({ max: 2 ** 45 }), fc.nat({ max: 2 ** 45 })).filter(([a, b]) => a !== b);
    fc.assert(
      fc.property(times, ([a, b]) => {
        const isBefore = nextUserId({ nowMs: a, random: ones }) < nextUserId({ nowMs: b, random: ones });
        expect(isBefore).toBe(a < b);
      }),
    );
  });

  it('ascends even when the clock stands still or goes back', () => {
    const random = countingRandom();
    let last: string | undefined;
    for (const nowMs of [5000, 5000, 5000, 4000, 1, 5001, 5001]) {
      const id = nextUserId({ nowMs, random, last });
      expect(id).toMatch(PATTERN);
      if (last !== undefined) expect(id > last).toBe(true);
      last = id;
    }
  });

  it.each([
    ['0', '1'],
    ['9', 'a'],
    ['h', 'j'],
    ['0z', '10'],
    ['1zzz', '2000'],
  ])('counts from …%s to …%s', (tail, next) => {
    const last = `usr_${tail.padStart(26, '1')}`;
    expect(nextUserId({ nowMs: 0, random: zeros, last })).toBe(`usr_${next.padStart(26, '1')}`);
  });

  it('fails when no id is left rather than give one twice', () => {
    const last = `usr_${'z'.repeat(26)}`;
    expect(() => nextUserId({ nowMs: 0, random: zeros, last })).toThrow('no user id is left');
  });
});
