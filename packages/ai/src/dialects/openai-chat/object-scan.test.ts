import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ObjectScan } from './object-scan.ts';

function isWhole(...fragments: readonly string[]): boolean {
  const scan = new ObjectScan();
  for (const fragment of fragments) scan.push(fragment);
  return scan.whole;
}

describe('ObjectScan', () => {
  it.each(['{}', ' {"a":"}"} \n', '{"a":"\\"}","b":[{}]}'])('knows %s for whole', (text) => {
    expect(isWhole(text)).toBe(true);
    expect(isWhole(...Array.from(text))).toBe(true);
  });

  it.each(['', ' ', '{', '{"a":"}', '{"a":[}', '[]', '"{}"', '7', '{}{}', '{} x', '}'])(
    'knows %j for not whole',
    (text) => {
      expect(isWhole(text)).toBe(false);
    },
  );

  it('knows every object for whole at its end, and not before', () => {
    const objects = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(objects, (object) => {
        const text = JSON.stringify(object);
        const scan = new ObjectScan();
        for (const [at, character] of Array.from(text).entries()) {
          scan.push(character);
          expect(scan.whole).toBe(at === Array.from(text).length - 1);
        }
      }),
    );
  });
});
