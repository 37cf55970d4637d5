import type { SubscriptionSpec } from '@gatehouse/config';
import { describe, expect, it } from 'vitest';
import { buildPlanLimits } from './plan-limits.ts';
import type { Exchange, PolicyHooks, Reply } from './policy.ts';
import { ask, fakeExchange, fakeTools, linesOf, NOW } from './testing/fake-exchange.ts';

const MINUTE = 60_000;
const GOLD: SubscriptionSpec = {
  id: 'mobile/users',
  plan: 'gold',
  limits: [{ limit: 3, windowMs: MINUTE }],
  quota: { calls: 5, per: 'month' },
};

function call(hooks: PolicyHooks, startedAt = NOW): { exchange: Exchange; reply: Reply | undefined } {
  const exchange = fakeExchange({ startedAt });
  return { exchange, reply: ask(hooks, exchange) };
}

function passes(hooks: PolicyHooks, startedAt = NOW): number {
  for (let count = 0; ; count++) if (call(hooks, startedAt).reply !== undefined) return count;
}

describe('buildPlanLimits', () => {
  it('refuses calls above a limit of the plan', () => {
    const hooks = buildPlanLimits(GOLD, fakeTools());
    expect(passes(hooks)).toBe(3);
    expect(call(hooks, NOW + 40_000).reply).toMatchObject({ code: 'limit.rate', headers: [['retry-after', '20']] });
  });

  it('refuses calls above the quota until the period ends', () => {
    const hooks = buildPlanLimits(GOLD, fakeTools());
    expect(passes(hooks) + passes(hooks, NOW + MINUTE)).toBe(5);
    const { reply, exchange } = call(hooks, NOW + 2 * MINUTE);
    const seconds = (Date.UTC(2026, 6, 1) - NOW) / 1000 - 120;
    expect(reply).toMatchObject({ code: 'limit.quota', headers: [['retry-after', String(seconds)]] });
    expect(exchange.notes).toEqual({ limit: 'gold-month', limitLeft: 0 });
    expect(passes(hooks, Date.UTC(2026, 6, 1))).toBe(3);
  });

  it('does not use up the quota with calls that a limit refuses', () => {
    const hooks = buildPlanLimits({ ...GOLD, quota: { calls: 6, per: 'month' } }, fakeTools());
    for (let i = 0; i < 100; i++) call(hooks);
    expect(passes(hooks, NOW + MINUTE)).toBe(3);
  });

  it('asks short windows first, in whatever order they are written', () => {
    const limits = [
      { limit: 6, windowMs: 60 * MINUTE },
      { limit: 3, windowMs: MINUTE },
    ];
    const hooks = buildPlanLimits({ ...GOLD, limits, quota: undefined }, fakeTools());
    for (let i = 0; i < 100; i++) call(hooks);
    expect(passes(hooks, NOW + MINUTE)).toBe(3);
    expect(passes(hooks, NOW + 2 * MINUTE)).toBe(0);
  });

  it('tells the caller about all of them', () => {
    const { exchange } = call(buildPlanLimits(GOLD, fakeTools()));
    const left = (Date.UTC(2026, 6, 1) - NOW) / 1000;
    expect(linesOf(exchange.replyHeaders)).toEqual([
      `ratelimit-policy: "gold-1m";q=3;w=60, "gold-month";q=5;w=${30 * 86_400}`,
      `ratelimit: "gold-1m";r=2;t=60, "gold-month";r=4;t=${left}`,
    ]);
    expect(exchange.notes.limit).toBe('gold-1m');
  });

  it('tells the length of the present month', () => {
    const hooks = buildPlanLimits({ ...GOLD, limits: [] }, fakeTools());
    const policyIn = (month: number): string | undefined => {
      const { exchange } = call(hooks, Date.UTC(2027, month, 3));
      return linesOf(exchange.replyHeaders)[0];
    };
    expect(policyIn(0)).toContain(`;w=${31 * 86_400}`);
    expect(policyIn(1)).toContain(`;w=${28 * 86_400}`);
  });

  it('counts every credential and every worker of a subscription together, and other subscriptions apart', () => {
    const { counters } = fakeTools();
    expect(passes(buildPlanLimits(GOLD, { counters }))).toBe(3);
    expect(passes(buildPlanLimits({ ...GOLD }, { counters }))).toBe(0);
    expect(passes(buildPlanLimits({ ...GOLD, id: 'web/users' }, { counters }))).toBe(3);
  });

  it('goes by the lower of two limits with one window', () => {
    const limits = [
      { limit: 4, windowMs: MINUTE },
      { limit: 2, windowMs: MINUTE },
      { limit: 9, windowMs: MINUTE },
    ];
    expect(passes(buildPlanLimits({ ...GOLD, limits }, fakeTools()))).toBe(2);
  });

  it('shows a plan whose name needs escaping with other characters', () => {
    const hooks = buildPlanLimits({ ...GOLD, plan: 'größe "L"\r\n', quota: undefined }, fakeTools());
    expect(linesOf(call(hooks).exchange.replyHeaders)[0]).toBe('ratelimit-policy: "gr__e _L___-1m";q=3;w=60');
  });

  it.each([
    [1500, 'plan-1500ms'],
    [90_000, 'plan-90s'],
    [7_200_000, 'plan-2h'],
    [86_400_000, 'plan-1d'],
  ])('names a limit over %d ms %s', (windowMs, name) => {
    const hooks = buildPlanLimits(
      { ...GOLD, plan: undefined, limits: [{ limit: 9, windowMs }], quota: undefined },
      fakeTools(),
    );
    expect(call(hooks).exchange.notes.limit).toBe(name);
  });

  it('lets everything through when the plan limits nothing', () => {
    const { reply, exchange } = call(buildPlanLimits({ ...GOLD, limits: [], quota: undefined }, fakeTools()));
    expect(reply).toBeUndefined();
    expect(exchange.replyHeaders.empty).toBe(true);
  });

  it('refuses everything at limit 0, without a time to come back', () => {
    const hooks = buildPlanLimits({ ...GOLD, limits: [{ limit: 0, windowMs: MINUTE }] }, fakeTools());
    expect(call(hooks).reply).toEqual({
      code: 'limit.rate',
      detail: 'This call costs more than "gold-1m" ever allows',
    });
  });
});
