import { describe, expect, it } from 'vitest';
import { asCount, asFields, asList, asText, listFields, parseJson } from './loose-json.ts';

const STRANGERS = [undefined, null, true, 0, 7, -1, 1.5, Number.NaN, '', 'a', [], ['a'], {}, { a: 1 }] as const;

/** Which of the strangers a reader takes. */
function taken(read: (value: unknown) => unknown): unknown[] {
  return STRANGERS.filter((value) => read(value) !== undefined);
}

describe('readers of loose JSON take', () => {
  it('objects only for fields', () => expect(taken(asFields)).toEqual([{}, { a: 1 }]));
  it('arrays only for lists', () => expect(taken(asList)).toEqual([[], ['a']]));
  it('strings that say something for text', () => expect(taken(asText)).toEqual(['a']));
  it('whole numbers from zero for counts', () => expect(taken(asCount)).toEqual([0, 7]));
});

describe('listFields', () => {
  it('keeps the objects of a list', () =>
    expect(listFields([1, { a: 1 }, null, [], { b: 2 }])).toEqual([{ a: 1 }, { b: 2 }]));
  it('is empty for everything else', () => expect(listFields({ 0: {} })).toEqual([]));
});

describe('parseJson', () => {
  it('reads JSON', () => expect(parseJson('{"a":[1]}')).toEqual({ a: [1] }));
  it('answers undefined to everything else', () => {
    for (const text of ['', '{', '<html>', 'undefined', "{'a':1}"]) expect(parseJson(text)).toBeUndefined();
  });
});
