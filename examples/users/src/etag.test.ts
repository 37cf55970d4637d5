import { describe, expect, it } from 'vitest';
import { etagOf, ifMatchHolds, ifNoneMatchHolds } from './etag.ts';

describe('etagOf', () => {
  it('is a strong tag', () => expect(etagOf(12)).toBe('"12"'));
});

describe('ifMatchHolds', () => {
  it.each([
    ['*', true],
    ['"1"', true],
    ['"0", "1"', true],
    ['"0","1"', true],
    ['W/"1"', false],
    ['"11"', false],
    ['"0,1"', false],
  ])('of %s for "1" is %s', (header, expected) => expect(ifMatchHolds(header, '"1"')).toBe(expected));
});

describe('ifNoneMatchHolds', () => {
  it.each([
    ['*', false],
    ['"1"', false],
    ['W/"1"', false],
    ['"0", W/"1"', false],
    ['"0", "2"', true],
    ['"W/1"', true],
  ])('of %s for "1" is %s', (header, expected) => expect(ifNoneMatchHolds(header, '"1"')).toBe(expected));
});
