import { describe, expect, it } from 'vitest';
import { holds, silenceFor, type Silence } from './silences.ts';

const silence = (given: Partial<Silence>): Silence => ({ name: 's', reason: 'r', ...given });
const nights: Silence['weekly'] = { days: ['sat'], at: '23:00', minutes: 180, timeZone: 'Europe/Vienna' };

const TIMES: readonly (readonly [name: string, given: Partial<Silence>, at: string, expected: boolean])[] = [
  ['holds until its end', { until: '2026-11-27T12:00:00Z' }, '2026-11-27T11:59:59Z', true],
  ['has ended at its end', { until: '2026-11-27T12:00:00Z' }, '2026-11-27T12:00:00Z', false],
  [
    'holds from its begin on',
    { from: '2026-11-27T12:00:00Z', until: '2027-01-01T00:00:00Z' },
    '2026-11-27T11:59:59Z',
    false,
  ],
  ['each week holds on its day', { weekly: nights }, '2026-11-28T22:00:00Z', true],
  ['each week holds past midnight', { weekly: nights }, '2026-11-29T00:59:00Z', true],
  ['each week is over after its minutes', { weekly: nights }, '2026-11-29T01:00:00Z', false],
  ['each week does not hold on other days', { weekly: nights }, '2026-11-27T22:30:00Z', false],
  ['each week goes by the clocks there, in summer too', { weekly: nights }, '2026-07-04T21:00:00Z', true],
  ['each week ends for good', { weekly: nights, until: '2026-11-28T00:00:00Z' }, '2026-11-28T22:30:00Z', false],
];

describe('a silence', () => {
  it.each(TIMES)('%s', (_, given, at, expected) => {
    expect(holds(silence(given), Date.parse(at))).toBe(expected);
  });

  const labels = { application: 'mobile', severity: 'critical' };
  const MATCHES: readonly (readonly [name: string, given: Partial<Silence>, expected: string | undefined])[] = [
    ['is for all that it does not narrow', {}, 's'],
    ['is for the rules that it names', { rules: ['errors'] }, 's'],
    ['is for no other rules', { rules: ['latency'] }, undefined],
    ['is for keys with its labels', { labels: { application: 'mobile' } }, 's'],
    ['wants all of its labels', { labels: { application: 'mobile', severity: 'info' } }, undefined],
    ['is not for keys without its labels', { labels: { plan: 'gold' } }, undefined],
    ['knows no labels that every object has', { labels: { constructor: 'x' } }, undefined],
  ];
  it.each(MATCHES)('%s', (_, given, expected) => {
    expect(silenceFor([silence(given)], { rule: 'errors', labels })).toBe(expected);
  });
});
