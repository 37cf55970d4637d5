import type { UpstreamSpec } from '@gatehouse/config';
import { randomFrom } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { EJECTION, endpointSpec, failure, nameOf, reply, Rig, upstreamSpec } from './__fixtures__/specs.ts';

const SLOW_START = { windowMs: 10_000, aggression: 1 };
const BREAKER = { errorShare: 0.5, minRequests: 4, windowMs: 10_000, openMs: 5000, probes: 1 };

/** Shares of many requests that end at once, by the letter of their endpoint. */
function shares(rig: Rig, requests = 2000): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let n = 0; n < requests; n++) {
    const endpoint = rig.acquire();
    if (endpoint === undefined) continue;
    counts[nameOf(endpoint)] = (counts[nameOf(endpoint)] ?? 0) + 1 / requests;
    rig.group.release(endpoint, reply(200, { nowMs: rig.nowMs }));
  }
  return counts;
}

describe('slow start', () => {
  for (const balance of ['round-robin', 'random', 'peak-ewma', 'least-requests', 'consistent-hash'] as const) {
    it(`lets a new endpoint of ${balance} begin with little and grow to its share`, () => {
      const rig = new Rig(upstreamSpec('abc', { balance, slowStart: SLOW_START }));
      const requests = balance === 'consistent-hash' ? 300 : 2000;
      rig.acquire();
      rig.nowMs = 60_000;
      rig.swap(upstreamSpec('abcd', { balance, slowStart: SLOW_START }));
      const young = shares(rig, requests)['d'] ?? 0;
      rig.nowMs = 65_000;
      const grown = shares(rig, requests)['d'] ?? 0;
      rig.nowMs = 71_000;
      const whole = shares(rig, requests)['d'] ?? 0;
      expect(young).toBeLessThan(0.12);
      if (balance !== 'least-requests') expect(grown).toBeGreaterThan(young);
      expect(whole).toBeGreaterThan(0.17);
    });
  }

  it('gives all the same that begin together', () => {
    const rig = new Rig(upstreamSpec('ab', { slowStart: SLOW_START }));
    expect(shares(rig)['a']).toBeCloseTo(0.5, 2);
  });

  it('begins again when an ejection ends', () => {
    const rig = new Rig(upstreamSpec('ab', { slowStart: SLOW_START }));
    rig.acquire();
    rig.nowMs = 20_000;
    rig.fail('a');
    rig.nowMs = 50_000;
    expect(shares(rig)['a']).toBeLessThan(0.12);
    rig.nowMs = 60_001;
    expect(shares(rig)['a']).toBeGreaterThan(0.45);
  });

  it('begins again when an active check passes again', () => {
    const rig = new Rig(upstreamSpec('abc', { slowStart: SLOW_START }));
    rig.acquire();
    rig.nowMs = 20_000;
    rig.table.mark(rig.endpoint('a').key, false);
    rig.acquire();
    rig.table.mark(rig.endpoint('a').key, true);
    expect(shares(rig)['a']).toBeLessThan(0.1);
  });

  it('goes on over a swap of snapshots', () => {
    const rig = new Rig(upstreamSpec('ab', { slowStart: SLOW_START }));
    rig.acquire();
    rig.nowMs = 20_000;
    rig.swap(upstreamSpec('abc', { slowStart: SLOW_START }));
    rig.acquire();
    rig.nowMs = 25_000;
    rig.swap(upstreamSpec('abc', { slowStart: SLOW_START }));
    rig.acquire();
    expect(rig.endpoint('c').weight).toBeCloseTo(0.5, 1);
  });
});

describe('the rules of ejection', () => {
  it('let no more out at a time than may be', () => {
    const outs = (names: string, maxShare: number): number => {
      const rig = new Rig(upstreamSpec(names, { ejection: { ...EJECTION, maxShare }, panicShare: 0 }));
      for (const name of names) rig.fail(name);
      return rig.group.endpoints.filter(({ state }) => state.ejection.isOut).length;
    };
    const cases: readonly (readonly [string, number, number])[] = [
      ['abcdefghij', 0.1, 1],
      ['abcde', 0.1, 1],
      ['abcdefghij', 0.5, 5],
      ['abc', 1, 2],
      ['abc', 0, 0],
      ['a', 1, 0],
    ];
    for (const [names, share, expected] of cases)
      expect([names, share, outs(names, share)]).toEqual([names, share, expected]);
  });

  it('take out who succeeds less often than the others, once an interval', () => {
    const rig = new Rig(upstreamSpec('abcdef'));
    const random = randomFrom(5);
    const interval = (): void => {
      for (let n = 0; n < 200; n++) {
        for (const name of 'abcdef') {
          const bad = name === 'c' && random() < 0.3;
          rig.serve(name, bad ? reply(500) : reply(200));
        }
      }
    };
    interval();
    rig.nowMs = 9999;
    rig.serve('a', reply(200));
    expect(rig.targets()).toBe('abcdef');
    rig.nowMs = 10_000;
    rig.serve('a', reply(200));
    expect(rig.targets()).toBe('abdef');
    rig.nowMs = 41_000;
    rig.serve('c', reply(200));
    expect(rig.targets()).toBe('abcdef');
  });

  it('compare nothing among few', () => {
    const rig = new Rig(upstreamSpec('abcd'));
    for (let n = 0; n < 200; n++)
      for (const name of 'abcd') rig.serve(name, reply(name === 'c' && n % 2 === 0 ? 500 : 200));
    rig.nowMs = 10_000;
    rig.serve('a', reply(200));
    expect(rig.targets()).toBe('abcd');
  });
});

describe('a panic that is configured', () => {
  const spec = (panicShare: number): UpstreamSpec => upstreamSpec('abcd', { panicShare });
  const down = (rig: Rig, names: string): Rig => {
    for (const name of names) rig.table.mark(rig.endpoint(name).key, false);
    return rig;
  };

  it('spreads to all, those that checks call down included, below its share', () => {
    expect(down(new Rig(spec(0.5)), 'abc').targets()).toBe('abcd');
    expect(down(new Rig(spec(0.5)), 'ab').targets()).toBe('cd');
  });

  it('spreads to all when nobody is well', () => {
    expect(down(new Rig(spec(0.5)), 'abcd').targets()).toBe('abcd');
  });

  it('is turned off by 0', () => {
    expect(down(new Rig(spec(0)), 'abcd').targets()).toBe('');
    const rig = down(new Rig(spec(0)), 'bcd');
    rig.fail('a');
    expect(rig.targets()).toBe('');
  });
});

describe('the breaker of a group', () => {
  const spec = upstreamSpec('ab', { breaker: BREAKER });
  const fill = (rig: Rig, status: number, times = 4): void => {
    for (let n = 0; n < times; n++) {
      const endpoint = rig.acquire();
      if (endpoint !== undefined) rig.group.release(endpoint, reply(status, { nowMs: rig.nowMs, latencyMs: 0 }));
    }
  };

  it('refuses requests and says for how long', () => {
    const rig = new Rig(spec);
    expect(rig.group.refusedForMs(0)).toBeUndefined();
    fill(rig, 500);
    expect(rig.acquire()).toBeUndefined();
    expect(rig.group.refusedForMs(1000)).toBe(4000);
  });

  it('closes by a probe that succeeds', () => {
    const rig = new Rig(spec);
    fill(rig, 500);
    rig.nowMs = 5000;
    fill(rig, 200, 1);
    expect(rig.group.refusedForMs(5000)).toBeUndefined();
    expect(rig.targets()).toBe('ab');
  });

  it('stays as it is over a swap of snapshots', () => {
    const rig = new Rig(spec);
    fill(rig, 500);
    rig.swap(upstreamSpec('abc', { breaker: { ...BREAKER } }));
    expect(rig.acquire()).toBeUndefined();
  });

  it('begins anew when its rules change', () => {
    const rig = new Rig(spec);
    fill(rig, 500);
    rig.swap(upstreamSpec('ab', { breaker: { ...BREAKER, probes: 2 } }));
    expect(rig.acquire()).toBeDefined();
  });
});

describe('a group that is given other endpoints', () => {
  const specs = (names: string) => names.split('').map((name) => endpointSpec(name));

  it('sends requests to those from now on, and knows what it knew', () => {
    const rig = new Rig(upstreamSpec('abc'));
    rig.fail('a');
    const flying = rig.acquireNamed('b');
    rig.group.use(specs('acde'), rig.table.view({}));
    expect(rig.targets()).toBe('cde');
    rig.group.release(flying, reply(200));
    rig.group.use(specs('b'), rig.table.view({}));
    expect(rig.targets()).toBe('b');
  });

  it('gives nothing when there are none', () => {
    const rig = new Rig(upstreamSpec('abc'));
    rig.group.use([], rig.table.view({}));
    expect(rig.acquire()).toBeUndefined();
    expect(rig.group.refusedForMs(0)).toBeUndefined();
  });
});

describe('a group says why', () => {
  it.each([
    ['peak-ewma', 'abcde', 'peak-ewma:2-of-5'],
    ['least-requests', 'abc', 'least-requests:2-of-3'],
    ['round-robin', 'ab', 'round-robin:1-of-2'],
    ['random', 'ab', 'random:1-of-2'],
    ['consistent-hash', 'abcd', 'hash:1-of-4'],
    ['peak-ewma', 'a', 'only'],
  ] as const)('%s of %s', (balance, names, expected) => {
    const rig = new Rig(upstreamSpec(names, { balance }));
    rig.acquire();
    expect(rig.group.reason).toBe(expected);
  });

  it('when it probes, when it panics, and when there are fewer to choose from', () => {
    const rig = new Rig(upstreamSpec('abcd'));
    rig.fail('a');
    rig.acquire();
    expect(rig.group.reason).toBe('round-robin:1-of-3');
    rig.nowMs = 30_000;
    rig.acquireNamed('a');
    expect(rig.group.reason).toBe('probe');
    rig.fail('b');
    for (const name of 'cd') rig.table.mark(rig.endpoint(name).key, false);
    rig.acquire();
    expect(rig.group.reason).toBe('panic round-robin:1-of-2');
  });

  it('by a failure of one try too', () => {
    const rig = new Rig(upstreamSpec('ab'));
    rig.group.release(rig.acquireNamed('a'), failure('connect'));
    expect(rig.group.reason).toBe('round-robin:1-of-2');
  });
});
