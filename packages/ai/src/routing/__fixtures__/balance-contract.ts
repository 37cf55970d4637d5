import type { ModelBalance } from '@gatehouse/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FailureCause } from '../failure-cause.ts';
import { aiSpec, pooled, provider } from './ai-spec.ts';
import { label, RoutingBench, WELL } from './routing-bench.ts';

const PROVIDERS = [provider('a', 'openai'), provider('b', 'anthropic'), pooled('c', ['one', 'two'])];
const MODELS = (balance: ModelBalance): ReturnType<typeof aiSpec> =>
  aiSpec(PROVIDERS, {
    m: { balance, targets: ['a/x', 'b/y', 'c/z', 'a/spare 0'], fallback: ['b/last'] },
    single: { balance, targets: ['a/x'] },
  });

const CAUSES: readonly FailureCause[] = ['billing', 'rate_limited', 'upstream', 'timeout', 'not_found', 'permission'];

/** What every balance promises, whatever its idea. To be called at the top of a test file. */
export function balanceContract(balance: ModelBalance): void {
  describe(`the balance ${balance}`, () => {
    it('takes the only target', () => {
      const bench = new RoutingBench(MODELS(balance));
      expect(bench.shares('single', 20)).toEqual({ 'a/x': 20 });
      bench.story('single', () => ({ cause: 'billing' }));
      expect(bench.shares('single', 20)).toEqual({ 'a/x': 20 });
    });

    it('takes reserves only when nothing else is left, and fallbacks after them', () => {
      const bench = new RoutingBench(MODELS(balance));
      const order: string[] = [];
      bench.story('m', (name) => {
        order.push(name);
        return { cause: 'timeout' };
      });
      expect(
        order
          .slice(0, 3)
          .toSorted()
          .map((name) => name[0]),
      ).toEqual(['a', 'b', 'c']);
      expect(order.slice(3)).toEqual(['a/spare', 'b/last']);
    });

    it('never takes one that rests while another does not', () => {
      const failing = fc.array(
        fc.record({ place: fc.nat(5), cause: fc.constantFrom(...CAUSES), gapMs: fc.integer({ min: 0, max: 9000 }) }),
        { maxLength: 40 },
      );
      fc.assert(
        fc.property(failing, fc.integer(), (steps, seed) => {
          const bench = new RoutingBench(MODELS(balance), { seed });
          const rests = new Map<string, number>();
          for (const { place, cause, gapMs } of steps) {
            bench.nowMs += gapMs;
            const plan = bench.plan('m');
            const attempt = plan.first();
            if (attempt === undefined) throw new Error('nowhere');
            const name = label(attempt);
            const wellElsewhere = ALL.some((other) => !isResting(rests, other, bench.nowMs));
            if (wellElsewhere) expect(isResting(rests, name, bench.nowMs)).toBe(false);
            if (ALL[place] !== name) {
              plan.succeeded(attempt, WELL);
              continue;
            }
            // A time of the provider's own opens at once, whatever the cause.
            plan.after({ attempt, cause, retryAfterMs: 20_000, committed: true });
            plan.close();
            for (const other of cause === 'billing' ? ALL : [name]) {
              if (other === name || sharesKey(other, name)) rests.set(other, bench.nowMs + 20_000);
            }
          }
        }),
        { numRuns: 50 },
      );
    });

    it('goes on after every kind of outcome, and leaves nothing in flight', () => {
      const bench = new RoutingBench(MODELS(balance));
      const outcomes = [...CAUSES, 'content_blocked', 'context_length', undefined] as const;
      let n = 0;
      bench.traffic('m', {
        calls: 300,
        everyMs: 70,
        behave: () => {
          const cause = outcomes[n++ % outcomes.length];
          return cause === undefined ? WELL : { cause, afterMs: 50 };
        },
      });
      const left = bench.targetsOf('m').map(({ inFlight, waiting }) => [inFlight, waiting]);
      expect(left).toEqual(left.map(() => [0, 0]));
    });

    it('takes the same again with the same chance', () => {
      const run = (): string[] => {
        const bench = new RoutingBench(MODELS(balance), { seed: 7 });
        return bench.traffic('m', {
          calls: 60,
          everyMs: 40,
          behave: (name) => (name === 'a/x' ? { cause: 'upstream' } : WELL),
        });
      };
      expect(run()).toEqual(run());
    });

    it('keeps calls with the same key together', () => {
      const models = { m: { balance, affinity: 'session', targets: ['a/x', 'b/y', 'c/z'] } } as const;
      const bench = new RoutingBench(aiSpec(PROVIDERS, models));
      for (const affinityKey of ['one', 'two', 'three']) {
        expect(Object.keys(bench.shares('m', 20, () => ({ affinityKey })))).toHaveLength(1);
      }
    });
  });
}

const ALL = ['a/x', 'b/y', 'c/z#one', 'c/z#two', 'a/spare', 'b/last'];

function isResting(rests: ReadonlyMap<string, number>, name: string, nowMs: number): boolean {
  return nowMs < (rests.get(name) ?? 0);
}

function sharesKey(one: string, other: string): boolean {
  return one[0] === other[0] && one.split('#')[1] === other.split('#')[1];
}
