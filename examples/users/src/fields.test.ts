import { describe, expect, it } from 'vitest';
import { bytes, fields, integer, isFields, optionalText, text } from './fields.ts';

const from = { text: 'a', empty: '', number: 7, fraction: 1.5, none: null, bytes: new Uint8Array([1]) };

describe('reading unknown values', () => {
  it('returns what has the expected type', () => {
    expect(text(from, 'empty')).toBe('');
    expect(optionalText(from, 'text')).toBe('a');
    expect(optionalText(from, 'absent')).toBeUndefined();
    expect(integer(from, 'number')).toBe(7);
    expect(bytes(from, 'bytes')).toEqual(new Uint8Array([1]));
    expect(fields(from)).toBe(from);
  });

  it('throws on what has not, and names it', () => {
    expect(() => text(from, 'number')).toThrow('expected number to be a string');
    expect(() => text(from, 'absent')).toThrow('expected absent to be a string');
    expect(() => optionalText(from, 'none')).toThrow('expected none to be a string');
    expect(() => integer(from, 'fraction')).toThrow('expected fraction to be an integer');
    expect(() => integer(from, 'text')).toThrow('expected text to be an integer');
    expect(() => bytes(from, 'text')).toThrow('expected text to be bytes');
    expect(() => fields([])).toThrow('expected an object');
  });

  it('takes neither lists nor null for objects', () => {
    expect([{}, [], null, 'a', undefined].map(isFields)).toEqual([true, false, false, false, false]);
  });
});
