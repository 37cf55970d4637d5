import { describe, expect, it } from 'vitest';
import { aiSpec, pooled, provider } from './__fixtures__/ai-spec.ts';
import { RoutingBench, WELL, type Behave, type Behaviour } from './__fixtures__/routing-bench.ts';

const SPEC = aiSpec([provider('a', 'openai'), provider('b', 'anthropic'), pooled('pool', ['one', 'two', 'three'])], {
  pair: { balance: 'priority', targets: ['a/x', 'b/y'] },
  single: { targets: ['a/x'] },
  backed: { balance: 'priority', targets: ['a/small'], fallback: ['b/small', 'a/large', 'b/huge'] },
  'half-known': { targets: ['a/x'], fallback: ['b/huge'] },
  keys: { targets: ['pool/y'] },
  fast: { balance: 'latency', targets: ['a/x', 'b/y'], hedgeAfterMs: 2000 },
});

const CONTEXT: Readonly<Record<string, number>> = { small: 8000, large: 32_000, huge: 200_000 };

const bench = (): RoutingBench => new RoutingBench(SPEC, { contextTokensOf: ({ model }) => CONTEXT[model] });

/** Does that the first time it is asked of a target, and is well from then on. */
function once(failures: Readonly<Record<string, Behaviour>>): Behave {
  const asked = new Set<string>();
  return (name) => {
    const first = !asked.has(name);
    asked.add(name);
    return (first ? failures[name] : undefined) ?? WELL;
  };
}

interface Scenario {
  readonly model: string;
  /** What `a/x`, or the first target, does the first time. */
  readonly failure: Readonly<Record<string, Behaviour>>;
  /** What the call does. */
  readonly story: readonly (string | RegExp)[];
  /** Where the next call goes: at once, and when the first target has had its time. */
  readonly next?: readonly [string, afterMs: number, string];
}

const A = 'a/x';

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  '429 with Retry-After: another target at once, and this one not before its time': {
    model: 'pair',
    failure: { [A]: { cause: 'rate_limited', retryAfterMs: 20_000 } },
    story: ['a/x rate_limited', 'b/y answers'],
    next: ['b/y', 20_000, 'a/x'],
  },
  '429 with a short Retry-After and nobody else: waits as long as asked, and then a little': {
    model: 'single',
    failure: { [A]: { cause: 'rate_limited', retryAfterMs: 2000 } },
    story: ['a/x rate_limited', /^after 2[0-5]\d\d ms a\/x answers$/],
  },
  '429 with a long Retry-After and nobody else: the caller waits better than the gate': {
    model: 'single',
    failure: { [A]: { cause: 'rate_limited', retryAfterMs: 60_000 } },
    story: ['a/x rate_limited'],
  },
  '429 without Retry-After: another target at once, and this one after a while': {
    model: 'pair',
    failure: { [A]: { cause: 'rate_limited' } },
    story: ['a/x rate_limited', 'b/y answers'],
    next: ['b/y', 5000, 'a/x'],
  },
  '429 without Retry-After and nobody else: the caller hears of it, and need not wait in the gate': {
    model: 'single',
    failure: { [A]: { cause: 'rate_limited' } },
    story: ['a/x rate_limited'],
  },
  '5xx: another target at once; one alone is chance': {
    model: 'pair',
    failure: { [A]: { cause: 'upstream' } },
    story: ['a/x upstream', 'b/y answers'],
    next: ['a/x', 0, 'a/x'],
  },
  '5xx and nobody else: again after a jittered moment': {
    model: 'single',
    failure: { [A]: { cause: 'upstream' } },
    story: ['a/x upstream', /^after \d{1,3} ms a\/x answers$/],
  },
  'a refused connection: another target at once': {
    model: 'pair',
    failure: { [A]: { cause: 'connect' } },
    story: ['a/x connect', 'b/y answers'],
  },
  'no answer: another target': {
    model: 'pair',
    failure: { [A]: { cause: 'timeout', afterMs: 65_000 } },
    story: ['a/x timeout', 'b/y answers'],
  },
  'no answer and nobody else: not the same wait again': {
    model: 'single',
    failure: { [A]: { cause: 'timeout', afterMs: 65_000 } },
    story: ['a/x timeout'],
  },
  'a stall before the first token: another target': {
    model: 'pair',
    failure: { [A]: { cause: 'timeout', afterMs: 20_000 } },
    story: ['a/x timeout', 'b/y answers'],
  },
  'a stall in the middle of a stream: the caller has seen a part of it': {
    model: 'pair',
    failure: { [A]: { cause: 'timeout', afterMs: 30_000, committed: true } },
    story: ['a/x timeout'],
  },
  'a cut before the first token: another target': {
    model: 'pair',
    failure: { [A]: { cause: 'truncated' } },
    story: ['a/x truncated', 'b/y answers'],
  },
  'a cut in the middle of a stream: never a second answer behind the first half of one': {
    model: 'pair',
    failure: { [A]: { cause: 'truncated', afterMs: 500, committed: true } },
    story: ['a/x truncated'],
  },
  'a malformed frame before the first token: another target': {
    model: 'pair',
    failure: { [A]: { cause: 'upstream' } },
    story: ['a/x upstream', 'b/y answers'],
  },
  'an error event before the first token: another target': {
    model: 'pair',
    failure: { [A]: { cause: 'overloaded', afterMs: 100 } },
    story: ['a/x overloaded', 'b/y answers'],
  },
  'an error event in the middle of a stream: the end': {
    model: 'pair',
    failure: { [A]: { cause: 'overloaded', afterMs: 100, committed: true } },
    story: ['a/x overloaded'],
  },
  'a content filter: nobody is asked to look away, and nobody rests': {
    model: 'pair',
    failure: { [A]: { cause: 'content_blocked' } },
    story: ['a/x content_blocked'],
    next: ['a/x', 0, 'a/x'],
  },
  'an invalid request: the same everywhere': {
    model: 'pair',
    failure: { [A]: { cause: 'invalid_request' } },
    story: ['a/x invalid_request'],
    next: ['a/x', 0, 'a/x'],
  },
  'a revoked key: another target at once, and this one after a minute': {
    model: 'pair',
    failure: { [A]: { cause: 'authentication' } },
    story: ['a/x authentication', 'b/y answers'],
    next: ['b/y', 60_000, 'a/x'],
  },
  'a revoked key and nobody else: no use in trying it again': {
    model: 'single',
    failure: { [A]: { cause: 'authentication' } },
    story: ['a/x authentication'],
  },
  'an unpaid account: the same as a revoked key': {
    model: 'pair',
    failure: { [A]: { cause: 'billing' } },
    story: ['a/x billing', 'b/y answers'],
    next: ['b/y', 60_000, 'a/x'],
  },
  'one key that is limited: another key of the same target first': {
    model: 'keys',
    failure: { 'pool/y#one': LIMITED(), 'pool/y#two': LIMITED(), 'pool/y#three': LIMITED() },
    story: [/rate_limited/, /rate_limited/, /rate_limited/, /^after 2[0-5]\d\d ms pool\/y#\w+ answers$/],
  },
  'a context that is too long: only models with a larger one': {
    model: 'backed',
    failure: { 'a/small': { cause: 'context_length' }, 'a/large': { cause: 'context_length' } },
    story: ['a/small context_length', 'a/large context_length', 'b/huge answers'],
    next: ['a/small', 0, 'a/small'],
  },
  'a context that is too long for all: the end': {
    model: 'backed',
    failure: {
      'a/small': { cause: 'context_length' },
      'a/large': { cause: 'context_length' },
      'b/huge': { cause: 'context_length' },
    },
    story: ['a/small context_length', 'a/large context_length', 'b/huge context_length'],
  },
  'a context that is too long where nobody knows what is larger: the end': {
    model: 'pair',
    failure: { [A]: { cause: 'context_length' } },
    story: ['a/x context_length'],
  },
  'a context that is too long for a model of which nobody knows its own: the end': {
    model: 'half-known',
    failure: { [A]: { cause: 'context_length' } },
    story: ['a/x context_length'],
  },
};

function LIMITED(): Behaviour {
  return { cause: 'rate_limited', retryAfterMs: 2000 };
}

describe('faults, as far as routing decides them:', () => {
  for (const [name, { model, failure, story, next }] of Object.entries(SCENARIOS)) {
    it(name, () => {
      const run = bench();
      const lines = run.story(model, once(failure));
      expect(lines).toEqual(story.map((line) => (typeof line === 'string' ? line : expect.stringMatching(line))));
      if (next === undefined) return;
      const [atOnce, afterMs, then] = next;
      expect(run.first(model)).toBe(atOnce);
      run.nowMs += afterMs;
      expect(run.first(model)).toBe(then);
    });
  }
});

describe('one key of three dead', () => {
  const dead: Behave = (name) => (name.endsWith('#two') ? { cause: 'authentication' } : WELL);

  it('costs no call its answer, and the key one try a minute and then less', () => {
    const lines = bench().traffic('keys', { calls: 3000, everyMs: 100, behave: dead });
    expect(lines.filter((line) => line.endsWith('answers'))).toHaveLength(3000);
    expect(lines.filter((line) => line.endsWith('authentication')).length).toBeLessThanOrEqual(4);
  });

  it('is found out for all models of the key at once', () => {
    const run = new RoutingBench(
      aiSpec([pooled('pool', ['one', 'two'])], { m: { targets: ['pool/y'] }, other: { targets: ['pool/z'] } }),
    );
    run.traffic('m', { calls: 20, everyMs: 10, behave: dead });
    expect(run.shares('other', 50)).toEqual({ 'pool/z#one': 50 });
  });

  it('is used again soon after it was repaired', () => {
    const run = bench();
    run.traffic('keys', { calls: 100, everyMs: 100, behave: dead });
    run.nowMs += 60_000;
    run.traffic('keys', { calls: 30, everyMs: 1000, behave: () => WELL });
    expect(run.shares('keys', 300)['pool/y#two']).toBeGreaterThan(70);
  });
});

describe('a vendor that is down for a minute', () => {
  const DOWN_MS = 60_000;

  function outage(cause: 'connect' | 'timeout', afterMs: number): { lines: string[]; run: RoutingBench } {
    const run = bench();
    const downUntil = run.nowMs + DOWN_MS;
    const behave: Behave = (name, nowMs) => (name === A && nowMs < downUntil ? { cause, afterMs } : WELL);
    return { lines: run.traffic('pair', { calls: 900, everyMs: 100, behave }), run };
  }

  it('costs no call its answer, and few calls a second try', () => {
    const { lines, run } = outage('connect', 5);
    expect(lines.filter((line) => line.endsWith('answers'))).toHaveLength(900);
    expect(lines.filter((line) => line.endsWith('connect')).length).toBeLessThan(12);
    expect(run.first('pair')).toBe(A);
  });

  it('is not asked by many at once when it does not even refuse', () => {
    const { lines } = outage('timeout', 5000);
    expect(lines.filter((line) => line.endsWith('timeout')).length).toBeLessThan(60);
    expect(lines.filter((line) => line.endsWith('answers'))).toHaveLength(900);
  });

  it('is used again within twice the time that it was down, by one call first', () => {
    const { lines } = outage('connect', 5);
    const back = lines.indexOf('a/x answers');
    expect(back).toBeGreaterThan(600);
    expect(back).toBeLessThan(900);
  });

  it('is asked by everybody when there is nobody else, but not more than its share again', () => {
    const run = bench();
    const lines = run.traffic('single', { calls: 600, everyMs: 100, behave: () => ({ cause: 'upstream' }) });
    expect(lines.length).toBeGreaterThanOrEqual(600);
    expect(lines.length).toBeLessThanOrEqual(600 * 1.2 + 10);
  });
});

describe('a slow vendor', () => {
  const slow: Behave = (name) => (name === A ? { firstTokenMs: 20_000, durationMs: 25_000 } : WELL);

  it('is left where time to the first token decides', () => {
    const lines = bench().traffic('fast', { calls: 500, everyMs: 200, behave: slow });
    expect(lines.filter((line) => line.startsWith(A)).length).toBeLessThan(25);
  });

  it('is hedged where that is wished for', () => {
    const run = bench();
    const plan = run.plan('fast');
    const first = plan.first();
    expect(plan.hedgeAfterMs).toBe(2000);
    run.nowMs += 2000;
    const second = plan.nextForHedge();
    expect(new Set([first?.provider.name, second?.provider.name])).toEqual(new Set(['a', 'b']));
  });
});
