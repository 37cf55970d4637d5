import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countTokens, splitWords, wordsWithin } from './demo-tokens.ts';

describe('countTokens', () => {
  it('counts 1.3 tokens a word, rounded', () => {
    expect(['', ' \n', 'one', 'one two', 'one two three', ' one\n two\tthree  four '].map(countTokens)).toEqual([
      0, 0, 1, 3, 4, 5,
    ]);
  });
});

describe('splitWords', () => {
  it('keeps the space in front of each word', () => {
    expect(splitWords('The gate\nis  open.')).toEqual(['The', ' gate', '\nis', '  open.']);
  });

  it('joins to the text, but for space at its end', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(splitWords(text).join('')).toBe(text.trimEnd());
      }),
    );
  });
});

const tokens = (words: number): number => countTokens('word '.repeat(words));

describe('wordsWithin', () => {
  it('is the most words that stay within so many tokens', () => {
    for (let most = 0; most < 200; most++) {
      expect(tokens(wordsWithin(most))).toBeLessThanOrEqual(most);
      expect(tokens(wordsWithin(most) + 1)).toBeGreaterThan(most);
    }
  });
});
