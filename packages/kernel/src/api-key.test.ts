import { describe, expect, it } from 'vitest';
import { isWellFormedKey, newKey } from './api-key.ts';

describe('issued keys', () => {
  it('have the form that scanners look for', () => expect(newKey()).toMatch(/^gh_[0-9A-Za-z]{22}_[0-9A-Za-z]{6}$/));
  it('pass their own check', () => expect(isWellFormedKey(newKey())).toBe(true));
  it('differ', () => expect(new Set(Array.from({ length: 1000 }, () => newKey())).size).toBe(1000));
  it('fail their check with one character changed', () => {
    const key = newKey(() => 1);
    expect(isWellFormedKey(key)).toBe(true);
    expect(isWellFormedKey(key.replace('1', '2'))).toBe(false);
  });
  it('are made of all 62 characters', () => {
    const seen = new Set(Array.from({ length: 500 }, () => newKey().slice(3, 25).split('')).flat());
    expect(seen.size).toBe(62);
  });
});
