import { beforeEach, describe, expect, it } from 'vitest';
import { Circuit, PROBE_MS_MAX, RETRY_AFTER_MS_MAX, type CircuitRule } from './circuit.ts';

const RULE: CircuitRule = { threshold: 3, firstMs: 1000, capMs: 8000, shared: false };
const AT_ONCE: CircuitRule = { ...RULE, threshold: 1 };

let circuit: Circuit;
beforeEach(() => {
  circuit = new Circuit();
});

interface Failing {
  readonly nowMs: number;
  readonly begunMs?: number;
  readonly rule?: CircuitRule;
  readonly retryAfterMs?: number;
}

function fail({ nowMs, begunMs = nowMs, rule = RULE, retryAfterMs }: Failing): void {
  circuit.failed({ nowMs, begunMs, rule, retryAfterMs });
}

/** How long it is closed to calls after a failure now. */
function opensFor(failing: Failing): number {
  fail(failing);
  return circuit.isClosed ? 0 : circuit.readyAtMs - failing.nowMs;
}

describe('a circuit opens', () => {
  it('at the failures in a row that its rule says', () => {
    expect([1, 2, 3].map((nowMs) => opensFor({ nowMs }))).toEqual([0, 0, 1000]);
  });

  it('not while calls end well between', () => {
    for (let nowMs = 0; nowMs < 20; nowMs++) {
      fail({ nowMs });
      if (nowMs % 2 === 1) circuit.succeeded(nowMs);
    }
    expect(circuit.isClosed).toBe(true);
  });

  it('at once for as long as the provider asks, but not for ever', () => {
    expect(opensFor({ nowMs: 5, retryAfterMs: 20_000 })).toBe(20_000);
    circuit = new Circuit();
    expect(opensFor({ nowMs: 5, retryAfterMs: 86_400_000 })).toBe(RETRY_AFTER_MS_MAX);
  });

  it('not when the provider asks for no time at all', () => expect(opensFor({ nowMs: 5, retryAfterMs: 0 })).toBe(0));

  it('twice as long each time that the probe fails, up to its cap', () => {
    const spans: number[] = [];
    for (let n = 0, nowMs = 0; n < 6; n++) {
      const span = opensFor({ nowMs, rule: AT_ONCE });
      spans.push(span);
      nowMs += span;
      circuit.begin(nowMs);
    }
    expect(spans).toEqual([1000, 2000, 4000, 8000, 8000, 8000]);
  });

  it('once when many calls fail that had begun before', () => {
    for (let n = 0; n < 3; n++) fail({ nowMs: 100, begunMs: 50 });
    for (let n = 0; n < 50; n++) fail({ nowMs: 200, begunMs: 60 });
    expect(circuit.readyAtMs).toBe(1100);
  });

  it('longer when one of those brings a time of its own', () => {
    fail({ nowMs: 100, rule: AT_ONCE });
    fail({ nowMs: 200, begunMs: 60, retryAfterMs: 5000 });
    expect(circuit.readyAtMs).toBe(5200);
    fail({ nowMs: 300, begunMs: 60, retryAfterMs: 100 });
    expect(circuit.readyAtMs).toBe(5200);
  });

  it('no longer when a call fails that passed although it was open', () => {
    fail({ nowMs: 100, rule: AT_ONCE });
    fail({ nowMs: 300, begunMs: 200 });
    expect(circuit.readyAtMs).toBe(1100);
  });
});

describe('an open circuit', () => {
  beforeEach(() => fail({ nowMs: 1000, rule: AT_ONCE }));

  it('lets one probe pass when its time is up', () => {
    expect([circuit.begin(1999), circuit.begin(2000), circuit.begin(2000)]).toEqual([false, true, false]);
    expect(circuit.readyAtMs).toBe(2000 + PROBE_MS_MAX);
  });

  it('lets another one pass when the probe came to nothing', () => {
    circuit.begin(2000);
    circuit.endProbe();
    expect([circuit.readyAtMs, circuit.begin(2100)]).toEqual([2000, true]);
  });

  it('lets another one pass when nobody hears of the probe', () => {
    circuit.begin(2000);
    expect([circuit.begin(2000 + PROBE_MS_MAX - 1), circuit.begin(2000 + PROBE_MS_MAX)]).toEqual([false, true]);
  });

  it("closes at the probe's first token", () => {
    circuit.begin(2000);
    circuit.answers(2000);
    expect([circuit.isClosed, circuit.readyAtMs]).toEqual([true, 0]);
  });

  it('opens again at the first failure after that, twice as long, until a call has ended well', () => {
    circuit.begin(2000);
    circuit.answers(2000);
    expect(opensFor({ nowMs: 2500, begunMs: 2000 })).toBe(2000);
    circuit.begin(4500);
    circuit.answers(4500);
    circuit.succeeded(4500);
    expect([5000, 5001, 5002].map((nowMs) => opensFor({ nowMs }))).toEqual([0, 0, 1000]);
  });

  it('does not believe an answer to a call that had begun before', () => {
    circuit.answers(999);
    circuit.succeeded(999);
    expect(circuit.isClosed).toBe(false);
  });

  it('believes an answer to a call that passed although it was open', () => {
    circuit.succeeded(1500);
    expect(circuit.isClosed).toBe(true);
  });

  it('stays closed, once it is, when calls fail that had begun before', () => {
    circuit.succeeded(1500);
    for (let n = 0; n < 10; n++) fail({ nowMs: 1600, begunMs: 900 });
    expect(circuit.isClosed).toBe(true);
  });
});

describe('a circuit that others share', () => {
  const SHARED: CircuitRule = { ...AT_ONCE, shared: true };
  let told: number[];
  beforeEach(() => {
    told = [];
    circuit = new Circuit((forMs) => told.push(forMs));
  });
  const fails = (rule: CircuitRule, nowMs: number, retryAfterMs?: number): void =>
    circuit.failed({ rule, retryAfterMs, begunMs: nowMs, nowMs });

  it('tells how long it opens, once for an opening and again when that is prolonged', () => {
    fails(SHARED, 0);
    fails(SHARED, 10);
    fails(SHARED, 20, 500);
    fails(SHARED, 30, 4000);
    fails(SHARED, 5000);
    expect(told).toEqual([1000, 4000, 2000]);
  });

  it('tells nothing of what may be its own weather', () => {
    fails(AT_ONCE, 0);
    fails(AT_ONCE, 10, 5000);
    expect(told).toEqual([]);
  });

  it('opens for what it is told, tells nobody, and is half open afterwards', () => {
    circuit.rest(1000, 100);
    expect([circuit.isClosed, circuit.readyAtMs]).toEqual([false, 1100]);
    circuit.rest(500, 200);
    expect(circuit.readyAtMs).toBe(1100);
    expect(circuit.begin(1100)).toBe(true);
    circuit.succeeded(1100);
    expect([circuit.isClosed, told]).toEqual([true, []]);
  });

  it('is not closed by a call that began before it was told', () => {
    circuit.rest(1000, 100);
    circuit.succeeded(50);
    circuit.answers(50);
    expect(circuit.isClosed).toBe(false);
  });
});
