import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outliersAmong, type Successes } from './success-rates.ts';

const SPEC = { stdevs: 1.9, minEndpoints: 5, minRequests: 100 };
const well = (count: number): Successes[] => Array.from({ length: count }, () => ({ requests: 200, successes: 199 }));
const bad: Successes = { requests: 200, successes: 120 };

describe('outliersAmong', () => {
  it.each<[string, readonly Successes[], readonly number[]]>([
    ['finds the one that does worse', [...well(2), bad, ...well(3)], [2]],
    ['finds nobody among equals', well(8), []],
    ['finds nobody where all fail alike', Array.from({ length: 8 }, () => bad), []],
    ['finds nobody among four', [...well(3), bad], []],
    ['does not judge who had few requests', [...well(5), { requests: 99, successes: 0 }], []],
    ['does not count who had few requests', [...well(3), bad, { requests: 99, successes: 99 }], []],
    ['finds two among many', [bad, ...well(10), bad], [0, 11]],
    ['finds nobody where nobody was asked', [], []],
  ])('%s', (_name, counts, expected) => expect(outliersAmong(counts, SPEC)).toEqual(expected));

  it('is turned off by 0', () => expect(outliersAmong([bad, ...well(10)], { ...SPEC, stdevs: 0 })).toEqual([]));

  it('finds only those below the mean, and never all', () => {
    const anyCounts = fc.array(
      fc.nat(500).chain((requests) => fc.record({ requests: fc.constant(requests), successes: fc.nat(requests) })),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(anyCounts, fc.double({ min: 0.1, max: 3, noNaN: true }), (counts, stdevs) => {
        const judged = counts.filter(({ requests }) => requests >= SPEC.minRequests);
        const mean = judged.reduce((sum, { requests, successes }) => sum + successes / requests, 0) / judged.length;
        const found = outliersAmong(counts, { ...SPEC, stdevs });
        expect(found.length).toBeLessThan(Math.max(1, judged.length));
        for (const place of found) {
          const { requests = 0, successes = 0 } = counts[place] ?? {};
          expect(requests).toBeGreaterThanOrEqual(SPEC.minRequests);
          expect(successes / requests).toBeLessThan(mean);
        }
      }),
    );
  });
});
