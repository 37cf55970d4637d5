import { keyMeterContract } from '@gatehouse/ai/testing';
import { createCounterMemory, openCounters } from '@gatehouse/counters';
import { expect, it } from 'vitest';
import { SharedKeyMeter } from './shared-key-meter.ts';

const memory = createCounterMemory();
const counters = openCounters(memory, 1);

keyMeterContract('over all workers', (now) => (identity, windowMs) => {
  return new SharedKeyMeter({ counters, clock: { now, monotonic: now }, identity, windowMs });
});

it('counts what another worker has used, whose monotonic time is another', () => {
  const limits = { requests: 3, tokens: undefined, windowMs: 1000 };
  const meterOf = (owner: number, monotonicMs: number): SharedKeyMeter =>
    new SharedKeyMeter({
      counters: openCounters(memory, owner),
      clock: { now: () => 1_750_000_000_000, monotonic: () => monotonicMs },
      identity: 'shared',
      windowMs: 1000,
    });
  const [one, other] = [meterOf(2, 50_000), meterOf(3, 7)];
  for (let n = 0; n < 3; n++) expect(one.take(limits, { tokens: 1, nowMs: 50_000 })).toBe(true);
  expect(other.take(limits, { tokens: 1, nowMs: 7 })).toBe(false);
  expect(other.readyAtMs(limits, { tokens: 1, nowMs: 7 })).toBe(1007);
});
