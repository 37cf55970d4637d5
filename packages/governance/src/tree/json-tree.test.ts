import { describe, expect, it } from 'vitest';
import { followed } from './followed.ts';
import { below, mapOf, memberOf, pointed, shown, treeProblem } from './json-tree.ts';

describe('a JSON Pointer', () => {
  const root = { 'a/b': { 'c~d': [{ e: 1 }] }, 'x y': 2, ['__proto__']: 3 };

  it.each<[string, unknown]>([
    ['', root],
    ['/a~1b/c~0d/0/e', 1],
    ['/x%20y', 2],
    ['/x y', 2],
    ['/%zz', undefined],
    ['/__proto__', 3],
    ['/constructor', undefined],
    ['/a~1b/c~0d/length/x', undefined],
  ])('%j leads to what stands there', (pointer, expected) => expect(pointed(root, pointer)).toEqual(expected));

  it('is written as it is read', () => {
    const pointer = below(below(below('', 'a/b'), 'c~d'), 0);
    expect([pointer, pointed(root, pointer)]).toEqual(['/a~1b/c~0d/0', { e: 1 }]);
  });
});

describe('a reference', () => {
  const root = {
    a: { $ref: '#/b' },
    b: { $ref: '#/c' },
    c: { d: 1 },
    loop: { $ref: '#/loop' },
    far: { $ref: 'x.yaml' },
    text: 5,
  };

  it.each<[string, unknown]>([
    ['a', { d: 1 }],
    ['c', { d: 1 }],
    ['loop', undefined],
    ['far', undefined],
    ['text', undefined],
    ['none', undefined],
  ])('%s is followed, as far as it leads', (name, expected) =>
    expect(followed(root, memberOf(root, name))).toEqual(expected),
  );
});

describe('a tree', () => {
  const bounds = { partsMax: 100, depthMax: 10 };
  const nested = (levels: number): unknown => {
    let value: unknown = 1;
    for (let i = 0; i < levels; i++) value = { a: value };
    return value;
  };
  const shared = (levels: number): unknown => {
    let value: unknown = [1];
    for (let i = 0; i < levels; i++) value = [value, value];
    return value;
  };
  const circle: unknown[] = [];
  circle.push(circle);

  it.each<[string, unknown, string | undefined]>([
    ['that is small', { a: [1, 'b', null] }, undefined],
    ['that is a text', 'a', undefined],
    ['of as many levels as may be', nested(10), undefined],
    ['of one more', nested(11), 'is nested more than 10 levels deep'],
    ['of a hundred thousand', nested(100_000), 'is nested more than 10 levels deep'],
    ['of many parts', Array.from({ length: 100 }, () => 1), 'has more than 100 parts'],
    ['that shares its parts', shared(9), 'has more than 100 parts'],
    ['that holds itself', circle, 'is nested more than 10 levels deep'],
  ])('%s is told', (_, value, expected) => expect(treeProblem(value, bounds)).toBe(expected));

  it.each<[unknown, string]>([
    ['a', '"a"'],
    ['x'.repeat(50), `"${'x'.repeat(40)}…"`],
    [1.5, '1.5'],
    [null, 'null'],
    [nested(50_000), 'a map'],
    [circle, 'a list'],
  ])('is shown in a few words (%#)', (value, expected) => expect(shown(value)).toBe(expected));

  it.each<[unknown, boolean]>([
    [{}, true],
    [[], false],
    [null, false],
    ['', false],
  ])('is a map or none: %j', (value, is) => {
    expect(mapOf(value) !== undefined).toBe(is);
  });
});
