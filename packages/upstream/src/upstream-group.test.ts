import { describe, expect, it } from 'vitest';
import { endpointSpec, failure, nameOf, reply, Rig, upstreamSpec } from './__fixtures__/specs.ts';
import { UpstreamGroup } from './upstream-group.ts';

describe('a group', () => {
  it('counts what is in flight from acquire to release', () => {
    const rig = new Rig(upstreamSpec('ab'));
    const first = rig.acquire();
    const second = rig.acquire();
    expect([nameOf(first), nameOf(second), first?.inFlight, second?.inFlight]).toEqual(['a', 'b', 1, 1]);
    if (first !== undefined) rig.group.release(first, reply(200));
    expect([rig.endpoint('a').inFlight, rig.endpoint('b').inFlight]).toEqual([0, 1]);
  });

  it('refuses a release without an acquire', () => {
    const rig = new Rig(upstreamSpec('a'));
    expect(() => rig.group.release(rig.endpoint('a'), reply(200))).toThrow('released twice');
  });

  it('has nothing to give without endpoints', () => {
    expect(new Rig(upstreamSpec('')).acquire()).toBeUndefined();
  });

  it('gives nothing to an endpoint of weight 0', () => {
    const endpoints = [endpointSpec('a', { weight: 0 }), endpointSpec('b')];
    const rig = new Rig(upstreamSpec('', { endpoints }));
    expect(rig.targets()).toBe('b');
  });

  it('counts an endpoint that is named twice once', () => {
    expect(new Rig(upstreamSpec('aab')).group.endpoints.map(nameOf)).toEqual(['a', 'b']);
  });

  it('avoids what was tried while there is something else', () => {
    const rig = new Rig(upstreamSpec('abc'));
    const [a, b, c] = rig.group.endpoints;
    if (a === undefined || b === undefined || c === undefined) throw new Error('endpoints are missing');
    for (let n = 0; n < 6; n++) expect(rig.acquire(new Set([a, c]))).toBe(b);
    expect(rig.acquire(new Set([a, b, c]))).toBeDefined();
    expect(rig.acquire(new Set())).toBeDefined();
  });

  it('hands the hash key to its balancer', () => {
    const rig = new Rig(upstreamSpec('abcde', { balance: 'consistent-hash' }));
    const names = Array.from({ length: 20 }, () =>
      nameOf(rig.group.acquire({ tried: undefined, hashKey: 'me', nowMs: 0 })),
    );
    expect(new Set(names).size).toBe(1);
  });

  it('tells its balancer of outcomes', () => {
    const rig = new Rig(upstreamSpec('ab', { balance: 'peak-ewma' }));
    rig.serve('a', reply(200, { latencyMs: 500 }));
    rig.serve('b', reply(200, { latencyMs: 5 }));
    expect(rig.targets()).toBe('b');
  });

  it('makes no new list of ready endpoints while nothing changes', () => {
    const rig = new Rig(upstreamSpec('ab'));
    let asked = 0;
    const health = {
      isHealthy: () => {
        asked++;
        return true;
      },
      generation: () => 0,
    };
    const { registry, random } = rig;
    rig.group = new UpstreamGroup(rig.group.spec, { registry, health, random });
    for (let n = 0; n < 100; n++) rig.serve('a', reply(200));
    rig.targets();
    expect(asked).toBe(2);
  });

  it('deposits first tries into the retry budget, and no others', () => {
    const rig = new Rig(upstreamSpec('ab'));
    const first = rig.acquire();
    const tried = new Set(first === undefined ? [] : [first]);
    for (let n = 0; n < 100; n++) rig.acquire(tried);
    let granted = 0;
    while (rig.group.retryBudget.mayRetry(0)) granted++;
    expect(granted).toBe(100);
    for (let n = 0; n < 10; n++) rig.acquire();
    expect([rig.group.retryBudget.mayRetry(0), rig.group.retryBudget.mayRetry(0)]).toEqual([true, true]);
    expect(rig.group.retryBudget.mayRetry(0)).toBe(false);
  });
});

describe('passive health', () => {
  it('ejects after five gateway failures in a row', () => {
    const rig = new Rig(upstreamSpec('abc'));
    rig.fail('a', 4);
    expect(rig.targets()).toBe('abc');
    rig.fail('a', 1);
    expect(rig.targets()).toBe('bc');
  });

  it('ejects at most half of the endpoints', () => {
    const rig = new Rig(upstreamSpec('abcde'));
    for (const name of ['a', 'b', 'c', 'd', 'e']) rig.fail(name);
    expect(rig.targets()).toBe('cde');
  });

  it.each([
    ['never ejects the only endpoint', 'a', 'a'],
    ['leaves one of two', 'ab', 'b'],
    ['leaves two of three', 'abc', 'bc'],
  ])('%s', (_name, names, left) => {
    const rig = new Rig(upstreamSpec(names));
    for (const name of names.split('')) rig.fail(name);
    expect(rig.targets()).toBe(left);
  });

  it('ejects the next one as soon as there is room', () => {
    const rig = new Rig(upstreamSpec('ab'));
    rig.fail('a');
    rig.fail('b');
    expect(rig.targets()).toBe('b');
    rig.nowMs = 30_000;
    rig.group.release(rig.acquireNamed('a'), reply(200, { nowMs: rig.nowMs }));
    rig.fail('b', 1);
    expect(rig.targets()).toBe('a');
  });

  it('sends one probe after the ejection and waits for what it tells', () => {
    const rig = new Rig(upstreamSpec('abc'));
    rig.fail('a');
    rig.nowMs = 29_999;
    expect(rig.targets()).toBe('bc');
    rig.nowMs = 30_000;
    const names = Array.from({ length: 9 }, () => nameOf(rig.acquire()));
    expect(names.filter((name) => name === 'a')).toHaveLength(1);
  });

  /** Sends the probe of a, which is out for 30 s, and gives it this outcome. */
  function probed(outcome: ReturnType<typeof reply>): Rig {
    const rig = new Rig(upstreamSpec('abc'));
    rig.fail('a');
    rig.nowMs = 30_000;
    rig.group.release(rig.acquireNamed('a'), { ...outcome, nowMs: rig.nowMs });
    return rig;
  }

  it('takes it back after a good probe', () => expect(probed(reply(200)).targets()).toBe('abc'));
  it('takes it back after a probe that the caller got wrong', () => expect(probed(reply(404)).targets()).toBe('abc'));

  it.each([reply(500), reply(503), failure('connect'), failure('timeout')])(
    'ejects it for longer after a bad probe: %j',
    (outcome) => {
      const rig = probed(outcome);
      expect(rig.targets()).toBe('bc');
      rig.nowMs = 89_999;
      expect(rig.targets()).toBe('bc');
      rig.nowMs = 90_000;
      expect(rig.targets()).toBe('abc');
    },
  );

  it('sends another probe when the caller of the first has left', () => {
    const rig = probed(failure('cancelled'));
    const names = Array.from({ length: 9 }, () => nameOf(rig.acquire()));
    expect(names.filter((name) => name === 'a')).toHaveLength(1);
  });

  it('does not count what began before the ejection', () => {
    const rig = new Rig(upstreamSpec('abc'));
    rig.fail('a', 8);
    rig.serve('a', reply(200));
    expect(rig.endpoint('a').state.ejection.probeAtMs).toBe(30_000);
  });

  it('survives a swap of snapshots, in both directions', () => {
    const rig = new Rig(upstreamSpec('abc'));
    const old = rig.group;
    rig.swap(upstreamSpec('abcd'));
    rig.fail('a');
    expect(rig.targets()).toBe('bcd');
    rig.group = old;
    expect(rig.targets()).toBe('bc');
    rig.fail('a');
    rig.swap(upstreamSpec('abc'));
    expect(rig.targets()).toBe('bc');
  });

  it('keeps upstreams that share a server apart', () => {
    const rig = new Rig(upstreamSpec('ab'));
    rig.fail('a');
    rig.swap(upstreamSpec('ab', { name: 'orders' }));
    expect(rig.targets()).toBe('ab');
  });
});

describe('active health', () => {
  function down(rig: Rig, names: string): Rig {
    for (const name of names.split('')) rig.table.mark(rig.endpoint(name).key, false);
    return rig;
  }

  it('keeps traffic from what is down, at once', () => {
    const rig = new Rig(upstreamSpec('abc'));
    expect(rig.targets()).toBe('abc');
    expect(down(rig, 'b').targets()).toBe('ac');
    rig.table.mark(rig.endpoint('b').key, true);
    expect(rig.targets()).toBe('abc');
  });

  it('may leave a single one', () => expect(down(new Rig(upstreamSpec('abc')), 'ab').targets()).toBe('c'));

  it('may leave none, and then nobody gets anything', () => {
    expect(down(new Rig(upstreamSpec('abc')), 'abc').acquire()).toBeUndefined();
  });

  it('is heeded also where it was tried already', () => {
    const rig = down(new Rig(upstreamSpec('ab')), 'b');
    expect(nameOf(rig.acquire(new Set([rig.endpoint('a')])))).toBe('a');
  });

  it('ends an ejection when it comes back', () => {
    const rig = new Rig(upstreamSpec('abc'));
    rig.fail('a');
    expect(down(rig, 'a').targets()).toBe('bc');
    rig.table.mark(rig.endpoint('a').key, true);
    expect(rig.targets()).toBe('abc');
  });

  it('does not end an ejection by staying well', () => {
    const rig = new Rig(upstreamSpec('abc'));
    rig.fail('a');
    rig.table.mark(rig.endpoint('b').key, false);
    rig.table.mark(rig.endpoint('b').key, true);
    expect(rig.targets()).toBe('bc');
  });

  it('below half ready ignores ejections, but never what is down', () => {
    const rig = new Rig(upstreamSpec('abcd'));
    rig.fail('a');
    expect(down(rig, 'c').targets()).toBe('bd');
    expect(down(rig, 'd').targets()).toBe('ab');
  });

  it('ignores ejections as soon as less than half is ready, not at half', () => {
    const rig = new Rig(upstreamSpec('abcdef'));
    rig.fail('a');
    rig.fail('b');
    expect(down(rig, 'c').targets()).toBe('def');
    expect(down(rig, 'd').targets()).toBe('abef');
  });

  it('does not punish further what it uses in a panic', () => {
    const rig = new Rig(upstreamSpec('abcd'));
    rig.fail('a');
    down(rig, 'cd');
    rig.nowMs = 10_000;
    rig.fail('a', 20);
    expect(rig.endpoint('a').state.ejection.probeAtMs).toBe(30_000);
  });

  it('panics when a smaller snapshot has only ejected endpoints', () => {
    const rig = new Rig(upstreamSpec('abcd'));
    rig.fail('a');
    rig.fail('b');
    expect(rig.targets()).toBe('cd');
    rig.swap(upstreamSpec('ab'));
    expect(rig.targets()).toBe('ab');
  });
});
