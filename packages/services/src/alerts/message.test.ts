import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filledIn, mailOf, slackOf, subjectOf, type AlertMessage } from './message.ts';
import { keyOf } from './reading.ts';

const since = '2026-11-26T12:00:00.000Z';
const message = (given: Partial<AlertMessage> = {}): AlertMessage => ({
  state: 'firing',
  rule: { kind: 'alert', id: 'alert_1', name: 'errors', severity: 'critical' },
  workspace: 'default',
  text: '',
  keys: [{ labels: { application: 'mobile' }, state: 'firing', note: 'errorRate 0.5', since }],
  more: 0,
  ...given,
});

describe('a message', () => {
  it('says in its subject what it is about', () => {
    const two = [...message().keys, ...message().keys];
    expect([
      subjectOf(message()),
      subjectOf(message({ keys: two, more: 3 })),
      subjectOf(message({ state: 'unknown', keys: [] })),
      subjectOf(message({ state: 'resolved', keys: [{ labels: {}, state: 'resolved', note: '', since }] })),
    ]).toEqual([
      '[Firing] errors: application mobile (critical, default)',
      '[Firing] errors: 5 keys (critical, default)',
      '[Unknown] errors (critical, default)',
      '[Resolved] errors: all calls (critical, default)',
    ]);
  });

  it('lists its keys, how many more there are, and what to do', () => {
    const rule = { ...message().rule, runbook: 'https://example.com/x' };
    expect(mailOf(message({ text: 'Look at once.', more: 2, rule })).text).toBe(
      `Look at once.\n\nfiring: application mobile: errorRate 0.5 (since ${since})\nand 2 more\n\nWhat to do: https://example.com/x\n`,
    );
  });

  it('fills in what it knows, and leaves all else as it is', () => {
    const text = filledIn('{count} keys of {rule} ({severity}): {keys} {other} {constructor}', message({ more: 1 }));
    expect(text).toBe('2 keys of errors (critical): application mobile {other} {constructor}');
  });

  it('lets no name write markup of Slack, or a line of its own into a subject', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const keys = [{ labels: { application: name }, state: 'firing', note: name, since } as const];
        expect(slackOf(message({ keys })).text).not.toMatch(/<|>|&(?!amp;|lt;|gt;)/);
        expect(subjectOf(message({ keys }))).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});

it('keys are the same for the same labels, in whatever order, and for no others', () => {
  expect(keyOf({ a: '1', b: '2' })).toBe(keyOf({ b: '2', a: '1' }));
  const labels = fc.dictionary(fc.string(), fc.string(), { maxKeys: 3, noNullPrototype: true });
  fc.assert(
    fc.property(labels, labels, (one, other) => {
      const sorted = (some: object): string =>
        JSON.stringify(Object.entries(some).toSorted(([a], [b]) => (a < b ? -1 : 1)));
      expect(keyOf(one) === keyOf(other)).toBe(sorted(one) === sorted(other));
    }),
  );
});
