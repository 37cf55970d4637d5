import { describe, expect, it } from 'vitest';
import { COOLDOWN_MS_MAX, COOLDOWNS_MAX, Cooldowns, RETRY_AFTER_MS_MAX, type FailureCause } from './cooldowns.ts';

const target = { identity: 'https://api.example:443 key model' };
const NOW = 1_000_000;

/** How long the target cools after failures that follow each other at once. */
function cools(...causes: readonly FailureCause[]): number {
  const cooldowns = new Cooldowns();
  for (const cause of causes) cooldowns.failed(target, { cause, now: NOW });
  return Math.max(0, cooldowns.until(target) - NOW);
}

function coolsFor(retryAfterMs: number): number {
  const cooldowns = new Cooldowns();
  cooldowns.failed(target, { cause: 'rate_limited', retryAfterMs, now: NOW });
  return cooldowns.until(target) - NOW;
}

describe('Cooldowns cool a target', () => {
  it('never before it has failed', () => expect(new Cooldowns().until(target)).toBe(0));

  for (const cause of ['upstream', 'overloaded', 'timeout', 'connect', 'truncated'] as const) {
    it(`for a second after the cause ${cause}`, () => expect(cools(cause)).toBe(1000));
  }

  it('for five seconds after a rate limit that does not say how long', () => expect(cools('rate_limited')).toBe(5000));

  for (const cause of ['authentication', 'billing', 'permission', 'not_found'] as const) {
    it(`for a minute after the cause ${cause}, which waiting does not heal`, () => expect(cools(cause)).toBe(60_000));
  }

  for (const cause of ['invalid_request', 'context_length', 'content_blocked', 'conflict', 'too_large'] as const) {
    it(`not at all after the cause ${cause}, which is the caller's`, () => expect(cools(cause)).toBe(0));
  }

  it('twice as long with each failure in a row, up to a minute', () => {
    const rows = Array.from({ length: 8 }, (_, i) =>
      cools(...Array.from<FailureCause>({ length: i + 1 }).fill('upstream')),
    );
    expect(rows).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, COOLDOWN_MS_MAX, COOLDOWN_MS_MAX]);
  });

  it('as long as the provider asks', () => expect(coolsFor(20_000)).toBe(20_000));
  it('not at all when the provider asks for nothing', () => expect(coolsFor(0)).toBe(0));
  it('no longer than a quarter of an hour, whatever the provider asks', () => {
    expect(coolsFor(86_400_000)).toBe(RETRY_AFTER_MS_MAX);
  });
});

describe('Cooldowns forget', () => {
  it('all failures at one success', () => {
    const cooldowns = new Cooldowns();
    for (let i = 0; i < 5; i++) cooldowns.failed(target, { cause: 'upstream', now: NOW });
    cooldowns.succeeded(target);
    expect(cooldowns.until(target)).toBe(0);
    cooldowns.failed(target, { cause: 'upstream', now: NOW });
    expect(cooldowns.until(target)).toBe(NOW + 1000);
  });

  it('nothing of other targets', () => {
    const cooldowns = new Cooldowns();
    cooldowns.failed(target, { cause: 'upstream', now: NOW });
    cooldowns.succeeded({ identity: 'other' });
    expect(cooldowns.until(target)).toBe(NOW + 1000);
    expect(cooldowns.until({ identity: 'other' })).toBe(0);
  });

  it('the oldest failure when there are too many', () => {
    const cooldowns = new Cooldowns();
    const fail = (identity: string): void => cooldowns.failed({ identity }, { cause: 'not_found', now: NOW });
    fail('oldest');
    for (let i = 0; i < COOLDOWNS_MAX - 1; i++) fail(`model ${i}`);
    expect(cooldowns.until({ identity: 'oldest' })).toBeGreaterThan(NOW);
    fail('oldest'); // is the newest now
    fail('one more');
    expect(cooldowns.until({ identity: 'oldest' })).toBeGreaterThan(NOW);
    expect(cooldowns.until({ identity: 'model 0' })).toBe(0);
    expect(cooldowns.until({ identity: 'model 1' })).toBeGreaterThan(NOW);
  });
});
