import fc from 'fast-check';
import { Check } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { hashKey, hashKeyText } from './hash-key.ts';

const schema = hashKeyText({ description: '', default: 'ip' });

describe('what is hashed', () => {
  it.each(['', 'IP', 'header', 'header:', 'header:a b', 'cookie:a;b', 'ip:x', 'body', ' ip', 'header:ü'])(
    'is not %j',
    (text) => expect(Check(schema, text)).toBe(false),
  );

  it('is what can be read, and nothing that cannot', () => {
    const near = fc.tuple(
      fc.constantFrom('ip', 'path', 'header', 'cookie', 'query', 'x'),
      fc.constantFrom('', ':'),
      fc.string(),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          near.map((parts) => parts.join('')),
        ),
        (text) => {
          if (!Check(schema, text)) return;
          const { by, name } = hashKey(text);
          expect(text.toLowerCase()).toBe(name === '' ? by : `${by}:${name.toLowerCase()}`);
        },
      ),
    );
  });
});
