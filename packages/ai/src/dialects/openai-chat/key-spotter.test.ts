import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeySpotter } from './key-spotter.ts';

const KEYS = ['usage', 'error', 'finish_reason'] as const;
const spotter = new KeySpotter(...KEYS);

function spot(text: string, around = ''): string[] {
  const front = Buffer.from(around);
  const bytes = Buffer.from(around + text + around);
  const found = spotter.spot(bytes, front.length, bytes.length - front.length);
  return KEYS.filter((_, i) => (found >> i) % 2 === 1);
}

describe('KeySpotter', () => {
  const cases: Readonly<Record<string, readonly [string, readonly string[]]>> = {
    'finds nothing in nothing': ['', []],
    'finds a key with a value': ['{"usage":{"a":1}}', ['usage']],
    'finds a key with spaces around the colon': ['{"usage" :\n {}}', ['usage']],
    'finds several keys': [
      '{"usage":{},"choices":[{"finish_reason":"stop"}],"error":1}',
      ['usage', 'error', 'finish_reason'],
    ],
    'finds keys that follow each other closely': ['"usage""error""usage"', ['usage', 'error']],
    'finds a key at the very start': ['"usage":1', ['usage']],
    'finds a key at the very end': ['x"error"', ['error']],
    'leaves keys with null out': ['{"usage":null,"finish_reason": null,"error" : null}', []],
    'finds a key that is null once and set once': ['{"usage":null,"x":{"usage":{}}}', ['usage']],
    'leaves a longer key with the same end out': ['{"x_usage":1,"stop_reason":"a","last_error":2}', []],
    'leaves a longer key with the same start out': ['{"usages":1,"errors":2,"usage_":3}', []],
    'leaves a key inside an escaped text out': [String.raw`{"content":"{\"usage\":{\"a\":1},\"error\":1}"}`, []],
    'takes a value of the same name for a possible key': ['{"object":"error"}', ['error']],
    'is not misled by many quotes': ['{"":"","":"","usage":1,"":""}', ['usage']],
  };
  for (const [name, [text, expected]] of Object.entries(cases)) {
    it(name, () => expect(spot(text)).toEqual(expected));
  }

  it('looks only inside its range', () => {
    expect(spot('{"a":1}', '"usage":1')).toEqual([]);
    const bytes = Buffer.from('"usage":1');
    expect(spotter.spot(bytes, 1, bytes.length)).toBe(0);
    expect(spotter.spot(bytes, 0, 6)).toBe(0);
    expect(spotter.spot(bytes, 0, 7)).toBe(1);
    expect(spotter.spot(Buffer.from('"usage":null'), 0, 7)).toBe(1);
    expect(spotter.spot(Buffer.from('"usage":null'), 0, 8)).toBe(1);
  });

  it('never misses a key that a parser finds with a value', () => {
    const key = fc.constantFrom(...KEYS, 'choices', 'delta', 'reason', 'usag', '"');
    const value = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, 1, 'usage', 'x"usage"', '', '\\'),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
      ),
    })).tree;
    fc.assert(
      fc.property(value, fc.constantFrom(0, 1, '\t'), (tree, space) => {
        const found = spot(JSON.stringify(tree, undefined, space));
        const real: string[] = [];
        JSON.stringify(tree, (name, member: unknown) => {
          if (member !== null) real.push(name);
          return member;
        });
        expect(found).toEqual(expect.arrayContaining(KEYS.filter((name) => real.includes(name))));
      }),
      { numRuns: 3000 },
    );
  });
});
