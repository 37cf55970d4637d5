import fc from 'fast-check';
import { Check } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { dnsNameText } from './dns-name.ts';

const schema = dnsNameText({ description: '' });

describe('a name in DNS', () => {
  it.each(['users', 'users.internal', 'Users.Internal.', '_http._tcp.users.internal', 'a-b.c1', 'x'.repeat(63)])(
    'is %j',
    (text) => expect(Check(schema, text)).toBe(true),
  );

  it.each([
    '',
    '.',
    'a..b',
    '-a',
    'a-',
    'a b',
    'a_b',
    '10.0.0.1',
    'fd00::1',
    'a:80',
    'http://a',
    'ü.test',
    'x'.repeat(64),
  ])('is not %j', (text) => expect(Check(schema, text)).toBe(false));

  it('is decided at once, however long the text', () => {
    for (const text of ['a'.repeat(1e6), 'a-'.repeat(1e5), 'a.'.repeat(1e5), `${'_a.'.repeat(80)}!`]) {
      expect(Check(schema, text)).toBe(false);
    }
  });

  it('has labels that DNS has, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'Z', '0', '-', '_', '.', ' ', ':') }), (text) => {
        if (!Check(schema, text)) return;
        for (const label of text.replace(/\.$/, '').split('.')) expect(label).toMatch(/^[\w-]{1,63}$/);
      }),
    );
  });
});
