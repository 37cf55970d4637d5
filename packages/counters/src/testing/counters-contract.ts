import { describe, expect, it } from 'vitest';
import type { Algorithm, Limit, Quota, QuotaPeriod, Verdict, WindowLimit } from '../counters.ts';
import { freshKey, MINUTE, NOW, type CountersUnderTest, type MaybeLater } from './counters-under-test.ts';
import { leaseContract, togetherContract } from './lease-contract.ts';

export type { CountersUnderTest } from './counters-under-test.ts';

const ALGORITHMS: readonly Algorithm[] = ['sliding-window', 'gcra'];

/** What every implementation of `Counters` must do. */
export function countersContract(name: string, open: () => MaybeLater<CountersUnderTest>): void {
  describe(`${name} keeps the contract of counters`, () => {
    for (const algorithm of ALGORITHMS) limitContract(algorithm, open);
    slidingContract(open);
    correctionContract(open);
    gcraContract(open);
    quotaContract(open);
    togetherContract(open);
    leaseContract(open);
  });
}

/** Takes one unit after another until one is refused. */
async function drain(take: () => MaybeLater<Verdict>): Promise<{ allowed: number; refusal: Verdict }> {
  for (let allowed = 0; ; allowed++) {
    const verdict = await take();
    if (!verdict.allowed) return { allowed, refusal: verdict };
  }
}

function limitContract(algorithm: Algorithm, open: () => MaybeLater<CountersUnderTest>): void {
  const limit: Limit = { limit: 10, windowMs: MINUTE, algorithm };
  describe(algorithm, () => {
    it('allows exactly the limit at one moment', async () => {
      const counters = await open();
      const key = freshKey();
      const { allowed, refusal } = await drain(() => counters.take(key, 1, limit, NOW));
      expect(allowed).toBe(10);
      expect(refusal).toMatchObject({ allowed: false, remaining: 0 });
    });

    it('allows exactly the limit when many ask at once', async () => {
      const counters = await open();
      const key = freshKey();
      const verdicts = await Promise.all(Array.from({ length: 50 }, async () => counters.take(key, 1, limit, NOW)));
      expect(verdicts.filter((verdict) => verdict.allowed)).toHaveLength(10);
    });

    it('counts down what remains', async () => {
      const counters = await open();
      const key = freshKey();
      expect(await counters.take(key, 1, limit, NOW)).toMatchObject({ allowed: true, remaining: 9, retryMs: 0 });
      expect(await counters.take(key, 4, limit, NOW)).toMatchObject({ allowed: true, remaining: 5, retryMs: 0 });
    });

    it('takes nothing for a refused call', async () => {
      const counters = await open();
      const key = freshKey();
      await counters.take(key, 7, limit, NOW);
      for (let i = 0; i < 5; i++) expect((await counters.take(key, 4, limit, NOW)).allowed).toBe(false);
      expect(await counters.take(key, 3, limit, NOW)).toMatchObject({ allowed: true, remaining: 0 });
    });

    it('takes nothing at cost 0', async () => {
      const counters = await open();
      const key = freshKey();
      await counters.take(key, 10, limit, NOW);
      expect(await counters.take(key, 0, limit, NOW)).toMatchObject({ allowed: true, remaining: 0 });
      expect((await counters.take(key, 0, limit, NOW + 10 * MINUTE)).remaining).toBe(10);
    });

    it('always refuses a cost above the limit, and says that waiting does not help', async () => {
      const counters = await open();
      const verdict = await counters.take(freshKey(), 11, limit, NOW);
      expect(verdict).toEqual({ allowed: false, remaining: 10, resetMs: 0, retryMs: Infinity });
    });

    it('counts keys apart', async () => {
      const counters = await open();
      await counters.take(freshKey(), 10, limit, NOW);
      expect((await counters.take(freshKey(), 10, limit, NOW)).allowed).toBe(true);
    });

    it('lets the same call through when the time it named has passed', async () => {
      const counters = await open();
      const key = freshKey();
      await counters.take(key, 4, limit, NOW);
      await counters.take(key, 4, limit, NOW + 20_000);
      const { retryMs } = await counters.take(key, 9, limit, NOW + 30_000);
      expect((await counters.take(key, 9, limit, NOW + 30_000 + retryMs - 1)).allowed).toBe(false);
      expect((await counters.take(key, 9, limit, NOW + 30_000 + retryMs)).allowed).toBe(true);
    });

    it('is whole again when the time it named has passed', async () => {
      const counters = await open();
      const key = freshKey();
      const { resetMs } = await counters.take(key, 7, limit, NOW);
      expect((await counters.take(key, 0, limit, NOW + resetMs - 1)).remaining).toBeLessThan(10);
      expect((await counters.take(key, 0, limit, NOW + resetMs)).remaining).toBe(10);
    });

    it('gains nothing from a thread whose clock is a little behind', async () => {
      const counters = await open();
      const key = freshKey();
      await counters.take(key, 10, limit, NOW);
      expect((await counters.take(key, 1, limit, NOW - 40)).allowed).toBe(false);
      expect((await counters.take(key, 1, limit, NOW + 1)).allowed).toBe(false);
    });

    it('enforces a lowered limit at once and never shows less than nothing', async () => {
      const counters = await open();
      const key = freshKey();
      await counters.take(key, 8, limit, NOW);
      const lowered = await counters.take(key, 1, { ...limit, limit: 5 }, NOW);
      expect(lowered).toMatchObject({ allowed: false, remaining: 0 });
    });

    it('refuses everything at limit 0', async () => {
      const counters = await open();
      expect(await counters.take(freshKey(), 1, { ...limit, limit: 0 }, NOW)).toEqual({
        allowed: false,
        remaining: 0,
        resetMs: 0,
        retryMs: Infinity,
      });
    });
  });
}

function slidingContract(open: () => MaybeLater<CountersUnderTest>): void {
  const limit: Limit = { limit: 10, windowMs: MINUTE, algorithm: 'sliding-window' };
  describe('sliding-window', () => {
    it('frees a burst exactly one window after it happened', async () => {
      const counters = await open();
      const key = freshKey();
      await counters.take(key, 10, limit, NOW);
      const early = await counters.take(key, 1, limit, NOW + MINUTE - 1);
      expect(early).toEqual({ allowed: false, remaining: 0, resetMs: 1, retryMs: 1 });
      expect(await counters.take(key, 10, limit, NOW + MINUTE)).toMatchObject({ allowed: true, remaining: 0 });
    });

    it('does not let a second burst through across the edge of a minute', async () => {
      const counters = await open();
      const key = freshKey();
      const edge = NOW + MINUTE;
      const before = await drain(() => counters.take(key, 1, limit, edge - 500));
      const after = await drain(() => counters.take(key, 1, limit, edge + 500));
      expect(before.allowed + after.allowed).toBe(10);
    });

    it('frees only what has left the window', async () => {
      const counters = await open();
      const key = freshKey();
      await counters.take(key, 6, limit, NOW);
      await counters.take(key, 4, limit, NOW + 30_000);
      expect((await counters.take(key, 1, limit, NOW + 59_999)).allowed).toBe(false);
      const later = await drain(() => counters.take(key, 1, limit, NOW + MINUTE));
      expect(later.allowed).toBe(6);
      expect(later.refusal.resetMs).toBe(30_000);
    });
  });
}

function correctionContract(open: () => MaybeLater<CountersUnderTest>): void {
  const limit: WindowLimit = { limit: 10, windowMs: MINUTE, algorithm: 'sliding-window' };
  describe('a limit that is asked and corrected', () => {
    it('answers what a take would, and takes nothing', async () => {
      const counters = await open();
      const key = freshKey();
      await counters.take(key, 7, limit, NOW);
      for (const cost of [0, 3, 4, 11]) {
        const { allowed, retryMs } = await counters.ask(key, cost, limit, NOW + 1000);
        const [fits, waits] = [cost <= 3, cost > 10 ? Infinity : MINUTE - 1000];
        expect([cost, allowed, retryMs]).toEqual([cost, fits, fits ? 0 : waits]);
      }
      expect(await counters.take(key, 3, limit, NOW + 1000)).toMatchObject({ allowed: true, remaining: 0 });
    });

    it('counts in full what was used beyond it, and shows no less than nothing', async () => {
      const counters = await open();
      const key = freshKey();
      await counters.take(key, 4, limit, NOW);
      await counters.adjust(key, 20, limit, NOW + 1000);
      expect(await counters.ask(key, 1, limit, NOW + MINUTE)).toEqual({
        allowed: false,
        remaining: 0,
        resetMs: 1000,
        retryMs: 1000,
      });
      expect((await counters.ask(key, 10, limit, NOW + MINUTE + 1000)).allowed).toBe(true);
    });

    it('has room again for what is given back, and for no more than was taken', async () => {
      const counters = await open();
      const key = freshKey();
      await counters.take(key, 10, limit, NOW);
      await counters.adjust(key, -3, limit, NOW);
      expect((await counters.ask(key, 0, limit, NOW)).remaining).toBe(3);
      await counters.adjust(key, -300, limit, NOW);
      expect((await counters.ask(key, 0, limit, NOW)).remaining).toBe(10);
    });

    it('frees what is given back out of the oldest, so that no window holds too much', async () => {
      const counters = await open();
      const key = freshKey();
      await counters.take(key, 5, limit, NOW);
      await counters.take(key, 5, limit, NOW + 30_000);
      await counters.adjust(key, -5, limit, NOW + 30_000);
      expect((await counters.ask(key, 6, limit, NOW + MINUTE)).allowed).toBe(false);
      expect((await counters.ask(key, 10, limit, NOW + 90_000)).allowed).toBe(true);
    });
  });
}

function gcraContract(open: () => MaybeLater<CountersUnderTest>): void {
  const limit: Limit = { limit: 10, windowMs: MINUTE, algorithm: 'gcra' };
  describe('gcra', () => {
    it('frees one unit every window / limit after a burst', async () => {
      const counters = await open();
      const key = freshKey();
      await counters.take(key, 10, limit, NOW);
      expect(await counters.take(key, 1, limit, NOW + 5_999)).toMatchObject({ allowed: false, resetMs: 1, retryMs: 1 });
      for (let i = 1; i <= 20; i++) {
        expect((await counters.take(key, 1, limit, NOW + i * 6000)).allowed).toBe(true);
        expect((await counters.take(key, 1, limit, NOW + i * 6000)).allowed).toBe(false);
      }
    });

    it('saves no more than one burst, however long nobody calls', async () => {
      const counters = await open();
      const key = freshKey();
      await counters.take(key, 10, limit, NOW);
      expect((await drain(() => counters.take(key, 1, limit, NOW + 100 * MINUTE))).allowed).toBe(10);
    });
  });
}

/** Period, its last ms after `NOW`. */
const PERIOD_ENDS: readonly (readonly [QuotaPeriod, number])[] = [
  ['hour', Date.UTC(2026, 5, 16, 15) - 1],
  ['day', Date.UTC(2026, 5, 17) - 1],
  ['week', Date.UTC(2026, 5, 22) - 1],
  ['month', Date.UTC(2026, 6, 1) - 1],
  ['year', Date.UTC(2027, 0, 1) - 1],
];

function quotaContract(open: () => MaybeLater<CountersUnderTest>): void {
  describe('quotas', () => {
    it.each(PERIOD_ENDS)('counts exactly until the %s ends, and then anew', async (per, lastMs) => {
      const counters = await open();
      const key = freshKey();
      const quota: Quota = { limit: 5, per };
      const first = await drain(() => counters.takeQuota(key, 1, quota, NOW));
      expect(first.allowed).toBe(5);
      expect(first.refusal).toEqual({
        allowed: false,
        remaining: 0,
        resetMs: lastMs + 1 - NOW,
        retryMs: lastMs + 1 - NOW,
      });
      expect((await counters.takeQuota(key, 1, quota, lastMs)).allowed).toBe(false);
      expect(await counters.takeQuota(key, 2, quota, lastMs + 1)).toMatchObject({ allowed: true, remaining: 3 });
    });

    it('takes nothing for a refused call and allows exactly the rest', async () => {
      const counters = await open();
      const key = freshKey();
      const quota: Quota = { limit: 5, per: 'day' };
      await counters.takeQuota(key, 3, quota, NOW);
      expect((await counters.takeQuota(key, 3, quota, NOW)).allowed).toBe(false);
      expect((await counters.takeQuota(key, 2, quota, NOW)).allowed).toBe(true);
      expect((await counters.takeQuota(key, 6, quota, NOW)).retryMs).toBe(Infinity);
    });

    it('counts limits and quotas of one key apart', async () => {
      const counters = await open();
      const key = freshKey();
      await counters.takeQuota(key, 5, { limit: 5, per: 'day' }, NOW);
      for (const algorithm of ALGORITHMS)
        expect((await counters.take(key, 5, { limit: 5, windowMs: MINUTE, algorithm }, NOW)).allowed).toBe(true);
      expect((await counters.takeQuota(key, 5, { limit: 5, per: 'week' }, NOW)).allowed).toBe(true);
    });
  });
}
