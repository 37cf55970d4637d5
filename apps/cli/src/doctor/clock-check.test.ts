import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOW_MS, sceneWith, told, type SceneParts } from './__fixtures__/scene.ts';
import { clockVerdicts } from './clock-check.ts';
import { dateIn } from './http-date.ts';
import type { Probed } from './probe-endpoint.ts';

const TARGET = { id: 'http://a:80', tls: false, host: 'a', port: 80, authority: 'a', group: 'upstream a', path: '/' };
const ahead = (aheadMs: number): Probed => ({
  target: TARGET,
  tookMs: 1,
  problem: undefined,
  validUntilMs: undefined,
  clock: { aheadMs, toleranceMs: 510 },
});
const says = (...aheadMs: readonly number[]): SceneParts => ({ probed: async () => aheadMs.map(ahead) });
const DATABASE: SceneParts = {
  options: { control: { host: '127.0.0.1', port: 0, option: '--console' }, database: 'postgres://a@b/c' },
  store: async () => ({
    dialect: 'postgres',
    newer: [],
    pending: [],
    clock: { aheadMs: 90_000, toleranceMs: 2 },
    tookMs: 1,
  }),
};
const NOW = '2026-11-27T12:00:00Z';

describe('the clock', () => {
  it.each<[string, SceneParts, string | RegExp]>([
    ['is plausible where nobody says otherwise', {}, `ok: ${NOW}, which nobody else was asked about`],
    [
      'is wrong before this program was written',
      { options: { nowMs: () => Date.UTC(1970, 0, 1) } },
      /^failed: 1970-01-01T00:00:00Z was before this program was written; let this machine keep time by NTP/,
    ],
    ['is right when another says so', says(300), `ok: ${NOW}, as 1 other clock says, ± 510 ms`],
    ['is right within the tolerance', says(-5400, 5400), `ok: ${NOW}, as 2 other clocks say, ± 510 ms`],
    ['may be wrong when one says so', says(-3_600_000), /^warning: .* is 1 h ahead of 1 other clock .*, or that one$/],
    [
      'is doubtful when several say so',
      says(20_000, 20_500),
      /^warning: .* is 20 s behind 2 other clocks \(± 510 ms\); let this machine/,
    ],
    [
      'is wrong when several say so and tokens would be',
      says(90_000, 91_000, 90_500),
      /^failed: .* is 2 min behind 3 other clocks/,
    ],
    ['is right when one of several is wrong', says(90_000, 20, 30), /^ok: /],
    ['is compared with the database', { ...DATABASE, ...says(90_000) }, /^failed: .* 2 other clocks/],
    [
      'is not compared with it offline',
      { ...DATABASE, options: { ...DATABASE.options, offline: true } },
      /nobody else was asked/,
    ],
    [
      'does without a database that does not answer',
      { ...DATABASE, store: async () => Promise.reject(new Error('no')) },
      /nobody else was asked/,
    ],
  ])('%s', async (_, parts, expected) => {
    const [said] = told(await clockVerdicts(sceneWith(parts)));
    if (typeof expected === 'string') expect(said).toBe(expected);
    else expect(said).toMatch(expected);
  });
});

describe('the Date of a reply', () => {
  const asked = { askedMs: NOW_MS, answeredMs: NOW_MS + 200 };
  const at = (ms: number): string => new Date(ms).toUTCString();

  it.each([
    [
      'says how far it is ahead',
      `HTTP/1.1 200 OK\r\ndate: ${at(NOW_MS + 60_000)}\r\n\r\n`,
      { aheadMs: 60_400, toleranceMs: 600 },
    ],
    [
      'is found in any case',
      `HTTP/1.0 404 x\r\nServer: a\r\nDATE:${at(NOW_MS)} \r\n\r\n`,
      { aheadMs: 400, toleranceMs: 600 },
    ],
    ['is none in a body', `HTTP/1.1 200 OK\r\na: b\r\n\r\ndate: ${at(NOW_MS)}\r\n`, undefined],
    ['is none when it is no date', 'HTTP/1.1 200 OK\r\ndate: now\r\n\r\n', undefined],
    ['is none of what is no reply', `date: ${at(NOW_MS)}\r\n\r\n`, undefined],
    ['is none when nothing came', '', undefined],
  ])('%s', (_, head, expected) => {
    expect(dateIn(head, asked)).toEqual(expected);
  });

  it('is a number or nothing, whatever came', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const found = dateIn(`HTTP/1.1 200 OK\r\ndate: ${text}\r\n\r\n`, asked);
        expect(found === undefined || Number.isFinite(found.aheadMs)).toBe(true);
      }),
    );
  });
});
