import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SLOT_CELLS } from './cells.ts';
import type { Limit, Verdict } from './counters.ts';
import { takeGcra } from './gcra.ts';

const NOW = 1_750_000_000_000;

type Take = (cost: number, nowMs: number, changed?: Partial<Limit>) => Verdict;

function slotOf(limit: number, windowMs: number, cells = new Float64Array(SLOT_CELLS)): Take {
  return (cost, nowMs, changed) =>
    takeGcra(cells, 0, { cost, rule: { limit, windowMs, algorithm: 'gcra', ...changed }, nowMs });
}

/** The textbook's theoretical arrival time, in whole ms × limit so that nothing is rounded. */
function naive(limit: bigint, windowMs: bigint): (cost: bigint, nowMs: bigint) => boolean {
  let arrival = 0n;
  return (cost, nowMs) => {
    const now = nowMs * limit;
    const next = (arrival > now ? arrival : now) + cost * windowMs;
    if (next - now > windowMs * limit) return false;
    arrival = next;
    return true;
  };
}

describe('takeGcra', () => {
  it('agrees with the textbook on every call', () => {
    const calls = fc.array(
      fc.record({ afterMs: fc.oneof(fc.nat(3), fc.nat(500)), cost: fc.integer({ min: 1, max: 5 }) }),
      {
        maxLength: 200,
        size: 'max',
      },
    );
    fc.assert(
      fc.property(
        calls,
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 10_000 }),
        (steps, limit, windowMs) => {
          const take = slotOf(limit, windowMs);
          const expected = naive(BigInt(limit), BigInt(windowMs));
          let now = NOW;
          for (const { afterMs, cost } of steps) {
            now += afterMs;
            expect(take(cost, now).allowed).toBe(expected(BigInt(cost), BigInt(now)));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('keeps its promise of when to come back', () => {
    const calls = fc.array(fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 5 })), { maxLength: 100, size: 'max' });
    fc.assert(
      fc.property(calls, fc.integer({ min: 5, max: 30 }), (steps, limit) => {
        const cells = new Float64Array(SLOT_CELLS);
        const take = slotOf(limit, 7001, cells);
        let now = NOW;
        for (const [afterMs, cost] of steps) {
          now += afterMs;
          const { allowed, remaining, retryMs, resetMs } = take(cost, now);
          if (allowed) continue;
          const later = (units: number, ms: number): Verdict => slotOf(limit, 7001, cells.slice())(units, now + ms);
          expect(later(0, resetMs).remaining).toBeGreaterThan(remaining);
          expect(later(0, resetMs - 1).remaining).toBe(remaining);
          expect(later(cost, retryMs - 1).allowed).toBe(false);
          expect(later(cost, retryMs).allowed).toBe(true);
        }
      }),
    );
  });

  it('loses no unit to rounding at a million a minute', () => {
    const take = slotOf(1_000_000, 60_000);
    let allowed = 0;
    for (let i = 0; i < 1_000_100; i++) if (take(1, NOW + (i >> 14)).allowed) allowed++;
    const freed = Math.floor(((1_000_100 >> 14) * 1_000_000) / 60_000);
    expect(allowed).toBe(Math.min(1_000_100, 1_000_000 + freed));
  });

  it('lets one unit through every third of a window that three does not divide', () => {
    const take = slotOf(3, 1000);
    take(3, NOW);
    expect([333, 334, 667, 1000].map((ms) => take(1, NOW + ms).allowed)).toEqual([false, true, true, true]);
  });

  it('keeps the units in use when the window changes', () => {
    const take = slotOf(10, 1000);
    take(6, NOW);
    expect(take(0, NOW, { windowMs: 60_000 }).remaining).toBe(4);
    expect(take(5, NOW, { windowMs: 60_000 }).allowed).toBe(false);
  });

  it('neither gains nor loses when the clock was set back', () => {
    const take = slotOf(10, 60_000);
    take(10, NOW);
    const hourAgo = NOW - 3_600_000;
    expect(take(1, hourAgo).allowed).toBe(false);
    expect(take(1, hourAgo + 5_999).allowed).toBe(false);
    expect(take(1, hourAgo + 6_000).allowed).toBe(true);
  });

  it('refuses costs that are no amount', () => {
    const take = slotOf(10, 1000);
    for (const cost of [-1, NaN]) expect(take(cost, NOW).allowed).toBe(false);
    expect(take(10, NOW).allowed).toBe(true);
  });
});
