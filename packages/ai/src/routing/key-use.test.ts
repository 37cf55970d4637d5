import type { ApiKeyLimitSpec } from '@gatehouse/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyUse } from './key-use.ts';

const WINDOW_MS = 60_000;

function share(limits: Partial<ApiKeyLimitSpec>, workers = 1): { limits: ApiKeyLimitSpec; workers: number } {
  return { limits: { requests: undefined, tokens: undefined, windowMs: WINDOW_MS, ...limits }, workers };
}

/** How many such calls pass at once. */
function passes(limits: Partial<ApiKeyLimitSpec>, tokens: number, workers = 1): number {
  const use = new KeyUse(WINDOW_MS);
  let count = 0;
  while (count < 1000 && use.readyAtMs(share(limits, workers), { tokens, nowMs: 0 }) <= 0) {
    use.take(tokens, 0);
    count++;
  }
  return count;
}

describe('the limits of a key', () => {
  it.each([
    ['let as many calls pass as they say', { requests: 7 }, 100, 1, 7],
    ['let as many tokens pass as they say', { tokens: 1000 }, 300, 1, 3],
    ['hold both', { requests: 2, tokens: 1000 }, 300, 1, 2],
    ['are shared by the workers', { requests: 8 }, 100, 4, 2],
    ['leave each worker one call, however many they are', { requests: 2 }, 100, 8, 1],
    ['let a call pass alone that is larger than they are', { tokens: 1000 }, 5000, 1, 1],
    ['let no call pass once the tokens are used up, though nobody knows how large it is', { tokens: 1000 }, 0, 1, 1000],
  ] as const)('%s', (_name, limits, tokens, workers, expected) =>
    expect(passes(limits, tokens, workers)).toBe(expected),
  );

  it('count what a call has used beyond what was expected, and never less', () => {
    const use = new KeyUse(WINDOW_MS);
    use.take(100, 0);
    use.takeMore(900, 10);
    use.takeMore(-500, 10);
    expect(use.readyAtMs(share({ tokens: 1000 }), { tokens: 1, nowMs: 10 })).toBeGreaterThan(10);
    expect(use.readyAtMs(share({ tokens: 1001 }), { tokens: 1, nowMs: 10 })).toBe(10);
  });

  it('are never exceeded in any window, and say when there is room again', () => {
    const calls = fc.array(
      fc.record({ gapMs: fc.integer({ min: 0, max: 30_000 }), tokens: fc.integer({ min: 1, max: 400 }) }),
    );
    fc.assert(
      fc.property(calls, (wanted) => {
        const use = new KeyUse(WINDOW_MS);
        const limits = share({ requests: 5, tokens: 1000 });
        const made: { atMs: number; tokens: number }[] = [];
        let nowMs = 0;
        for (const { gapMs, tokens } of wanted) {
          nowMs += gapMs;
          const readyMs = use.readyAtMs(limits, { tokens, nowMs });
          expect(use.readyAtMs(limits, { tokens, nowMs: readyMs })).toBeLessThanOrEqual(readyMs);
          if (readyMs > nowMs) continue;
          use.take(tokens, nowMs);
          made.push({ atMs: nowMs, tokens });
          const recent = made.filter(({ atMs }) => atMs > nowMs - WINDOW_MS);
          expect(recent.length).toBeLessThanOrEqual(5);
          expect(recent.reduce((sum, call) => sum + call.tokens, 0)).toBeLessThanOrEqual(1000);
        }
      }),
    );
  });
});
