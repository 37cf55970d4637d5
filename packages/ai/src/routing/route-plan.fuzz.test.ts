import type { ModelBalance } from '@gatehouse/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aiSpec, pooled, provider } from './__fixtures__/ai-spec.ts';
import { RoutingBench, type Behaviour } from './__fixtures__/routing-bench.ts';
import { FAILURE_RULES } from './failure-rules.ts';
import type { FailureCause } from './failure-cause.ts';
import type { Candidate } from './place.ts';
import { RETRIES_MIN } from './retry-budget.ts';

const SHARE = 0.2;
const PROVIDERS = [provider('a', 'openai'), provider('b', 'anthropic'), pooled('c', ['one', 'two', 'rest 0'])];
const BALANCES: readonly ModelBalance[] = ['weighted', 'priority', 'latency', 'cost', 'least-busy'];
const spec = (balance: ModelBalance): ReturnType<typeof aiSpec> =>
  aiSpec(PROVIDERS, {
    m: {
      balance,
      affinity: 'session',
      targets: ['a/x 2', 'b/y', 'c/z'],
      fallback: ['a/spare'],
      retries: { attempts: 3, budget: SHARE },
      hedgeAfterMs: 700,
    },
  });

function isCause(name: string): name is FailureCause {
  return name in FAILURE_RULES;
}

const ms = fc.integer({ min: 0, max: 5000 });
const behaviour: fc.Arbitrary<Behaviour> = fc.oneof(
  fc.tuple(ms, ms).map(([first, more]) => ({ firstTokenMs: first, durationMs: first + more })),
  fc.record(
    {
      cause: fc.constantFrom(...Object.keys(FAILURE_RULES).filter(isCause)),
      afterMs: ms,
      retryAfterMs: fc.integer({ min: 0, max: 30_000 }),
      committed: fc.boolean(),
    },
    { requiredKeys: ['cause'] },
  ),
);

interface Traffic {
  readonly balance: ModelBalance;
  readonly behaviours: readonly Behaviour[];
  readonly seed: number;
  readonly everyMs: number;
  readonly affinityKey: string | undefined;
}

const traffic: fc.Arbitrary<Traffic> = fc.record({
  balance: fc.constantFrom(...BALANCES),
  behaviours: fc.array(behaviour, { minLength: 1, maxLength: 40 }),
  seed: fc.integer(),
  everyMs: fc.integer({ min: 0, max: 500 }),
  affinityKey: fc.option(fc.string(), { nil: undefined }),
});

const CALLS = 150;

interface Seen {
  readonly bench: RoutingBench;
  readonly lines: readonly string[];
  /** What was called while it rested, although something else did not. */
  readonly wrong: readonly string[];
}

function drive({ balance, behaviours, seed, everyMs, affinityKey }: Traffic): Seen {
  const bench = new RoutingBench(spec(balance), { seed, priceOf: ({ model }) => model.length });
  const wrong: string[] = [];
  const candidates = bench.candidatesOf('m');
  let n = 0;
  const plan = bench.plan.bind(bench);
  bench.plan = (model, options) => {
    const made = plan(model, options);
    const first = made.first.bind(made);
    made.first = () => {
      const rests = ({ target, key }: Candidate): boolean =>
        Math.max(target.circuit.readyAtMs, key.readyAtMs) > bench.nowMs;
      const resting = new Set(candidates.filter(rests).map(({ attempt: { identity } }) => identity));
      const attempt = first();
      if (attempt !== undefined && resting.has(attempt.identity) && resting.size < candidates.length)
        wrong.push(attempt.identity);
      return attempt;
    };
    return made;
  };
  const behave = (): Behaviour => behaviours[n++ % behaviours.length] ?? { cause: 'upstream' };
  const lines = bench.traffic('m', { calls: CALLS, everyMs, behave }, { affinityKey });
  return { bench, lines, wrong };
}

describe('whatever targets do', () => {
  it('no call goes to one that rests while another does not', () => {
    fc.assert(
      fc.property(traffic, (each) => {
        expect(drive(each).wrong).toEqual([]);
      }),
    );
  });

  it('further tries and hedges stay within the budget', () => {
    fc.assert(
      fc.property(traffic, (each) => {
        const { lines } = drive(each);
        const again = lines.filter((line) => /^(?:after|beside)/.test(line)).length;
        const minutes = (CALLS * each.everyMs + 60_000) / 60_000;
        expect(again).toBeLessThanOrEqual(RETRIES_MIN * Math.ceil(minutes + 1) + SHARE * CALLS);
      }),
    );
  });

  it('nothing stays in flight, and every call comes to an end', () => {
    fc.assert(
      fc.property(traffic, (each) => {
        const { bench, lines } = drive(each);
        expect(lines.length).toBeGreaterThanOrEqual(CALLS);
        for (const { inFlight, waiting } of bench.targetsOf('m')) expect([inFlight, waiting]).toEqual([0, 0]);
      }),
    );
  });

  it('all is well again soon after they are', () => {
    fc.assert(
      fc.property(traffic, (each) => {
        const { bench } = drive(each);
        bench.nowMs += 15 * 60_000;
        bench.traffic('m', { calls: 200, everyMs: 500, behave: () => ({ firstTokenMs: 100, durationMs: 200 }) });
        const shares = bench.shares('m', 100, (n) => ({ affinityKey: `${n}` }));
        expect(shares['a/spare']).toBeUndefined();
        if (each.balance === 'weighted') expect(Object.keys(shares).length).toBeGreaterThanOrEqual(4);
      }),
    );
  });
});
