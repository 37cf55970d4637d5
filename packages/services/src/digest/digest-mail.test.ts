import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Digest } from './digest.ts';
import { digestParcel } from './digest-mail.ts';
import { dayName, dayOf, daysFrom, hourOfDay } from './local-day.ts';

const quiet: Digest = {
  workspace: 'default',
  day: '2026-11-25',
  figures: [
    { name: 'calls', value: 12_345, before: 10_000, week: 20_000 },
    { name: 'errors', value: 3, before: 0, week: 1.5 },
    { name: 'p95', value: null, before: 20, week: 20 },
    { name: 'cost', value: 1_234_567, before: 1_234_567, week: null },
  ],
  movers: [],
  objectives: [],
  endings: [],
  deprecated: [],
  unusedKeys: undefined,
};

describe('a digest', () => {
  it('says what has something to say, and no more', () => {
    const { mail } = digestParcel(quiet);
    expect(mail.subject).toBe('Digest of default for 2026-11-25: 12,345 calls, 3 errors');
    expect(mail.text).toBe(`${mail.subject}

THE DAY
- Calls: that day: 12,345, to the day before: +23.5%, to the week: -38.3%
- Errors (5xx): that day: 3, to the day before: –, to the week: +100%
- 95 % took at most: that day: –, to the day before: –, to the week: –
- Cost of models: that day: $1.23, to the day before: 0%, to the week: –
`);
    expect(mail.html).toContain('<th');
    expect(mail.html).not.toContain('Objectives at risk');
  });

  it('says all that there is, and how much more', () => {
    const unusedKeys = Array.from({ length: 25 }, (_, index) => ({
      application: 'a',
      key: `k${index}`,
      createdAt: '2026-01-01',
    }));
    const { mail } = digestParcel({
      ...quiet,
      movers: [{ api: 'users-1', calls: 2000, before: 10 }],
      objectives: [{ name: 'availability', left: -0.5, isFiring: true }],
      endings: [{ what: 'credential ci, application mobile', at: '2026-12-01' }],
      deprecated: [{ version: 'users 1', application: 'mobile', calls: 7 }],
      unusedKeys,
    });
    expect(mail.text.split('\n')).toEqual(
      expect.arrayContaining([
        '- users-1: calls: 2,000, the day before: 10',
        '- availability: left of its error budget: -50%, burns now',
        '- credential ci, application mobile: on: 2026-12-01',
        '- users 1: by: mobile, calls in seven days: 7',
        '- a: key: k19, made on: 2026-01-01',
        'and 5 more',
      ]),
    );
    expect(mail.text).not.toContain('k20');
  });

  it('lets no name write markup', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (api) => {
        const { mail, slack } = digestParcel({ ...quiet, movers: [{ api: `<${api}">`, calls: 1, before: 0 }] });
        const empty = digestParcel({ ...quiet, movers: [{ api: 'x', calls: 1, before: 0 }] }).mail.html ?? '';
        const tags = (html: string): number => html.split('<').length;
        expect(tags(mail.html ?? '')).toBe(tags(empty));
        expect(slack.text).not.toMatch(/<|>/);
      }),
    );
  });
});

describe('a day', () => {
  it.each([
    ['has 24 hours', '2026-11-25T12:00:00Z', '2026-11-24T23:00:00.000Z', 24],
    ['has 23 when clocks go forward', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00.000Z', 23],
    ['has 25 when they go back', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00.000Z', 25],
  ])('%s', (_, moment, from, hours) => {
    const { fromMs, toMs } = daysFrom(dayOf(Date.parse(moment), 'Europe/Vienna'), 1, 'Europe/Vienna');
    expect([new Date(fromMs).toISOString(), (toMs - fromMs) / 3_600_000]).toEqual([from, hours]);
  });

  it('is that of the clocks there', () => {
    const atMs = Date.parse('2026-11-25T23:30:00Z');
    expect(['UTC', 'Europe/Vienna', 'America/New_York'].map((zone) => dayName(dayOf(atMs, zone)))).toEqual([
      '2026-11-25',
      '2026-11-26',
      '2026-11-25',
    ]);
    const eight = hourOfDay(dayOf(atMs, 'Europe/Vienna'), 8, 'Europe/Vienna');
    expect(new Date(eight).toISOString()).toBe('2026-11-26T07:00:00.000Z');
  });
});
