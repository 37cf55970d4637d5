import { describe, expect, it } from 'vitest';
import { isRequestId, newRequestId } from './ids.ts';

const NOW = 1_760_000_000_000;

describe('newRequestId', () => {
  it('is 9 characters of time and 18 of randomness', () => {
    expect(newRequestId(NOW)).toMatch(/^[0-9a-v]{9}[0-9a-f]{18}$/);
  });

  it('is one that may be kept when it comes back', () => {
    expect(isRequestId(newRequestId(NOW))).toBe(true);
  });

  it('tells its time', () => {
    expect(Number.parseInt(newRequestId(NOW).slice(0, 9), 32)).toBe(NOW);
    expect(Number.parseInt(newRequestId(NOW + 0.75).slice(0, 9), 32)).toBe(NOW);
  });

  it('sorts by time as a text, from the epoch to the end of dates', () => {
    const times = [0, 1, 31, 32, 1e6, 1e9, NOW - 1, NOW, NOW + 1, NOW + 1000, 4e12, 8.64e15 / 1000];
    const ids = times.map((time) => newRequestId(time));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids.map((id) => id.length))).toEqual(new Set([27]));
  });

  it('takes the time that it is given although clocks go back', () => {
    const late = newRequestId(NOW);
    const early = newRequestId(NOW - 5000);
    expect(early < late).toBe(true);
    expect(newRequestId(NOW).slice(0, 9)).toBe(late.slice(0, 9));
  });

  it('never repeats, also where one supply of randomness ends and the next begins', () => {
    const ids = Array.from({ length: 5000 }, () => newRequestId(NOW));
    expect(new Set(ids).size).toBe(5000);
    expect(new Set(ids.map((id) => id.slice(9))).size).toBe(5000);
  });
});

describe('isRequestId', () => {
  const kept: Readonly<Record<string, string>> = {
    'one character': 'a',
    'a UUID': '6f1b2f0e-54f3-4a3c-9f19-4f6a3b1c2d3e',
    'a trace id': '4bf92f3577b34da6a3ce929d0e0e4736',
    base64: 'aGVsbG8+/w==',
    'a path of names': 'eu-1/gate:7@blue.x_y',
    '128 characters': 'x'.repeat(128),
  };
  for (const [name, id] of Object.entries(kept)) it(`keeps ${name}`, () => expect(isRequestId(id)).toBe(true));

  const refused: Readonly<Record<string, string>> = {
    nothing: '',
    '129 characters': 'x'.repeat(129),
    'a space': 'a b',
    'a line break at the end': 'a\n',
    'a line break inside': 'a\r\nset-cookie: x',
    'a quote': 'a"b',
    'what HTML reads': '<script>',
    'a comma, which lists have': 'a,b',
    'a query': 'a?b=c&d',
    'a percent sign': 'a%20b',
    'a character outside ASCII': 'ä',
    'a NUL': 'a\0',
  };
  for (const [name, id] of Object.entries(refused)) it(`refuses ${name}`, () => expect(isRequestId(id)).toBe(false));
});
