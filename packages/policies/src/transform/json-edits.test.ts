import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonEdits, type EditSpec } from './json-edits.ts';
import { pointerOf } from '../json-pointer.ts';
import { parseKeeping } from '../json-text.ts';

const NONE: EditSpec = { remove: [], rename: {}, set: {} };

function edited(text: string, spec: Partial<EditSpec>): string {
  return JSON.stringify(new JsonEdits({ ...NONE, ...spec }).apply(parseKeeping(text), (written) => written));
}

describe('edits', () => {
  it.each<[string, string, Partial<EditSpec>, string]>([
    ['remove a member', '{"a":1,"b":2}', { remove: ['/a'] }, '{"b":2}'],
    ['remove what is not there', '{"a":1}', { remove: ['/b/c', '/a/b', '/0'] }, '{"a":1}'],
    ['remove an item', '[1,2,3]', { remove: ['/1'] }, '[1,3]'],
    [
      'remove something of all items',
      '{"l":[{"a":1,"b":2},{"a":3},4]}',
      { remove: ['/l/*/a'] },
      '{"l":[{"b":2},{},4]}',
    ],
    ['remove all items', '{"l":[1,2,3]}', { remove: ['/l/*'] }, '{"l":[]}'],
    ['remove everything', '{"a":1}', { remove: [''] }, 'null'],
    ['rename', '{"a":{"b":1},"c":2}', { rename: { '/a/b': '/d/e' } }, '{"a":{},"c":2,"d":{"e":1}}'],
    ['rename over another', '{"a":1,"b":2}', { rename: { '/a': '/b' } }, '{"b":1}'],
    ['rename what is not there', '{"a":1}', { rename: { '/x': '/y' } }, '{"a":1}'],
    ['rename into itself', '{"a":{"x":1}}', { rename: { '/a': '/a/b' } }, '{"a":{"b":{"x":1}}}'],
    ['set', '{"a":1}', { set: { '/b/c': [1], '/a': null } }, '{"a":null,"b":{"c":[1]}}'],
    [
      'set over what stands in the way',
      '{"a":"text","l":[1]}',
      { set: { '/a/b': 1, '/l/x': 2 } },
      '{"a":{"b":1},"l":{"x":2}}',
    ],
    ['set an item', '{"l":[1,2]}', { set: { '/l/0': 9, '/l/-': 3 } }, '{"l":[9,2,3]}'],
    ['set no item far behind the last', '{"l":[1]}', { set: { '/l/7': 2 } }, '{"l":{"7":2}}'],
    ['set something of all items', '{"l":[{},{"a":1}]}', { set: { '/l/*/a': 0 } }, '{"l":[{"a":0},{"a":0}]}'],
    ['set something of no items', '{"l":7}', { set: { '/l/*/a': 0, '/m/*': 1 } }, '{"l":7}'],
    ['set the whole', '7', { set: { '': { a: 1 } } }, '{"a":1}'],
    [
      'keep only',
      '{"a":1,"b":{"c":2,"d":3},"e":[{"f":1,"g":2}]}',
      { only: ['/a', '/b/c', '/e/*/f'] },
      '{"a":1,"b":{"c":2},"e":[{"f":1}]}',
    ],
    ['keep only items', '[1,2,3]', { only: ['/0', '/2'] }, '[1,3]'],
    ['keep only of a text', '"text"', { only: ['/a'] }, '"text"'],
    ['unwrap', '{"data":{"a":1}}', { unwrap: '/data' }, '{"a":1}'],
    ['unwrap nothing', '{"a":1}', { unwrap: '/data' }, '{"a":1}'],
    ['wrap', '[1]', { wrap: 'data' }, '{"data":[1]}'],
    [
      'do one after the other',
      '{"data":{"a":1,"b":2}}',
      { unwrap: '/data', only: ['/a'], rename: { '/a': '/c' }, set: { '/d': 4 }, wrap: 'w' },
      '{"w":{"c":1,"d":4}}',
    ],
    [
      'take escapes for what they are',
      '{"a/b":1,"m~n":2}',
      { remove: ['/a~1b'], rename: { '/m~0n': '/x' } },
      '{"x":2}',
    ],
    [
      'take names of JavaScript for names',
      '{"__proto__":{"a":1},"constructor":2}',
      { remove: ['/constructor'], rename: { '/__proto__/a': '/__proto__/b' } },
      '{"__proto__":{"b":1}}',
    ],
    [
      'set names of JavaScript',
      '{}',
      { set: { '/__proto__/polluted': true, '/toString': 1 } },
      '{"__proto__":{"polluted":true},"toString":1}',
    ],
  ])('%s', (_name, text, spec, expected) => {
    expect(edited(text, spec)).toBe(expected);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it.each([
    '12345678901234567890',
    '1.10',
    '1e400',
    '-0',
    '1E2',
    '0.0000001',
    '123456789.123456789',
    '1.0',
    '5e-324',
    '100000000000000000000000',
  ])('leave the number %s as it is written', (number) => {
    expect(edited(`{"a":${number},"b":1}`, { remove: ['/b'], rename: { '/a': '/c' } })).toBe(`{"c":${number}}`);
  });

  const key = fc.constantFrom('a', 'b', '0', '1', '__proto__', 'a/b', '~');
  const json = fc.jsonValue({ maxDepth: 4 });
  const pointer = fc
    .array(key, { maxLength: 3 })
    .map((keys) => keys.map((each) => `/${each.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''));

  it('say what a plain model says, whatever the value', () => {
    fc.assert(
      fc.property(
        json,
        fc.array(pointer, { maxLength: 3 }),
        pointer.filter((at) => at !== ''),
        json,
        (value, removed, at, wanted) => {
          const result: unknown = JSON.parse(
            edited(JSON.stringify(value), { remove: removed.filter((each) => each !== ''), set: { [at]: wanted } }),
          );
          // what was set is there, and is what it was set to
          const found = pointerOf(at).reduce<unknown>(
            (inner, each) =>
              typeof inner === 'object' && inner !== null && Object.hasOwn(inner, each)
                ? Object.entries(inner).find(([name]) => name === each)?.[1]
                : undefined,
            result,
          );
          const isHolder = typeof value === 'object' && value !== null;
          if (isHolder) expect(found).toEqual(JSON.parse(JSON.stringify(wanted)));
        },
      ),
    );
  });

  it('that change nothing give every number and text back as they were', () => {
    const number = fc
      .tuple(
        fc.integer(),
        fc.option(fc.nat(), { nil: undefined }),
        fc.option(fc.integer({ min: -400, max: 400 }), { nil: undefined }),
      )
      .map(
        ([whole, part, power]) =>
          `${whole}${part === undefined ? '' : `.${part}`}${power === undefined ? '' : `e${power}`}`,
      );
    fc.assert(
      fc.property(fc.array(number, { maxLength: 5 }), fc.string(), (numbers, text) => {
        const body = `{"n":[${numbers.join(',')}],"t":${JSON.stringify(text)}}`;
        expect(edited(body, { set: {} })).toBe(body);
      }),
    );
  });
});
