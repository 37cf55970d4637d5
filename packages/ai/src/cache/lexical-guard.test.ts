import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIFFERENT, SAME } from './__fixtures__/questions.ts';
import { readWording, saysTheSame } from './lexical-guard.ts';

function same(a: string, b: string): boolean {
  return saysTheSame(readWording(a), readWording(b));
}

describe('saysTheSame', () => {
  it.each(DIFFERENT)('tells %j from %j', (a, b) => {
    expect([same(a, b), same(b, a)]).toEqual([false, false]);
  });

  it.each(SAME)('takes %j for %j', (a, b) => {
    expect([same(a, b), same(b, a)]).toEqual([true, true]);
  });

  it('takes any text for itself, and knows no sides', () => {
    const words = fc.constantFrom(
      'Paris',
      'not',
      '5',
      '"x"',
      'is',
      'the',
      "isn't",
      '東京',
      'ß',
      '\ud800',
      '`',
      "'",
      '.',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(same(a, a)).toBe(true);
        expect(same(a, b)).toBe(same(b, a));
      }),
    );
  });

  it('tells apart what the same question is asked about, in whatever words it is asked', () => {
    const frames = [
      (what: string) => `How many people live in ${what}?`,
      (what: string) => `I would like to know the population of ${what}`,
      (what: string) => `Please look up the number of inhabitants: ${what}`,
      (what: string) => `${what} - its population?`,
    ];
    const frame = fc.constantFrom(...frames);
    const name = fc.constantFrom('France', 'New York', 'Saint-Denis', 'USA', "Xi'an", 'iLand', 'Österreich', 'Oslo');
    const subject = fc.oneof(
      name,
      fc.nat().map(String),
      fc.stringMatching(/^[a-z]{1,9}$/).map((word) => `"${word}"`),
    );
    fc.assert(
      fc.property(frame, frame, subject, subject, (a, b, x, y) => {
        fc.pre(x !== y);
        expect(same(a(x), b(y))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['How do I type the € sign on a Mac?', 'How do I type the £ sign on a Mac?'],
    ['What does the emoji 😀 mean?', 'What does the emoji 😡 mean?'],
    ['What does the symbol ∑ stand for?', 'What does the symbol ∏ stand for?'],
    ['How do I write [] in a regular expression?', 'How do I write {} in a regular expression?'],
    ['What does the operator ?? do in JavaScript?', 'What does the operator ?. do in JavaScript?'],
    ['How do I find the @ key on a keyboard?', 'How do I find the % key on a keyboard?'],
  ])('tells %j from %j, which have the same words', (a, b) => {
    expect([same(a, b), same(b, a), same(a, a)]).toEqual([false, false, true]);
  });

  it('is not slow on texts that were made to be', () => {
    const long = ['"', "'", '`', '«', '1.', 'A', "a'", '- ', '東', '1-', '€', '?', ' ?'].map((part) =>
      part.repeat(2000 / part.length),
    );
    const started = performance.now();
    for (const text of long) readWording(text);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
