import { randomFrom } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { LoadEstimate } from './load-estimate.ts';

const OPTIONS = {
  initial: 20,
  min: 5,
  max: 500,
  queue: 4,
  tolerance: 1.5,
  smoothing: 0.2,
  longWindow: 600,
  windowMs: 250,
};

interface Call {
  readonly endsMs: number;
  readonly latencyMs: number;
}

interface Phase {
  readonly seconds: number;
  readonly callsPerSecond: number;
  /** Calls that the upstream works on side by side, 20 ms each; more than those share its time. */
  readonly workers: number;
}

interface Seen {
  readonly limit: number;
  readonly shed: number;
  readonly latencyMs: number;
}

/** An upstream and its callers on a clock that jumps from one call to the next; what was seen in the last 5 s of each phase. */
function simulate(phases: readonly Phase[]): readonly Seen[] {
  const random = randomFrom(7);
  const estimate = new LoadEstimate<Call>(OPTIONS.initial);
  const open = new Set<Call>();
  let now = 0;
  let done = 0;
  return phases.map(({ seconds, callsPerSecond, workers }) => {
    const end = (done += seconds * 1000);
    let [calls, shed, latency] = [0, 0, 0];
    while (now < end) {
      now += (-Math.log(1 - random()) * 1000) / callsPerSecond;
      for (const call of [...open].filter(({ endsMs }) => endsMs <= now).toSorted((a, b) => a.endsMs - b.endsMs)) {
        estimate.sample(call.latencyMs, call.endsMs, OPTIONS);
        estimate.leave(call);
        open.delete(call);
      }
      const late = now > end - 5000;
      if (late) calls++;
      if (estimate.underWay + 1 > Math.floor(estimate.limit)) {
        if (late) shed++;
        continue;
      }
      const latencyMs = 20 * (0.8 + 0.4 * random()) * Math.max(1, (open.size + 1) / workers);
      const call = { endsMs: now + latencyMs, latencyMs };
      open.add(call);
      estimate.enter(call, { sinceMs: now, draw: 0 });
      if (late) latency += latencyMs;
    }
    return { limit: estimate.limit, shed: shed / calls, latencyMs: latency / (calls - shed) };
  });
}

describe('an adaptive limit', () => {
  it('finds about how much an upstream can do, and keeps its latency near the usual', () => {
    const [quiet, busy] = simulate([
      { seconds: 20, callsPerSecond: 1000, workers: 40 },
      { seconds: 30, callsPerSecond: 6000, workers: 40 },
    ]);
    expect(quiet?.shed).toBe(0);
    expect(quiet?.latencyMs).toBeLessThan(22);
    expect(busy?.limit).toBeGreaterThan(40);
    expect(busy?.limit).toBeLessThan(100);
    expect(busy?.latencyMs).toBeLessThan(50);
    expect(busy?.shed).toBeGreaterThan(0.5);
  });

  it('shrinks when the upstream becomes weaker, and recovers with it', () => {
    const [strong, weak, again] = simulate([
      { seconds: 30, callsPerSecond: 1500, workers: 60 },
      { seconds: 20, callsPerSecond: 1500, workers: 6 },
      { seconds: 60, callsPerSecond: 1500, workers: 60 },
    ]);
    expect(strong?.shed).toBeLessThan(0.01);
    expect(weak?.limit).toBeLessThan(30);
    expect(weak?.shed).toBeGreaterThan(0.5);
    expect(again?.shed).toBeLessThan(0.01);
    expect(again?.latencyMs).toBeLessThan(22);
  });

  it('does not grow while hardly anybody calls', () => {
    const [idle] = simulate([{ seconds: 120, callsPerSecond: 50, workers: 40 }]);
    expect(idle).toMatchObject({ limit: OPTIONS.initial, shed: 0 });
  });
});
