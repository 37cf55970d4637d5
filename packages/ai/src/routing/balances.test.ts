import { describe, expect, it } from 'vitest';
import { aiSpec, pooled, provider } from './__fixtures__/ai-spec.ts';
import { balanceContract } from './__fixtures__/balance-contract.ts';
import { RoutingBench, WELL, type Behave } from './__fixtures__/routing-bench.ts';

balanceContract('weighted');
balanceContract('priority');
balanceContract('latency');
balanceContract('cost');
balanceContract('least-busy');

const PROVIDERS = [provider('a', 'openai'), provider('b', 'anthropic'), provider('c', 'mistral')];

function shareOf(counts: Readonly<Record<string, number>>, name: string): number {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return (counts[name] ?? 0) / total;
}

/** Who got how many of the first attempts. */
function counted(lines: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of lines) {
    const [name = ''] = line.split(' ');
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe('weighted', () => {
  it('gives each target its share within 2 %, and each key its share of that', () => {
    const bench = new RoutingBench(
      aiSpec([...PROVIDERS, pooled('pool', ['one 3', 'two 1', 'reserve 0'])], {
        m: { targets: ['a/x 6', 'pool/y 4'] },
      }),
    );
    const counts = bench.shares('m', 20_000);
    for (const [name, share] of Object.entries({ 'a/x': 0.6, 'pool/y#one': 0.3, 'pool/y#two': 0.1 })) {
      expect(Math.abs(shareOf(counts, name) - share)).toBeLessThan(0.02);
    }
    expect(counts['pool/y#reserve']).toBeUndefined();
  });

  it('leaves a target its share when one of its keys rests', () => {
    const bench = new RoutingBench(
      aiSpec([...PROVIDERS, pooled('pool', ['one', 'two', 'three'])], { m: { targets: ['a/x', 'pool/y'] } }),
    );
    bench.traffic('m', {
      calls: 20,
      everyMs: 10,
      behave: (name) => (name.endsWith('#two') ? { cause: 'authentication' } : WELL),
    });
    const counts = bench.shares('m', 20_000);
    for (const [name, share] of Object.entries({ 'a/x': 0.5, 'pool/y#one': 0.25, 'pool/y#three': 0.25 })) {
      expect(Math.abs(shareOf(counts, name) - share)).toBeLessThan(0.02);
    }
  });

  it('adds the weights of a target that is written twice', () => {
    const bench = new RoutingBench(aiSpec(PROVIDERS, { m: { targets: ['a/x', 'b/y', 'a/x'] } }));
    expect(Math.abs(shareOf(bench.shares('m', 20_000), 'a/x') - 2 / 3)).toBeLessThan(0.02);
  });
});

describe('priority', () => {
  it('takes the first of the list that is well, whatever the weights', () => {
    const bench = new RoutingBench(
      aiSpec(PROVIDERS, { m: { balance: 'priority', targets: ['a/x', 'b/y 100', 'c/z'] } }),
    );
    expect(bench.shares('m', 100)).toEqual({ 'a/x': 100 });
    bench.story('m', (name) => (name === 'a/x' ? { cause: 'rate_limited', retryAfterMs: 3000 } : WELL));
    expect(bench.shares('m', 100)).toEqual({ 'b/y': 100 });
    bench.nowMs += 3000;
    expect(bench.shares('m', 100)).toEqual({ 'a/x': 100 });
  });

  it('spreads over the keys of the first', () => {
    const bench = new RoutingBench(
      aiSpec([...PROVIDERS, pooled('pool', ['one', 'two'])], {
        m: { balance: 'priority', targets: ['pool/y', 'a/x'] },
      }),
    );
    expect(Object.keys(bench.shares('m', 100)).toSorted()).toEqual(['pool/y#one', 'pool/y#two']);
  });
});

describe('cost', () => {
  const spec = aiSpec(PROVIDERS, { m: { balance: 'cost', targets: ['a/x', 'b/y', 'c/z'] } });
  const bench = (prices: Readonly<Record<string, number>>): RoutingBench =>
    new RoutingBench(spec, {
      priceOf: ({ provider: name, model }, tokens = 1) => {
        const price = prices[`${name}/${model}`];
        return price && price * tokens;
      },
    });

  it('takes the cheapest that is well', () => {
    const priced = bench({ 'a/x': 3, 'b/y': 1, 'c/z': 2 });
    expect(priced.shares('m', 50)).toEqual({ 'b/y': 50 });
    priced.story('m', (name) => (name === 'b/y' ? { cause: 'billing' } : WELL));
    expect(priced.shares('m', 50)).toEqual({ 'c/z': 50 });
  });

  it('spreads over those that cost the same', () => {
    expect(Object.keys(bench({ 'a/x': 1, 'b/y': 1, 'c/z': 2 }).shares('m', 50)).toSorted()).toEqual(['a/x', 'b/y']);
  });

  it('takes what has no known price last, and by weight when none has', () => {
    expect(bench({ 'c/z': 9 }).shares('m', 50)).toEqual({ 'c/z': 50 });
    expect(Object.keys(bench({}).shares('m', 200))).toHaveLength(3);
  });

  it('asks for the price of a call as large as this one', () => {
    const tiered = new RoutingBench(spec, {
      priceOf: ({ provider: name }, tokens = 0) => (name === 'a' ? 100 : name === 'b' ? tokens : 1000),
    });
    expect(tiered.first('m', { estimateTokens: 10 })).toBe('b/y');
    expect(tiered.first('m', { estimateTokens: 5000 })).toBe('a/x');
  });
});

describe('latency', () => {
  const spec = aiSpec(PROVIDERS, { m: { balance: 'latency', targets: ['a/x', 'b/y', 'c/z'] } });
  const speeds =
    (ms: Readonly<Record<string, number>>): Behave =>
    (name) => ({ firstTokenMs: ms[name] ?? 0, durationMs: (ms[name] ?? 0) + 500 });
  const traffic = (bench: RoutingBench, behave: Behave, calls = 1000): Record<string, number> =>
    counted(bench.traffic('m', { calls, everyMs: 100, behave }));

  it('leaves one whose first token is slow', () => {
    const counts = traffic(new RoutingBench(spec), speeds({ 'a/x': 300, 'b/y': 300, 'c/z': 3000 }));
    expect(shareOf(counts, 'c/z')).toBeLessThan(0.05);
    expect(shareOf(counts, 'a/x')).toBeGreaterThan(0.3);
  });

  it('does not mind how long an answer goes on after its first token', () => {
    const counts = traffic(new RoutingBench(spec), (name) => ({
      firstTokenMs: 300,
      durationMs: name === 'a/x' ? 30_000 : 400,
    }));
    expect(shareOf(counts, 'a/x')).toBeGreaterThan(0.25);
  });

  it('leaves one that has become slow, and comes back when it has recovered', () => {
    const bench = new RoutingBench(spec);
    traffic(bench, speeds({ 'a/x': 300, 'b/y': 300, 'c/z': 300 }), 200);
    expect(shareOf(traffic(bench, speeds({ 'a/x': 300, 'b/y': 300, 'c/z': 5000 })), 'c/z')).toBeLessThan(0.05);
    traffic(bench, speeds({ 'a/x': 300, 'b/y': 300, 'c/z': 300 }), 700);
    expect(shareOf(traffic(bench, speeds({ 'a/x': 300, 'b/y': 300, 'c/z': 300 })), 'c/z')).toBeGreaterThan(0.2);
  });

  it('measures streams and whole answers apart', () => {
    const bench = new RoutingBench(spec);
    const slowWhole: Behave = (name) => (name === 'a/x' ? { firstTokenMs: 9000, durationMs: 9000 } : WELL);
    bench.traffic('m', { calls: 50, everyMs: 100, behave: slowWhole }, { streaming: false });
    const slowStream: Behave = (name) => (name === 'b/y' ? { firstTokenMs: 9000, durationMs: 9000 } : WELL);
    bench.traffic('m', { calls: 50, everyMs: 100, behave: slowStream }, { streaming: true });
    const whole = counted(bench.traffic('m', { calls: 50, everyMs: 100, behave: () => WELL }, { streaming: false }));
    const streams = counted(bench.traffic('m', { calls: 50, everyMs: 100, behave: () => WELL }, { streaming: true }));
    expect(whole['a/x'] ?? 0).toBeLessThan(3);
    expect(streams['b/y'] ?? 0).toBeLessThan(3);
  });

  /** Calls that are begun at once, before any of them has a token. */
  function burst(measured: Readonly<Record<string, number>>, calls: number): Record<string, number> {
    const pair = aiSpec(PROVIDERS, { m: { balance: 'latency', targets: ['a/x', 'b/y'] } });
    const bench = new RoutingBench(pair);
    const [a, b] = bench.targetsOf('m');
    if (measured['a/x'] !== undefined) a?.estimate(true).record(measured['a/x'], bench.nowMs);
    if (measured['b/y'] !== undefined) b?.estimate(true).record(measured['b/y'], bench.nowMs);
    return counted(bench.traffic('m', { calls, everyMs: 0, behave: () => WELL }));
  }

  it('fills up one that is a little slower too, when the faster has many calls that wait', () => {
    expect(shareOf(burst({ 'a/x': 300, 'b/y': 450 }, 50), 'b/y')).toBeCloseTo(0.4);
  });

  it('takes one that nobody has measured to be like the other, so that no herd falls on it', () => {
    expect(shareOf(burst({ 'a/x': 300 }, 50), 'b/y')).toBeCloseTo(0.5);
    expect(shareOf(burst({ 'b/y': 300 }, 50), 'b/y')).toBeCloseTo(0.5);
  });

  it('gives one of twice the weight more of the calls', () => {
    const heavy = aiSpec(PROVIDERS, { m: { balance: 'latency', targets: ['a/x 3', 'b/y 1'] } });
    const counts = counted(
      new RoutingBench(heavy).traffic('m', {
        calls: 1000,
        everyMs: 20,
        behave: () => ({ firstTokenMs: 300, durationMs: 400 }),
      }),
    );
    expect(shareOf(counts, 'a/x')).toBeGreaterThan(0.6);
  });
});

describe('least-busy', () => {
  const spec = aiSpec([...PROVIDERS, pooled('pool', ['one', 'two'])], {
    m: { balance: 'least-busy', targets: ['a/x', 'b/y'] },
    heavy: { balance: 'least-busy', targets: ['a/x 3', 'b/y 1'] },
    keys: { balance: 'least-busy', targets: ['pool/y'] },
  });

  /** Calls that pile up: none ends. */
  function pileUp(model: string, calls: number): Record<string, number> {
    const bench = new RoutingBench(spec);
    const names = Array.from({ length: calls }, () => bench.plan(model).first());
    return counted(names.map((attempt) => `${attempt?.provider.name ?? ''}#${attempt?.key.name ?? ''}`));
  }

  it.each([
    ['fills targets evenly', 'm', { 'a#default': 50, 'b#default': 50 }],
    ['fills them in proportion to their weights', 'heavy', { 'a#default': 75, 'b#default': 25 }],
    ['fills the keys of a target evenly', 'keys', { 'pool#one': 50, 'pool#two': 50 }],
  ])('%s', (_name, model, expected) => expect(pileUp(model, 100)).toEqual(expected));

  it('gives those more that are done sooner', () => {
    const behave: Behave = (name) => ({ firstTokenMs: 100, durationMs: name === 'a/x' ? 1000 : 4000 });
    const counts = counted(new RoutingBench(spec).traffic('m', { calls: 1000, everyMs: 50, behave }));
    expect(Math.abs(shareOf(counts, 'a/x') - 0.8)).toBeLessThan(0.05);
  });
});
