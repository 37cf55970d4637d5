import { describe, expect, it } from 'vitest';
import { Recent } from './recent.ts';

describe('Recent', () => {
  it('keeps what is asked for, however many strangers come by', () => {
    const recent = new Recent<number>(10);
    recent.set('mine', 1);
    for (let at = 0; at < 10_000; at++) {
      recent.set(`name${at}`, at);
      if (at % 5 === 0) expect(recent.get('mine')).toBe(1);
      expect(recent.size).toBeLessThanOrEqual(21);
    }
  });

  it('forgets what nobody asks for', () => {
    const recent = new Recent<number>(10);
    recent.set('old', 1);
    for (let at = 0; at < 30; at++) recent.set(`name${at}`, at);
    expect(recent.get('old')).toBeUndefined();
  });

  it('tells names apart that are no text', () => {
    const recent = new Recent<number>(10);
    for (const [at, name] of ['', '\0', '\ud800', '\udfff', '__proto__', 'é'].entries()) recent.set(name, at);
    expect(['', '\0', '\ud800', '\udfff', '__proto__', 'é'].map((name) => recent.get(name))).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
  });
});
