import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SLOT_CELLS, TOUCHED } from './cells.ts';
import type { Limit, Verdict } from './counters.ts';
import { STEPS, takeSlidingWindow } from './sliding-window.ts';

const NOW = 1_750_000_000_000;
const WINDOW = 1600;

interface Slot {
  take(cost: number, nowMs: number, limit?: Partial<Limit>): Verdict;
  readonly cells: Float64Array;
}

function slotOf(base: Partial<Limit> = {}): Slot {
  const cells = new Float64Array(SLOT_CELLS);
  return {
    cells,
    take: (cost, nowMs, limit) => {
      const rule: Limit = { limit: 10, windowMs: WINDOW, algorithm: 'sliding-window', ...base, ...limit };
      return takeSlidingWindow(cells, 0, { cost, rule, nowMs });
    },
  };
}

interface Event {
  readonly at: number;
  readonly cost: number;
}

/** The naive log: units of the events in `(now - spanMs, now]`. */
function logged(log: readonly Event[], now: number, spanMs: number): number {
  return log.filter((event) => event.at > now - spanMs).reduce((sum, event) => sum + event.cost, 0);
}

describe('takeSlidingWindow against a log of every event', () => {
  const calls = fc.array(
    fc.record({ afterMs: fc.oneof(fc.nat(3), fc.nat(120), fc.nat(2 * WINDOW)), cost: fc.integer({ min: 1, max: 4 }) }),
    { maxLength: 200, size: 'max' },
  );

  it('never allows more than the limit in any window, and is at most one step late in allowing', () => {
    fc.assert(
      fc.property(calls, fc.integer({ min: 1, max: 20 }), (steps, limit) => {
        const slot = slotOf({ limit });
        const log: Event[] = [];
        let now = NOW;
        for (const { afterMs, cost } of steps) {
          now += afterMs;
          const { allowed, remaining } = slot.take(cost, now);
          const strict = logged(log, now, WINDOW) + cost <= limit;
          const patient = logged(log, now, WINDOW + WINDOW / 16) + cost <= limit;
          if (allowed) log.push({ at: now, cost });
          if (allowed && !strict) throw new Error('too many in one window');
          if (!allowed && patient) throw new Error('refused after a whole step of patience');
          if (allowed) expect(remaining).toBeLessThanOrEqual(limit - logged(log, now, WINDOW));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keeps its promise of when to come back', () => {
    fc.assert(
      fc.property(calls, (steps) => {
        const slot = slotOf();
        let now = NOW;
        for (const { afterMs, cost } of steps) {
          now += afterMs;
          const verdict = slot.take(cost, now);
          if (verdict.allowed) continue;
          const copy = slot.cells.slice();
          const rule: Limit = { limit: 10, windowMs: WINDOW, algorithm: 'sliding-window' };
          const later = (nowMs: number): Verdict => takeSlidingWindow(copy, 0, { cost, rule, nowMs });
          expect(later(now + verdict.retryMs - 1).allowed).toBe(false);
          expect(later(now + verdict.retryMs).allowed).toBe(true);
          expect(verdict.resetMs).toBeLessThanOrEqual(verdict.retryMs);
        }
      }),
    );
  });

  it('stays strict when threads disagree about the time by some ms', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(40), fc.nat(15)), { maxLength: 300, size: 'max' }), (steps) => {
        const slot = slotOf();
        const log: Event[] = [];
        let latest = NOW;
        for (const [afterMs, behindMs] of steps) {
          latest += afterMs;
          if (slot.take(1, latest - behindMs).allowed) log.push({ at: latest, cost: 1 });
          if (logged(log, latest, WINDOW - 15) > 10) throw new Error('a slow clock made room');
        }
      }),
    );
  });
});

describe('takeSlidingWindow', () => {
  it('admits a steady stream at exactly the limit, one step behind at most', () => {
    const slot = slotOf({ limit: 160 });
    let allowed = 0;
    for (let ms = 0; ms < 10 * WINDOW; ms++) if (slot.take(1, NOW + ms).allowed) allowed++;
    expect(allowed).toBeLessThanOrEqual(1600);
    expect(allowed).toBeGreaterThanOrEqual(1500);
  });

  it('needs one step less than it has for the busiest stream', () => {
    const slot = slotOf({ limit: 1e9 });
    const lengths = new Set<number>();
    for (let ms = 0; ms < 3 * WINDOW; ms++) {
      slot.take(1, NOW + ms);
      lengths.add((slot.cells[2] ?? 0) & 31);
    }
    expect(Math.max(...lengths)).toBe(STEPS - 1);
  });

  it('recovers for a caller that never stops asking', () => {
    const slot = slotOf();
    slot.take(10, NOW);
    for (let ms = 1; ms < WINDOW; ms++) expect(slot.take(1, NOW + ms).allowed).toBe(false);
    expect(slot.take(10, NOW + WINDOW).allowed).toBe(true);
  });

  it('keeps what was counted when the window is made longer, and folds the oldest steps together', () => {
    const slot = slotOf({ limit: 100 });
    for (let ms = 0; ms < WINDOW; ms += 100) slot.take(1, NOW + ms);
    const longer = { windowMs: 60 * WINDOW };
    for (let step = 0; step < 15; step++) slot.take(2, NOW + WINDOW + step * 6000, longer);
    const verdict = slot.take(0, NOW + 59 * WINDOW, longer);
    expect(verdict.remaining).toBe(100 - 16 - 30);
    expect(slot.take(0, NOW + 400 * WINDOW, longer).remaining).toBe(100);
  });

  it('moves its times along when the clock was set back, so that a burst lasts one window and no longer', () => {
    const slot = slotOf();
    slot.take(10, NOW);
    const hourAgo = NOW - 3_600_000;
    expect(slot.take(1, hourAgo)).toEqual({ allowed: false, remaining: 0, resetMs: WINDOW, retryMs: WINDOW });
    expect(slot.cells[TOUCHED]).toBe(hourAgo);
    expect(slot.take(10, hourAgo + WINDOW).allowed).toBe(true);
  });

  it('refuses costs that are no amount', () => {
    const slot = slotOf();
    for (const cost of [-1, NaN]) expect(slot.take(cost, NOW).allowed).toBe(false);
    expect(slot.take(10, NOW).allowed).toBe(true);
  });
});
