import { randomFrom } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { endpointsOf, nameOf } from '../__fixtures__/specs.ts';
import { lighterOfTwo } from './draw-two.ts';

/** Lots are drawn in this order. */
function lots(...values: readonly number[]): () => number {
  let next = 0;
  return () => values[next++] ?? 0;
}

describe('of two drawn', () => {
  const endpoints = endpointsOf({ a: 1, b: 1, c: 1 });
  const none = (): number => 0;

  it.each([
    [[0, 0], 'ab'],
    [[0, 0.9], 'ac'],
    [[0.5, 0], 'ba'],
    [[0.5, 0.9], 'bc'],
    [[0.9, 0], 'ca'],
    [[0.9, 0.9], 'cb'],
  ])('the lots %j draw %s', (values, pair) => {
    const asked: string[] = [];
    lighterOfTwo(endpoints, lots(...values), (endpoint) => asked.push(nameOf(endpoint)));
    expect(asked.toSorted().join('')).toBe(pair.split('').toSorted().join(''));
    expect(nameOf(lighterOfTwo(endpoints, lots(...values), none))).toBe(pair[0]);
  });

  it('the lighter is taken, whichever was drawn first', () => {
    const load = (endpoint: Parameters<typeof nameOf>[0]): number => (nameOf(endpoint) === 'b' ? 1 : 2);
    expect(nameOf(lighterOfTwo(endpoints, lots(0, 0), load))).toBe('b');
    expect(nameOf(lighterOfTwo(endpoints, lots(0.5, 0), load))).toBe('b');
  });

  it('every ordered pair comes equally often', () => {
    const random = randomFrom(1);
    const counts = new Map<string, number>();
    for (let n = 0; n < 6000; n++) {
      const asked: string[] = [];
      lighterOfTwo(endpoints, random, (endpoint) => asked.push(nameOf(endpoint)));
      const pair = asked.toSorted().join('');
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    expect([...counts.keys()].toSorted()).toEqual(['ab', 'ac', 'bc']);
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });

  it('without two there is nothing to weigh', () => {
    const asked = (): never => {
      throw new Error('asked');
    };
    expect(lighterOfTwo([], randomFrom(1), asked)).toBeUndefined();
    expect(nameOf(lighterOfTwo(endpoints.slice(0, 1), randomFrom(1), asked))).toBe('a');
  });
});
