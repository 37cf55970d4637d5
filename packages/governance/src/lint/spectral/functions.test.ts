import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../document/json-value.ts';
import { CORE_FUNCTIONS } from './functions.ts';

/** How many problems a function has with a value. */
function problems(name: string, value: unknown, options: JsonObject = {}): number {
  const run = CORE_FUNCTIONS[name];
  if (run === undefined) throw new Error(`there is no ${name}`);
  return run({ value, path: [] }, options, {}).length;
}

type Row = readonly [value: unknown, count: number, options?: JsonObject];
const SLASHED = { type: 'kebab', separator: { char: '/', allowLeading: true } };

describe.each<[string, readonly Row[]]>([
  [
    'truthy',
    [
      [1, 0],
      ['a', 0],
      [{}, 0],
      ['', 1],
      [0, 1],
      [null, 1],
      [undefined, 1],
    ],
  ],
  [
    'falsy',
    [
      ['', 0],
      [undefined, 0],
      [false, 0],
      ['a', 1],
      [[], 1],
    ],
  ],
  [
    'defined',
    [
      ['', 0],
      [null, 0],
      [undefined, 1],
    ],
  ],
  [
    'undefined',
    [
      [undefined, 0],
      [null, 1],
      ['', 1],
    ],
  ],
  [
    'pattern',
    [
      ['abc', 0, { match: '^a' }],
      ['Abc', 1, { match: '^a' }],
      ['Abc', 0, { match: '/^a/i' }],
      ['abc', 1, { notMatch: 'b' }],
      [1, 0, { match: '^a' }],
      [undefined, 0, { match: '^a' }],
    ],
  ],
  [
    'casing',
    [
      ...(
        [
          ['flat', 'users2', 'User'],
          ['camel', 'userName', 'UserName'],
          ['camel', 'user', 'user_name'],
          ['pascal', 'UserName', 'userName'],
          ['kebab', 'user-name', 'user_name'],
          ['cobol', 'USER-NAME', 'USER_NAME'],
          ['snake', 'user_name', 'userName'],
          ['macro', 'USER_NAME', 'User_Name'],
        ] as const
      ).flatMap(([type, right, wrong]): readonly Row[] => [
        [right, 0, { type }],
        [wrong, 1, { type }],
      ]),
      ['user2', 1, { type: 'camel', disallowDigits: true }],
      ['user2', 0, { type: 'camel' }],
      ['/user-accounts/list', 0, SLASHED],
      ['/', 0, SLASHED],
      ['/userAccounts', 1, SLASHED],
      ['user-accounts', 0, SLASHED],
      ['', 0, { type: 'camel' }],
    ],
  ],
  [
    'length',
    [
      ['abc', 0, { min: 3, max: 3 }],
      ['abc', 1, { max: 2 }],
      [[1, 2], 1, { min: 3 }],
      [{ a: 1 }, 1, { min: 2 }],
      [5, 1, { max: 4 }],
      [true, 0, { min: 1 }],
    ],
  ],
  [
    'enumeration',
    [
      ['a', 0, { values: ['a'] }],
      ['b', 1, { values: ['a'] }],
      [undefined, 0, { values: [] }],
      [1, 1, { values: ['1'] }],
    ],
  ],
  [
    'alphabetical',
    [
      [['a', 'b'], 0],
      [['b', 'a'], 1],
      [{ a: 1, b: 2 }, 0],
      [{ b: 1, a: 2 }, 1],
      [[{ name: 'b' }, { name: 'a' }], 1, { keyedBy: 'name' }],
      [[1, 2, 10], 0],
      [['a1', 'a10', 'a2'], 1],
      [['a'], 0],
      ['b', 0],
    ],
  ],
  [
    'schema',
    [
      [{ a: 1 }, 0, { schema: { type: 'object', required: ['a'] } }],
      [{}, 1, { schema: { type: 'object', required: ['a'] } }],
      [{ a: 'x', b: 'y' }, 1, { schema: { additionalProperties: { type: 'number' } } }],
      ['x', 1, { schema: false }],
      [undefined, 0, { schema: { type: 'string' } }],
    ],
  ],
  [
    'xor',
    [
      [{ a: 1 }, 0, { properties: ['a', 'b'] }],
      [{ a: 1, b: 1 }, 1, { properties: ['a', 'b'] }],
      [{}, 1, { properties: ['a', 'b'] }],
      ['a', 0, { properties: ['a', 'b'] }],
    ],
  ],
  [
    'or',
    [
      [{ a: 1, b: 1 }, 0, { properties: ['a', 'b'] }],
      [{ c: 1 }, 1, { properties: ['a', 'b'] }],
    ],
  ],
])('%s', (name, rows) => {
  it.each(
    rows.map(
      ([value, count, options]) => [JSON.stringify(value), JSON.stringify(options), count, value, options] as const,
    ),
  )('has of %s with %s so many problems: %i', (_, __, count, value, options) =>
    expect(problems(name, value, options)).toBe(count),
  );
});

it('knows no function that is not its own', () => {
  expect(Object.keys(CORE_FUNCTIONS)).toHaveLength(13);
});
