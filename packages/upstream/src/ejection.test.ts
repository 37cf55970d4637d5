import { describe, expect, it } from 'vitest';
import { failure, reply } from './__fixtures__/specs.ts';
import { Ejection } from './ejection.ts';
import type { Outcome } from './outcome.ts';

/** Whether any of the outcomes, in this order, makes the endpoint deserve ejection; and which was the first. */
function deservesAt(outcomes: readonly Outcome[]): number | undefined {
  const ejection = new Ejection();
  const index = outcomes.findIndex((outcome) => ejection.record(outcome));
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
  const mixedBag = [bad, failure('reset'), failure('timeout'), reply(502), reply(503)];
  it.each<[string, readonly Outcome[], number | undefined]>([
    ['at the fifth gateway failure in a row', times(6, bad), 5],
    ['at the fifth of mixed kinds', mixedBag, 5],
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

  it('by failures of the last ten seconds only', () => {
    const ejection = new Ejection();
    for (let n = 0; n < 49; n++) ejection.record(reply(500, { nowMs: 0 }));
    expect(ejection.record(reply(500, { nowMs: 10_000 }))).toBe(false);
    for (let n = 0; n < 48; n++) ejection.record(reply(500, { nowMs: 19_999 }));
    expect(ejection.record(reply(500, { nowMs: 19_999 }))).toBe(true);
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
      ejection.eject(nowMs);
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
    ejection.eject(0);
    ejection.beginProbe();
    ejection.eject(100_000);
    expect(ejection.probeAtMs).toBe(160_000);
  });

  it('ends in one probe at a time', () => {
    const ejection = new Ejection();
    expect(ejection.isReady(0)).toBe(true);
    ejection.eject(0);
    expect([ejection.isOut, ejection.isReady(29_999), ejection.isReady(30_000)]).toEqual([true, false, true]);
    ejection.beginProbe();
    expect([ejection.isOut, ejection.isProbing, ejection.isReady(30_000)]).toEqual([true, true, false]);
    expect(ejection.probeAtMs).toBe(Infinity);
    ejection.abandonProbe();
    expect([ejection.isProbing, ejection.isReady(30_000)]).toEqual([false, true]);
  });

  it('wipes the slate when it ends', () => {
    const ejection = new Ejection();
    for (let n = 0; n < 4; n++) ejection.record(failure('connect'));
    for (let n = 0; n < 45; n++) ejection.record(reply(500));
    ejection.eject(0);
    ejection.restore(1);
    expect(ejection.isOut).toBe(false);
    for (let n = 0; n < 4; n++) expect(ejection.record(failure('connect', 1))).toBe(false);
    for (let n = 0; n < 40; n++) expect(ejection.record(reply(200, { nowMs: 1 }))).toBe(false);
    for (let n = 0; n < 50; n++) expect(ejection.record(reply(500, { nowMs: 1 }))).toBe(false);
  });
});
