import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replayed } from './__fixtures__/replay.ts';
import { canonicalJson } from './canonical-json.ts';
import { jsonPatch } from './json-patch.ts';

const operations: Readonly<Record<string, readonly [before: unknown, after: unknown, patch: readonly object[]]>> = {
  'says nothing of what stays': [{ a: [1, { b: null }] }, { a: [1, { b: null }] }, []],
  'replaces what is another': [{ a: 1 }, { a: '1' }, [{ op: 'replace', path: '/a', value: '1' }]],
  'adds and removes members': [
    { a: 1 },
    { b: 2 },
    [
      { op: 'remove', path: '/a' },
      { op: 'add', path: '/b', value: 2 },
    ],
  ],
  'escapes names': [{ 'a/b~c': 1 }, {}, [{ op: 'remove', path: '/a~1b~0c' }]],
  'goes into what is inside': [
    { a: { b: [{ c: 1 }] } },
    { a: { b: [{ c: 2 }] } },
    [{ op: 'replace', path: '/a/b/0/c', value: 2 }],
  ],
  'adds in the middle of a list': [[1, 2, 3], [1, 9, 2, 3], [{ op: 'add', path: '/1', value: 9 }]],
  'removes from the middle of a list, the last first': [
    [1, 2, 3, 4],
    [1, 4],
    [
      { op: 'remove', path: '/2' },
      { op: 'remove', path: '/1' },
    ],
  ],
  'replaces a list by an object as a whole': [{ a: [] }, { a: {} }, [{ op: 'replace', path: '/a', value: {} }]],
  'replaces null by an object as a whole': [{ a: null }, { a: {} }, [{ op: 'replace', path: '/a', value: {} }]],
  'replaces all of a text': ['a', 'b', [{ op: 'replace', path: '', value: 'b' }]],
  'takes __proto__ for a name': [
    JSON.parse('{"__proto__":{"a":1}}'),
    JSON.parse('{"__proto__":{"a":2},"constructor":1}'),
    [
      { op: 'replace', path: '/__proto__/a', value: 2 },
      { op: 'add', path: '/constructor', value: 1 },
    ],
  ],
};

describe('a JSON Patch', () => {
  for (const [name, [before, after, patch]] of Object.entries(operations)) {
    it(name, () => expect(jsonPatch(before, after)).toEqual(patch));
  }

  const small = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.constantFrom(null, true, 0, 1, 'a', ''),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(fc.constantFrom('a', 'b', '', '~', '/', '0', '__proto__', 'constructor'), tie('value'), {
        maxKeys: 5,
      }),
    ),
  })).value;

  it('leads from what was to what is, whatever they are', () => {
    fc.assert(
      fc.property(fc.oneof(small, fc.jsonValue()), fc.oneof(small, fc.jsonValue()), (before, after) => {
        const result = replayed(before, { patch: jsonPatch(before, after) });
        expect(canonicalJson(result)).toBe(canonicalJson(after));
      }),
      { numRuns: 2000 },
    );
  });

  it('is as short as what has changed in a list of a thousand', () => {
    const before = Array.from({ length: 1000 }, (_, index) => ({ id: index, name: `n${index}` }));
    expect(jsonPatch(before, before.toSpliced(500, 1))).toEqual([{ op: 'remove', path: '/500' }]);
    expect(jsonPatch(before, before.with(3, { id: 3, name: 'x' }))).toHaveLength(1);
  });

  it('replaces what differs 5,000 levels below as a whole, in time that is linear', () => {
    const nested = (inner: unknown): unknown => {
      let value = inner;
      for (let depth = 0; depth < 5000; depth++) value = depth % 2 === 0 ? { a: value } : [value];
      return value;
    };
    const [operation, ...more] = jsonPatch(nested(1), nested(2));
    expect([operation?.path.split('/').length, more]).toEqual([33, []]);
  });
});
