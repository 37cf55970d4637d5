import { describe, expect, it } from 'vitest';
import { deepFreeze } from './deep-freeze.ts';

describe('deepFreeze', () => {
  it('freezes maps and lists to their leaves', () => {
    const value = deepFreeze({ a: [{ b: 1 }], c: { d: {} } });
    expect([value, value.a, value.a[0], value.c, value.c.d].every((part) => Object.isFrozen(part))).toBe(true);
  });

  it('leaves plain values as they are', () => {
    expect([1, 'x', null, undefined, true].map((value) => deepFreeze(value))).toEqual([1, 'x', null, undefined, true]);
  });

  it('comes to an end in a circle', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(Object.isFrozen(deepFreeze(circle))).toBe(true);
  });
});
