import { describe, expect, it } from 'vitest';
import type { Limit, Quota } from '../counters.ts';
import { freshKey, MINUTE, NOW, type CountersUnderTest, type MaybeLater } from './counters-under-test.ts';

/** Several counts that are taken in one step, and quotas that are corrected. */
export function togetherContract(open: () => MaybeLater<CountersUnderTest>): void {
  const minute: Limit = { limit: 10, windowMs: MINUTE, algorithm: 'sliding-window' };
  const smooth: Limit = { limit: 8, windowMs: MINUTE, algorithm: 'gcra' };
  const day: Quota = { limit: 5, per: 'day' };
  describe('several that are taken together', () => {
    it('are all taken when all have room', async () => {
      const counters = await open();
      const [a, b, c] = [freshKey(), freshKey(), freshKey()];
      const takes = [
        { key: a, cost: 4, rule: minute },
        { key: b, cost: 3, rule: smooth },
        { key: c, cost: 2, rule: day },
      ];
      const { allowed, verdicts } = await counters.takeAll(takes, NOW);
      expect([allowed, verdicts.map(({ remaining }) => remaining)]).toEqual([true, [6, 5, 3]]);
      expect((await counters.take(a, 0, minute, NOW)).remaining).toBe(6);
      expect((await counters.take(b, 0, smooth, NOW)).remaining).toBe(5);
      expect((await counters.takeQuota(c, 0, day, NOW)).remaining).toBe(3);
    });

    it.each([0, 1, 2])('are none of them taken when number %i has no room', async (full) => {
      const counters = await open();
      const takes = [
        { key: freshKey(), cost: 4, rule: minute },
        { key: freshKey(), cost: 4, rule: smooth },
        { key: freshKey(), cost: 4, rule: day },
      ].map((take, index) => (index === full ? { ...take, cost: 11 } : take));
      const { allowed, verdicts } = await counters.takeAll(takes, NOW);
      expect([allowed, verdicts.map((verdict) => verdict.allowed)]).toEqual([false, [0, 1, 2].map((i) => i !== full)]);
      expect(verdicts.map(({ remaining }) => remaining)).toEqual([10, 8, 5]);
      expect(verdicts[full]?.retryMs).toBe(Infinity);
      expect(
        (
          await counters.takeAll(
            takes.map((take) => ({ ...take, cost: 5 })),
            NOW,
          )
        ).allowed,
      ).toBe(true);
    });

    it('say when the one that refused is free again', async () => {
      const counters = await open();
      const takes = [
        { key: freshKey(), cost: 3, rule: minute },
        { key: freshKey(), cost: 3, rule: smooth },
      ];
      for (let i = 0; i < 2; i++) expect((await counters.takeAll(takes, NOW)).allowed).toBe(true);
      const { verdicts } = await counters.takeAll(takes, NOW + 1000);
      expect(verdicts).toMatchObject([{ allowed: true, remaining: 4 }, { allowed: false }]);
      expect(verdicts[1]?.retryMs).toBe(MINUTE / 8 - 1000);
    });
  });

  it('corrects a quota in both directions, beyond the limit too, and never below nothing', async () => {
    const counters = await open();
    const key = freshKey();
    await counters.takeQuota(key, 2, day, NOW);
    await counters.adjustQuota(key, 2, day, NOW);
    expect((await counters.takeQuota(key, 0, day, NOW)).remaining).toBe(1);
    await counters.adjustQuota(key, 40, day, NOW);
    expect(await counters.takeQuota(key, 1, day, NOW)).toMatchObject({ allowed: false, remaining: 0 });
    await counters.adjustQuota(key, -100, day, NOW);
    expect((await counters.takeQuota(key, 5, day, NOW)).allowed).toBe(true);
  });
}

/** Places that are held while a call is under way. */
export function leaseContract(open: () => MaybeLater<CountersUnderTest>): void {
  describe('leases', () => {
    it('are given as many as there are places, and again when they are released', async () => {
      const counters = await open();
      const key = freshKey();
      for (let held = 1; held <= 3; held++) expect(await counters.lease(key, 3, NOW)).toEqual({ allowed: true, held });
      expect(await counters.lease(key, 3, NOW)).toEqual({ allowed: false, held: 3 });
      await counters.release(key);
      expect(await counters.lease(key, 3, NOW)).toEqual({ allowed: true, held: 3 });
      expect((await counters.lease(freshKey(), 3, NOW)).held).toBe(1);
    });

    it('do not become more by releasing what nobody holds', async () => {
      const counters = await open();
      const key = freshKey();
      await counters.release(key);
      await counters.lease(key, 1, NOW);
      await counters.release(key);
      await counters.release(key);
      expect((await counters.lease(key, 1, NOW)).allowed).toBe(true);
      expect((await counters.lease(key, 1, NOW)).allowed).toBe(false);
    });

    it('tell who waits that one was released, also when it was before the waiting began', async () => {
      const counters = await open();
      const key = freshKey();
      await counters.lease(key, 1, NOW);
      const seen = await counters.releases(key);
      const waiting = counters.whenReleased(key, seen, 60_000);
      await counters.release(key);
      await waiting;
      expect(await counters.releases(key)).not.toBe(seen);
      await counters.whenReleased(key, seen, 60_000);
    });
  });
}
