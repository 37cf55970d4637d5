import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gapItem, gapText, itemOf, lineOf, plainRecord } from '../__fixtures__/records.ts';
import { parseSyslog } from '../__fixtures__/syslog-parser.ts';
import { syslogMessage } from './syslog-message.ts';

const NAMES = { facility: 16, host: 'gate-1', appName: 'gatehouse' };

describe('syslogMessage', () => {
  it('says who, when and what', () => {
    const text = lineOf(plainRecord);
    expect(parseSyslog(syslogMessage(itemOf(plainRecord), text, NAMES))).toEqual({
      facility: 16,
      severity: 6,
      time: '2026-09-21T14:13:20.123Z',
      host: 'gate-1',
      app: 'gatehouse',
      process: '1',
      id: 'call',
      text,
    });
  });

  it.each([
    [200, 6],
    [302, 6],
    [404, 5],
    [429, 5],
    [500, 3],
    [504, 3],
  ])('gives status %d severity %d', (status, severity) => {
    expect(parseSyslog(syslogMessage(itemOf({ ...plainRecord, status }), '{}', NAMES))).toMatchObject({ severity });
  });

  it('warns of a gap', () => {
    expect(parseSyslog(syslogMessage(gapItem, gapText, NAMES))).toMatchObject({
      severity: 4,
      id: 'gap',
      process: '3',
      text: gapText,
    });
  });

  it.each([
    ['spaces and letters beyond ASCII', 'gate \nZoë', 'gateZo'],
    ['nothing', '', '-'],
    ['too much', 'x'.repeat(300), 'x'.repeat(255)],
  ])('is right for a host of %s', (_, host, expected) => {
    expect(parseSyslog(syslogMessage(itemOf(plainRecord), '{}', { ...NAMES, host })).host).toBe(expected);
  });

  it('has no time where a clock was nowhere', () => {
    for (const time of [-1, 1e18]) {
      expect(parseSyslog(syslogMessage(itemOf({ ...plainRecord, time }), '{}', NAMES)).time).toBe('-');
    }
  });

  it('is right for any names', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        fc.nat(23),
        (host, appName, facility) => {
          expect(parseSyslog(syslogMessage(itemOf(plainRecord), '{}', { host, appName, facility })).facility).toBe(
            facility,
          );
        },
      ),
    );
  });
});
