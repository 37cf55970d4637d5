import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { bytes, milliseconds } from './parsed-units.ts';
import { checkedText, duration, size } from './schema-parts.ts';
import { TOKEN } from './token.ts';

const about = { description: 'Something.' };

describe('checkedText', () => {
  const even = checkedText((text) => (text.length % 2 === 0 ? undefined : 'is odd, write one more'), about);

  it('lets through what the check finds nothing wrong with', () => {
    expect(Value.Check(even, 'ab')).toBe(true);
  });

  it('says what the check says', () => {
    expect(Value.Errors(even, 'abc').map((error) => error.message)).toEqual(['is odd, write one more']);
  });

  it('is plain JSON Schema to those who cannot check', () => {
    expect(JSON.parse(JSON.stringify(even))).toEqual({ type: 'string', ...about });
  });
});

describe('duration', () => {
  it.each(['1ms', '250ms', '1.5s', '366d'])('accepts %s', (text) => {
    expect(Value.Check(duration(about), text)).toBe(true);
    expect(milliseconds(text)).toBeGreaterThan(0);
  });

  it.each(['', '0s', '0.1ms', '367d', '1', '1 s', '-1s', '1w'])('refuses %j', (text) => {
    expect(Value.Check(duration(about), text)).toBe(false);
  });
});

describe('size', () => {
  it.each(['0B', '64KiB', '10MB', '1.5GiB'])('accepts %s', (text) => {
    expect(Value.Check(size(about), text)).toBe(true);
    expect(bytes(text)).toBeGreaterThanOrEqual(0);
  });

  it.each(['', '10', '10 MB', '10mb', '10TB'])('refuses %j', (text) => {
    expect(Value.Check(size(about), text)).toBe(false);
  });
});

describe('TOKEN', () => {
  it('is an expression in Unicode mode too, as schemas are read', () => {
    const token = new RegExp(`^${TOKEN}$`, 'u');
    for (const text of ['a', 'X-API-Key', "!#$%&'*+-.^_`|~"]) expect(token.test(text)).toBe(true);
    for (const text of ['', 'a b', 'a:b', 'é', 'a\n']) expect(token.test(text)).toBe(false);
  });
});
