import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScimError } from './scim-error.ts';
import { matchesFilter, parseScimFilter } from './scim-filter.ts';

const KNOWN = new Set(['username', 'externalid', 'emails', 'active']);
const ADA = { username: ['ada@example.com'], emails: ['ada@example.com'], externalid: ['A-1'], active: [true] };

describe('a filter', () => {
  it.each([
    ['userName eq "ada@example.com"', true],
    ['USERNAME EQ "ADA@example.com"', true],
    ['userName eq "bob@example.com"', false],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName sw "ada"', true],
    ['emails.value co "@example"', true],
    ['emails co "@elsewhere"', false],
    ['userName sw "ada" and active eq true', true],
    ['userName sw "ada" and active eq false', false],
    ['  externalId   eq  "A-1"  ', true],
    ['userName eq "\\u0061da@example.com"', true],
    ['active co "true"', false],
  ])('%s is %s of Ada', (text, expected) => expect(matchesFilter(parseScimFilter(text, KNOWN), ADA)).toBe(expected));

  it.each([
    [''],
    ['userName'],
    ['userName eq'],
    ['userName eq ada'],
    ['userName ne "x"'],
    ['userName eq "x" or active eq true'],
    ['userName eq "x" and'],
    ['userName eq "x" userName eq "y"'],
    ['not (userName eq "x")'],
    ['password eq "x"'],
    ['__proto__ eq "x"'],
    ['constructor eq "x"'],
    ['userName eq "\\q"'],
    [`userName eq "${'x'.repeat(1000)}"`],
    [Array.from({ length: 22 }, () => 'active eq true').join(' and ')],
  ])('is refused: %s', (text) => {
    expect(() => parseScimFilter(text, KNOWN)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidFilter' }),
    );
  });

  it('of any text is read or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ maxLength: 1100 })), (text) => {
        try {
          expect(parseScimFilter(text, KNOWN).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(ScimError);
        }
      }),
    );
  });
});
