import type { HealthSpec, UpstreamSpec } from '@gatehouse/config';
import { randomFrom } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { endpointSpec, HEALTH, upstreamSpec } from './__fixtures__/specs.ts';
import { settled, VirtualTimers } from './__fixtures__/virtual-timers.ts';
import { HealthProber } from './health-prober.ts';
import { HealthTable } from './health-table.ts';

/** A prober in virtual time over servers that are well unless they are in `down`. */
class Bench {
  readonly timers = new VirtualTimers();
  readonly table = new HealthTable();
  readonly down = new Set<string>();
  readonly probes: { readonly name: string; readonly atMs: number; readonly path: string }[] = [];
  readonly changes: string[] = [];
  /** Probes wait for this when it is set. */
  gate: Promise<void> | undefined;
  throws = false;
  readonly prober: HealthProber;

  constructor(random: () => number = randomFrom(1)) {
    this.prober = new HealthProber({
      table: this.table,
      timers: this.timers,
      random,
      onChange: (key, healthy) => this.changes.push(`${key} ${healthy ? 'up' : 'down'}`),
      probe: async (endpoint, health) => {
        this.probes.push({ name: endpoint.host, atMs: this.timers.nowMs, path: health.path });
        await this.gate;
        if (this.throws) throw new Error('no route to host');
        return !this.down.has(endpoint.host);
      },
    });
  }

  update(...upstreams: readonly UpstreamSpec[]): Record<string, number> {
    return this.prober.update(Object.fromEntries(upstreams.map((upstream) => [upstream.name, upstream])));
  }

  /** Lets time pass until the next probe has been answered. */
  async nextProbe(): Promise<void> {
    const before = this.probes.length;
    for (let n = 0; n < 100 && this.probes.length === before; n++) await this.timers.advance(50);
  }

  isHealthy(key: string, slots: Record<string, number>): boolean {
    return this.table.view(slots).isHealthy(key);
  }
}

function checked(names: string, health: Partial<HealthSpec> = {}, name = 'users'): UpstreamSpec {
  return upstreamSpec(names, { name, health: { ...HEALTH, ...health } });
}

const A = 'users http://a:80';

describe('the prober', () => {
  it('takes endpoints for healthy until they fail often enough', async () => {
    const bench = new Bench();
    const slots = bench.update(checked('a', { unhealthyAfter: 3 }));
    bench.down.add('a');
    const verdicts: boolean[] = [];
    for (let n = 0; n < 4; n++) {
      await bench.nextProbe();
      verdicts.push(bench.isHealthy(A, slots));
    }
    expect(verdicts).toEqual([true, true, false, false]);
  });

  it('takes them back when they pass often enough', async () => {
    const bench = new Bench();
    const slots = bench.update(checked('a', { unhealthyAfter: 1, healthyAfter: 2 }));
    bench.down.add('a');
    await bench.timers.advance(5000);
    bench.down.delete('a');
    await bench.nextProbe();
    expect(bench.isHealthy(A, slots)).toBe(false);
    await bench.nextProbe();
    expect(bench.isHealthy(A, slots)).toBe(true);
    expect(bench.changes).toEqual([`${A} down`, `${A} up`]);
  });

  it('starts to count anew when a probe agrees with the verdict', async () => {
    const bench = new Bench();
    const slots = bench.update(checked('a', { unhealthyAfter: 2 }));
    for (let n = 0; n < 10; n++) {
      if (n % 2 === 0) bench.down.add('a');
      else bench.down.delete('a');
      await bench.nextProbe();
    }
    expect(bench.isHealthy(A, slots)).toBe(true);
  });

  it('takes a probe that throws for one that fails', async () => {
    const bench = new Bench();
    const slots = bench.update(checked('a', { unhealthyAfter: 1 }));
    bench.throws = true;
    await bench.timers.advance(1000);
    expect(bench.isHealthy(A, slots)).toBe(false);
  });

  it('probes each endpoint about once an interval, with jitter', async () => {
    const bench = new Bench();
    bench.update(checked('abc', { intervalMs: 1000 }));
    await bench.timers.advance(100_000);
    for (const name of ['a', 'b', 'c']) {
      const times = bench.probes.filter((probe) => probe.name === name).map(({ atMs }) => atMs);
      const gaps = times.slice(1).map((atMs, n) => atMs - (times[n] ?? 0));
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(900);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(1100);
      expect(new Set(gaps.map(Math.round)).size).toBeGreaterThan(10);
    }
  });

  it('spreads the first probes over the interval', async () => {
    const bench = new Bench();
    const endpoints = Array.from({ length: 100 }, (_, n) => endpointSpec(`server-${n}`));
    bench.update({ ...checked('', { intervalMs: 10_000 }), endpoints });
    await bench.timers.advance(5000);
    expect(bench.probes.length).toBeGreaterThan(30);
    expect(bench.probes.length).toBeLessThan(70);
  });

  it('never has two probes of one endpoint under way', async () => {
    const bench = new Bench();
    let open = (): void => {};
    bench.gate = new Promise((resolve) => {
      open = resolve;
    });
    bench.update(checked('a', { intervalMs: 100 }));
    await bench.timers.advance(10_000);
    expect(bench.probes).toHaveLength(1);
    open();
    await settled();
    await bench.timers.advance(110);
    expect(bench.probes).toHaveLength(2);
  });

  it('probes nothing that has no checks or gets no traffic', async () => {
    const bench = new Bench();
    const endpoints = [endpointSpec('a', { weight: 0 }), endpointSpec('b')];
    bench.update({ ...checked(''), endpoints }, upstreamSpec('c', { name: 'plain' }));
    await bench.timers.advance(5000);
    expect(new Set(bench.probes.map(({ name }) => name))).toEqual(new Set(['b']));
  });

  it('checks a server apart for each upstream that names it', async () => {
    const bench = new Bench();
    bench.update(checked('a', { path: '/one' }), checked('a', { path: '/two' }, 'orders'));
    await bench.timers.advance(3000);
    expect(new Set(bench.probes.map(({ path }) => path))).toEqual(new Set(['/one', '/two']));
  });
});

describe('a reload', () => {
  it('keeps the verdict of endpoints that stay', async () => {
    const bench = new Bench();
    bench.down.add('a');
    bench.update(checked('ab'));
    await bench.timers.advance(5000);
    const slots = bench.update(checked('ac', { path: '/other' }));
    expect(bench.isHealthy(A, slots)).toBe(false);
    await bench.timers.advance(5000);
    expect(bench.isHealthy(A, slots)).toBe(false);
    expect(bench.changes).toEqual([`${A} down`]);
  });

  it('keeps the rhythm when the interval stays', async () => {
    const bench = new Bench(() => 0.5);
    bench.update(checked('a', { intervalMs: 1000 }));
    await bench.timers.advance(499);
    bench.update(checked('a', { intervalMs: 1000, path: '/new' }));
    await bench.timers.advance(1);
    expect(bench.probes).toEqual([{ name: 'a', atMs: 500, path: '/new' }]);
  });

  it('takes a new interval at once, however long the old one was', async () => {
    const bench = new Bench(() => 0.5);
    bench.update(checked('a', { intervalMs: 3_600_000 }));
    await bench.timers.advance(1000);
    bench.update(checked('a', { intervalMs: 1000 }));
    await bench.timers.advance(500);
    expect(bench.probes).toHaveLength(1);
    expect(bench.timers.pending).toBe(1);
  });

  it('takes a new interval after the probe that is under way', async () => {
    const bench = new Bench(() => 0.5);
    let open = (): void => {};
    bench.gate = new Promise((resolve) => {
      open = resolve;
    });
    bench.update(checked('a', { intervalMs: 1000 }));
    await bench.timers.advance(500);
    bench.update(checked('a', { intervalMs: 100 }));
    expect(bench.timers.pending).toBe(0);
    open();
    await settled();
    await bench.timers.advance(100);
    expect(bench.probes).toHaveLength(2);
  });

  it('stops probing what is gone, and ignores what its last probe tells', async () => {
    const bench = new Bench();
    let open = (): void => {};
    bench.gate = new Promise((resolve) => {
      open = resolve;
    });
    bench.down.add('a');
    bench.update(checked('a', { unhealthyAfter: 1 }));
    await bench.timers.advance(1000);
    expect(bench.probes).toHaveLength(1);
    bench.update(checked('b'));
    open();
    await settled();
    await bench.timers.advance(5000);
    expect(bench.probes.filter(({ name }) => name === 'a')).toHaveLength(1);
    expect(bench.changes).toEqual([]);
  });

  it('forgets the verdict of endpoints that come back', async () => {
    const bench = new Bench();
    bench.down.add('a');
    bench.update(checked('a'));
    await bench.timers.advance(5000);
    bench.update();
    const slots = bench.update(checked('a'));
    expect(bench.isHealthy(A, slots)).toBe(true);
  });
});

describe('stop', () => {
  it('ends all probing', async () => {
    const bench = new Bench();
    bench.update(checked('abc'));
    await bench.timers.advance(1500);
    const { length } = bench.probes;
    bench.prober.stop();
    expect(bench.timers.pending).toBe(0);
    await bench.timers.advance(10_000);
    expect(bench.probes).toHaveLength(length);
  });
});
