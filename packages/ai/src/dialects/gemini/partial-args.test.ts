import { describe, expect, it } from 'vitest';
import type { Json } from '../../canonical/json.ts';
import { PartialArgs } from './partial-args.ts';

function build(...pieces: readonly Json[]): string {
  const args = new PartialArgs(undefined);
  for (const piece of pieces) args.add([piece]);
  return args.toJson();
}

const text = (jsonPath: string, stringValue: string, willContinue = false): Json => ({
  jsonPath,
  stringValue,
  willContinue,
});

describe('arguments in pieces', () => {
  it.each<[string, readonly Json[], string]>([
    ['nothing', [], '{}'],
    ['strings that go on', [text('$.a', 'Hel', true), text('$.a', 'lo', true), text('$.a', '!')], '{"a":"Hello!"}'],
    ['strings that do not', [text('$.a', 'x'), text('$.a', 'y')], '{"a":"y"}'],
    [
      'values of all kinds',
      [
        { jsonPath: '$.n', numberValue: 1.5 },
        { jsonPath: '$.b', boolValue: false },
        { jsonPath: '$.z', nullValue: 'NULL_VALUE' },
        text('$.s', ''),
      ],
      '{"n":1.5,"b":false,"z":null,"s":""}',
    ],
    [
      'lists and objects inside',
      [text('$.a.b[0].c', 'x'), text('$.a.b[1].c', 'y'), { jsonPath: '$.l[0][1]', numberValue: 2 }],
      '{"a":{"b":[{"c":"x"},{"c":"y"}]},"l":[[null,2]]}',
    ],
    ['names in brackets', [text(`$['a.b']["c'\\"d"]`, 'x')], `{"a.b":{"c'\\"d":"x"}}`],
    [
      'names that mean something to JavaScript',
      [text('$.__proto__.x', 'y'), text('$.constructor', 'z')],
      '{"__proto__":{"x":"y"},"constructor":"z"}',
    ],
  ])('are put together: %s', (_, pieces, json) => {
    expect(build(...pieces)).toBe(json);
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
  });

  it('begin with what came whole', () => {
    const args = new PartialArgs({ a: 1 });
    args.add([text('$.b', 'x')]);
    expect(args.toJson()).toBe('{"a":1,"b":"x"}');
  });

  it.each<Json>([
    null,
    5,
    {},
    { jsonPath: 5, stringValue: 'x' },
    { jsonPath: '$', stringValue: 'x' },
    { jsonPath: 'a', stringValue: 'x' },
    { jsonPath: '$.a' },
    text('$..a', 'x'),
    text('$.a[*]', 'x'),
    text('$[0]', 'x'),
    text('$.a[999999999]', 'x'),
    text(`$${'.a'.repeat(1000)}`, 'x'),
    text(`$.${'a'.repeat(10_000)}`, 'x'),
  ])('leave out what names no place: %#', (piece) => {
    expect(build(piece).length).toBeLessThan(20);
  });
});
