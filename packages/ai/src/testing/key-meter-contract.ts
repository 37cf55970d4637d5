import type { ApiKeyLimitSpec } from '@gatehouse/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyMeter, KeyMeterOf } from '../routing/key-meter.ts';

const WINDOW_MS = 60_000;
const START_MS = 1_750_000_000_000;

function limit(limits: Partial<ApiKeyLimitSpec>): ApiKeyLimitSpec {
  return { requests: undefined, tokens: undefined, windowMs: WINDOW_MS, ...limits };
}

/** A time of the test's own, and a meter that goes by it. */
interface Bench {
  nowMs: number;
  readonly meter: KeyMeter;
}

/** What every meter of a key promises. To be called at the top of a test file. */
export function keyMeterContract(name: string, open: (now: () => number) => KeyMeterOf): void {
  let keys = 0;
  const begin = (): Bench => {
    const meterOf = open(() => bench.nowMs);
    const bench: Bench = { nowMs: START_MS, meter: meterOf(`key ${keys++}`, WINDOW_MS) };
    return bench;
  };

  /** How many such calls pass at once. */
  const passes = (limits: ApiKeyLimitSpec, tokens: number): number => {
    const { meter, nowMs } = begin();
    let count = 0;
    while (count < 2000 && meter.take(limits, { tokens, nowMs })) count++;
    return count;
  };

  describe(`the limits of a key, counted ${name},`, () => {
    it.each([
      ['let as many calls pass as they say', { requests: 7 }, 100, 7],
      ['let as many tokens pass as they say', { tokens: 1000 }, 300, 3],
      ['hold both', { requests: 2, tokens: 1000 }, 300, 2],
      ['hold both, the tokens before the calls', { requests: 9, tokens: 1000 }, 500, 2],
      ['let a call pass alone that is larger than they are', { tokens: 1000 }, 5000, 1],
      ['let no call pass once the tokens are used up, though nobody knows its size', { tokens: 1000 }, 0, 1000],
    ] as const)('%s', (_name, limits, tokens, expected) => expect(passes(limit(limits), tokens)).toBe(expected));

    it('take nothing of either for a call that one of them refuses', () => {
      const { meter, nowMs } = begin();
      const limits = limit({ requests: 3, tokens: 1000 });
      meter.take(limits, { tokens: 900, nowMs });
      for (let n = 0; n < 5; n++) expect(meter.take(limits, { tokens: 101, nowMs })).toBe(false);
      expect(meter.take(limits, { tokens: 50, nowMs })).toBe(true);
      expect(meter.take(limits, { tokens: 50, nowMs })).toBe(true);
      expect(meter.take(limits, { tokens: 1, nowMs })).toBe(false);
    });

    it('count what a call has used beyond what was expected, and never less', () => {
      const bench = begin();
      const limits = limit({ tokens: 1000 });
      bench.meter.take(limits, { tokens: 100, nowMs: bench.nowMs });
      bench.nowMs += 10;
      bench.meter.takeMore(limits, { tokens: 900, nowMs: bench.nowMs });
      bench.meter.takeMore(limits, { tokens: -500, nowMs: bench.nowMs });
      const need = { tokens: 1, nowMs: bench.nowMs };
      expect(bench.meter.readyAtMs(limits, need)).toBeGreaterThan(bench.nowMs);
      expect(bench.meter.readyAtMs(limit({ tokens: 1001 }), need)).toBe(bench.nowMs);
    });

    it('count in full what goes beyond them', () => {
      const bench = begin();
      const limits = limit({ tokens: 1000 });
      bench.meter.take(limits, { tokens: 500, nowMs: bench.nowMs });
      bench.nowMs += 30_000;
      bench.meter.takeMore(limits, { tokens: 1500, nowMs: bench.nowMs });
      bench.nowMs += 32_000;
      expect(bench.meter.take(limits, { tokens: 1, nowMs: bench.nowMs })).toBe(false);
    });

    it('have room again for a call that was not sent', () => {
      const bench = begin();
      const limits = limit({ requests: 2, tokens: 1000 });
      const taken = { tokens: 1000, nowMs: bench.nowMs };
      bench.meter.take(limits, taken);
      bench.nowMs += 2000;
      bench.meter.giveBack(limits, taken, bench.nowMs);
      const need = { tokens: 500, nowMs: bench.nowMs };
      expect([bench.meter.take(limits, need), bench.meter.take(limits, need)]).toEqual([true, true]);
      expect(bench.meter.take(limits, need)).toBe(false);
    });

    it('have no more room for a call that was not sent when it has left the window already', () => {
      const bench = begin();
      const limits = limit({ requests: 2, tokens: 1000 });
      const taken = { tokens: 600, nowMs: bench.nowMs };
      bench.meter.take(limits, taken);
      bench.nowMs += 2 * WINDOW_MS;
      bench.meter.take(limits, { tokens: 600, nowMs: bench.nowMs });
      bench.meter.giveBack(limits, taken, bench.nowMs);
      expect(bench.meter.take(limits, { tokens: 600, nowMs: bench.nowMs })).toBe(false);
    });

    it('are never exceeded in any window, and say when there is room again', () => {
      const calls = fc.array(
        fc.record({ gapMs: fc.integer({ min: 0, max: 30_000 }), tokens: fc.integer({ min: 1, max: 400 }) }),
      );
      fc.assert(
        fc.property(calls, (wanted) => {
          const bench = begin();
          const limits = limit({ requests: 5, tokens: 1000 });
          const made: { atMs: number; tokens: number }[] = [];
          for (const { gapMs, tokens } of wanted) {
            bench.nowMs += gapMs;
            const { meter, nowMs } = bench;
            const readyMs = meter.readyAtMs(limits, { tokens, nowMs });
            expect(meter.take(limits, { tokens, nowMs })).toBe(readyMs <= nowMs);
            if (readyMs > nowMs) {
              bench.nowMs = readyMs;
              expect(meter.readyAtMs(limits, { tokens, nowMs: readyMs })).toBeLessThanOrEqual(readyMs);
              continue;
            }
            made.push({ atMs: nowMs, tokens });
            const recent = made.filter(({ atMs }) => atMs > nowMs - WINDOW_MS);
            expect(recent.length).toBeLessThanOrEqual(5);
            expect(recent.reduce((sum, call) => sum + call.tokens, 0)).toBeLessThanOrEqual(1000);
          }
        }),
      );
    });
  });
}
