import { Check } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { textProblem } from '../source/read-scalar.ts';
import { viewOf } from '../source/schema-view.ts';
import { bytes, duration, fraction, milliseconds, share, size, timeout } from './units.ts';

const description = 'A field.';

function refusal(schema: ReturnType<typeof duration>, text: string): string | undefined {
  const problem = textProblem(text, viewOf(schema));
  expect(Check(schema, text)).toBe(problem === undefined);
  return problem;
}

describe('duration', () => {
  for (const [text, expected] of Object.entries({
    '250ms': 250,
    '10s': 10_000,
    '1.5m': 90_000,
    '1h': 3_600_000,
    '366d': 31_622_400_000,
  })) {
    it(`reads ${text}`, () => {
      expect(refusal(duration({ description }), text)).toBeUndefined();
      expect(milliseconds(text)).toBe(expected);
    });
  }

  for (const text of ['', '10', '10 s', '10S', '-1s', '1w', 's', '1e3s', '1,5s', '١s']) {
    it(`refuses ${JSON.stringify(text)} as no duration`, () => {
      expect(refusal(duration({ description }), text)).toMatch(/^is not a duration, write one such as /);
    });
  }

  for (const text of ['0s', '0.1ms', '367d', '99999999999999999d']) {
    it(`refuses ${text} as an impossible one`, () => {
      expect(refusal(duration({ description }), text)).toMatch(/duration/);
    });
  }

  it('agrees with the pattern that editors check by', () => {
    const { pattern } = viewOf(duration({ description }));
    for (const text of ['1ms', '1s', '1m', '1h', '1d', '0.5h']) expect(text).toMatch(new RegExp(pattern ?? ''));
    for (const text of ['1', '1 s', 'ms', '1y']) expect(text).not.toMatch(new RegExp(pattern ?? ''));
  });
});

describe('timeout', () => {
  it('takes up to a day', () => {
    expect(refusal(timeout({ description }), '1d')).toBeUndefined();
    expect(refusal(timeout({ description }), '24h')).toBeUndefined();
  });

  it('refuses what no timer waits for', () => {
    expect(refusal(timeout({ description }), '2d')).toBe('is too long, write a duration of at most 1d');
    expect(refusal(timeout({ description }), 'soon')).toMatch(/^is not a duration/);
  });
});

describe('share', () => {
  for (const [text, expected] of Object.entries({ '0%': 0, '20%': 0.2, '12.5%': 0.125, '100%': 1 })) {
    it(`reads ${text}`, () => {
      expect(refusal(share({ description }), text)).toBeUndefined();
      expect(fraction(text)).toBe(expected);
    });
  }

  for (const text of ['101%', '-1%', '0.2', '20 %', '%', '1e1%', '']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(refusal(share({ description }), text)).toBe('is not a share, write one from 0% to 100%');
    });
  }
});

describe('size', () => {
  for (const [text, expected] of Object.entries({
    '0B': 0,
    '512B': 512,
    '64KiB': 65_536,
    '10MB': 10_000_000,
    '1.5GiB': 1_610_612_736,
  })) {
    it(`reads ${text}`, () => {
      expect(refusal(size({ description }), text)).toBeUndefined();
      expect(bytes(text)).toBe(expected);
    });
  }

  for (const text of ['10', '10mb', '10 MB', '-1B', '99999999999GiB']) {
    it(`refuses ${text}`, () => {
      expect(refusal(size({ description }), text)).toMatch(/^is not a size, write one such as /);
    });
  }
});

describe('milliseconds', () => {
  it('fails as our own fault for a text that no schema let through', () => {
    expect(() => milliseconds('soon')).toThrow('gateway.internal');
  });
});
