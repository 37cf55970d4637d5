import type { EjectionSpec } from '@gatehouse/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EJECTION, failure, reply } from './__fixtures__/specs.ts';
import { Ejection } from './ejection.ts';
import type { Outcome } from './outcome.ts';

/** Whether any of the outcomes, in this order, makes the endpoint deserve ejection; and which was the first. */
function deservesAt(outcomes: readonly Outcome[], given: Partial<EjectionSpec> = {}): number | undefined {
  const ejection = new Ejection();
  const index = outcomes.findIndex((outcome) => ejection.record(outcome, { ...EJECTION, ...given }));
  return index < 0 ? undefined : index + 1;
}

function times(count: number, outcome: Outcome): Outcome[] {
  return Array.from({ length: count }, () => outcome);
}

/** `failures` of 500, then `good` of 200 first, all within one second. */
function mixed(good: number, failures: number): Outcome[] {
  return [...times(good, reply(200)), ...times(failures, reply(500))];
}

describe('an endpoint deserves ejection', () => {
  const bad = failure('connect');
  const unanswered = [bad, failure('reset'), failure('timeout'), bad, bad];
  const answered = [reply(502), reply(503), reply(504), reply(502), reply(503)];
  const mixedBag = unanswered.flatMap((one, n) => [one, answered[n] ?? one]);
  it.each<[string, readonly Outcome[], number | undefined]>([
    ['at the fifth gateway failure in a row', times(6, bad), 5],
    ['at the fifth without a reply, of mixed kinds', unanswered, 5],
    ['at the fifth bad reply, of mixed kinds', answered, 5],
    ['at the fifth of either when they come in turns', mixedBag, 9],
    ['by 504 too', times(5, reply(504)), 5],
    ['never by four', times(4, bad), undefined],
    ['not when a good reply is between', [...times(4, bad), reply(200), ...times(4, bad)], undefined],
    ['not when a plain 500 is between', [...times(4, bad), reply(500), ...times(4, bad)], undefined],
    ['not when a 429 is between', [...times(4, bad), reply(429), ...times(4, bad)], undefined],
    ['also when callers left in between', [...times(4, bad), failure('cancelled'), bad], 6],
    ['never by callers that leave', times(200, failure('cancelled')), undefined],
    ['never by what is the caller’s fault', times(200, reply(404)), undefined],
    ['not by few 500s, even if it has nothing else', times(49, reply(500)), undefined],
    ['at the fiftieth 500 of fifty', times(50, reply(500)), 50],
    ['at 85 % of a hundred', mixed(15, 85), 100],
    ['not below 85 % of a hundred', mixed(16, 84), undefined],
    ['not by the ratio when its last reply was good', [...times(49, reply(500)), reply(200)], undefined],
  ])('%s', (_name, outcomes, expected) => expect(deservesAt(outcomes)).toBe(expected));

  it.each<[string, Partial<EjectionSpec>, readonly Outcome[], number | undefined]>([
    ['sooner where so is configured', { consecutiveLocal: 2 }, times(3, bad), 2],
    ['sooner by bad replies', { consecutive: 1 }, [bad, reply(503)], 2],
    ['never by what is turned off', { consecutive: 0 }, times(40, reply(503)), undefined],
    ['never without replies where that is turned off', { consecutiveLocal: 0 }, times(40, bad), undefined],
    ['by another share of fewer', { failures: { share: 0.5, minRequests: 10 } }, mixed(5, 5), 10],
  ])('%s', (_name, given, outcomes, expected) => expect(deservesAt(outcomes, given)).toBe(expected));

  const anyReply = fc.constantFrom(200, 404, 429, 500, 502, 503, 504).map((status) => reply(status));
  const anyFailure = fc.constantFrom('connect', 'reset', 'timeout', 'cancelled').map((kind) => failure(kind));
  // Mixtures that eject in different ways: by rows of either kind, and by hardly anything but plain 500s.
  const anyOutcomes = fc.oneof(
    fc.array(fc.oneof(anyReply, anyFailure), { minLength: 20, maxLength: 120, size: 'max' }),
    fc.array(fc.oneof({ weight: 1, arbitrary: anyReply }, { weight: 2, arbitrary: fc.constant(reply(503)) }), {
      minLength: 10,
      maxLength: 40,
      size: 'max',
    }),
    fc.array(
      fc.oneof({ weight: 1, arbitrary: fc.constant(reply(200)) }, { weight: 6, arbitrary: fc.constant(reply(500)) }),
      {
        minLength: 60,
        maxLength: 120,
        size: 'max',
      },
    ),
  );

  it('exactly when its rules say so, whatever comes', () => {
    fc.assert(
      fc.property(anyOutcomes, (outcomes) => {
        expect(deservesAt(outcomes)).toBe(expectedAt(outcomes));
      }),
    );
  });

  /** The same rules, by looking back over everything each time. */
  function expectedAt(outcomes: readonly Outcome[]): number | undefined {
    const judged = outcomes
      .map((outcome, index) => ({ outcome, at: index + 1 }))
      .filter(({ outcome }) => outcome.kind !== 'cancelled');
    const found = judged.find(({ outcome }, index) => {
      const before = judged.slice(0, index + 1).map((one) => one.outcome);
      const good = before.findLastIndex((one) => one.kind === 'reply' && ![502, 503, 504].includes(one.status));
      const row = before.slice(good + 1);
      const failed = before.filter((one) => one.kind !== 'reply' || one.status >= 500).length;
      if (outcome.kind === 'reply' && outcome.status < 500) return false;
      const replies = row.filter(({ kind }) => kind === 'reply').length;
      return replies >= 5 || row.length - replies >= 5 || (before.length >= 50 && failed >= before.length * 0.85);
    });
    return found?.at;
  }

  it('by failures of the last ten seconds only', () => {
    const ejection = new Ejection();
    for (let n = 0; n < 49; n++) ejection.record(reply(500, { nowMs: 0 }), EJECTION);
    expect(ejection.record(reply(500, { nowMs: 10_000 }), EJECTION)).toBe(false);
    for (let n = 0; n < 48; n++) ejection.record(reply(500, { nowMs: 19_999 }), EJECTION);
    expect(ejection.record(reply(500, { nowMs: 19_999 }), EJECTION)).toBe(true);
  });

  it('by a burst that lasts one millisecond', () => {
    expect(deservesAt([...times(60, reply(200)), ...times(340, reply(500))])).toBe(400);
  });
});

describe('an ejection', () => {
  /** How long each of these ejections lasts, each begun `pauseMs` after its endpoint came back. */
  function durations(count: number, pauseMs: number): number[] {
    const ejection = new Ejection();
    let nowMs = 1_000_000;
    return Array.from({ length: count }, () => {
      ejection.eject(nowMs, EJECTION);
      const lasted = ejection.probeAtMs - nowMs;
      nowMs = ejection.probeAtMs;
      ejection.beginProbe();
      ejection.restore(nowMs);
      nowMs += pauseMs;
      return lasted;
    });
  }

  it('lasts 30 s more each time, up to 300 s', () => {
    const expected = [30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300].map((seconds) => seconds * 1000);
    expect(durations(11, 5000)).toEqual(expected);
  });

  it('is forgiven one time for each ten seconds in between', () => {
    expect(durations(4, 10_000)).toEqual([30_000, 30_000, 30_000, 30_000]);
    expect(durations(3, 9999)).toEqual([30_000, 60_000, 90_000]);
  });

  it('goes on counting when its probe fails', () => {
    const ejection = new Ejection();
    ejection.eject(0, EJECTION);
    ejection.beginProbe();
    ejection.eject(100_000, EJECTION);
    expect(ejection.probeAtMs).toBe(160_000);
  });

  it('ends in one probe at a time', () => {
    const ejection = new Ejection();
    expect(ejection.isReady(0)).toBe(true);
    ejection.eject(0, EJECTION);
    expect([ejection.isOut, ejection.isReady(29_999), ejection.isReady(30_000)]).toEqual([true, false, true]);
    ejection.beginProbe();
    expect([ejection.isOut, ejection.isProbing, ejection.isReady(30_000)]).toEqual([true, true, false]);
    expect(ejection.probeAtMs).toBe(Infinity);
    ejection.abandonProbe();
    expect([ejection.isProbing, ejection.isReady(30_000)]).toEqual([false, true]);
  });

  it('wipes the slate when it ends', () => {
    const ejection = new Ejection();
    for (let n = 0; n < 4; n++) ejection.record(failure('connect'), EJECTION);
    for (let n = 0; n < 45; n++) ejection.record(reply(500), EJECTION);
    ejection.eject(0, EJECTION);
    ejection.restore(1);
    expect(ejection.isOut).toBe(false);
    for (let n = 0; n < 4; n++) expect(ejection.record(failure('connect', 1), EJECTION)).toBe(false);
    for (let n = 0; n < 40; n++) expect(ejection.record(reply(200, { nowMs: 1 }), EJECTION)).toBe(false);
    for (let n = 0; n < 50; n++) expect(ejection.record(reply(500, { nowMs: 1 }), EJECTION)).toBe(false);
  });

  it('is never shorter than its base, never longer than its bound, and never out for good', () => {
    const spec = fc.record({
      intervalMs: fc.integer({ min: 1, max: 60_000 }),
      baseMs: fc.integer({ min: 1, max: 60_000 }),
      extraMs: fc.integer({ min: 0, max: 600_000 }),
    });
    const pauses = fc.array(fc.record({ pauseMs: fc.nat(100_000), probeFails: fc.boolean() }), { maxLength: 30 });
    fc.assert(
      fc.property(spec, pauses, ({ intervalMs, baseMs, extraMs }, turns) => {
        const rules = { ...EJECTION, intervalMs, baseMs, maxMs: baseMs + extraMs };
        const ejection = new Ejection();
        let nowMs = 1_000_000;
        for (const { pauseMs, probeFails } of turns) {
          nowMs += pauseMs;
          ejection.eject(nowMs, rules);
          const lastsMs = ejection.probeAtMs - nowMs;
          expect(lastsMs).toBeGreaterThanOrEqual(baseMs);
          expect(lastsMs).toBeLessThanOrEqual(rules.maxMs);
          nowMs = ejection.probeAtMs;
          expect(ejection.isReady(nowMs)).toBe(true);
          ejection.beginProbe();
          if (!probeFails) ejection.restore(nowMs);
        }
      }),
    );
  });

  it('tells once how the interval before went', () => {
    const ejection = new Ejection();
    for (const outcome of [reply(200), reply(404), reply(500), failure('connect'), failure('cancelled')]) {
      ejection.record(outcome, EJECTION);
    }
    expect(ejection.takeInterval()).toEqual({ requests: 4, successes: 2 });
    expect(ejection.takeInterval()).toEqual({ requests: 0, successes: 0 });
  });
});
