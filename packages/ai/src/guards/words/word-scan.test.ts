import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldText } from './fold-character.ts';
import { WordAutomaton } from './word-automaton.ts';
import { patternOf, WordScan, type WordHit } from './word-scan.ts';

function hits(text: string, ...words: readonly string[]): readonly string[] {
  const found: WordHit[] = [];
  new WordScan(new WordAutomaton(words.map((word) => patternOf(word, 0)))).scan({ text, final: true }, found);
  return found.map(({ start, end }) => text.slice(start, end));
}

describe('WordScan', () => {
  it.each([
    ['the Casino is open', ['Casino']],
    ['casinos, casinoland, minicasino', []],
    ['CASINO!', ['CASINO']],
    ['ca\u200bsi\u00adno', ['ca\u200bsi\u00adno']],
    ['саsіnо', ['саsіnо']],
    ['ｃａｓｉｎｏ and 𝐜𝐚𝐬𝐢𝐧𝐨', ['ｃａｓｉｎｏ', '𝐜𝐚𝐬𝐢𝐧𝐨']],
    ['cásîño', ['cásîño']],
    ['🅒🅐🅢🅘🅝🅞', ['🅒🅐🅢🅘🅝🅞']],
    ['sports  betting, Sports-Betting, sports\nbetting', ['sports  betting', 'Sports-Betting', 'sports\nbetting']],
    ['gambling gambler gamble', ['gambling', 'gambler', 'gamble']],
    ['在线赌博网站', ['赌博']],
    ['도박은 안 된다', ['도박']],
    ['c++ and c', ['c++']],
  ])('finds in %j %j', (text, expected) => {
    expect(hits(text, 'casino', 'sports betting', 'gambl*', '赌博', '도박', 'c++')).toEqual(expected);
  });

  it('finds phrases that overlap', () => {
    expect(hits('online sports betting', 'online sports', 'sports betting')).toEqual([
      'online sports',
      'sports betting',
    ]);
  });

  it('takes no word for one of a configuration that is empty', () => {
    expect(hits('anything at all', '', ' ', '*')).toEqual([]);
  });

  it('finds what a plain search finds', () => {
    const letter = fc.constantFrom('a', 'b', ' ');
    const word = fc.array(letter, { minLength: 1, maxLength: 4 }).map((all) => all.join(''));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), fc.array(letter, { maxLength: 40 }), (words, all) => {
        const text = all.join('');
        const folded = ` ${text.replaceAll(/ +/g, ' ').trim()} `;
        const wanted = [...new Set(words.map((each) => each.replaceAll(/ +/g, ' ').trim()))].filter(
          (each) => each !== '',
        );
        const found = new Set(hits(text, ...words).map((each) => each.replaceAll(/ +/g, ' ')));
        expect([...found].toSorted()).toEqual(wanted.filter((each) => folded.includes(` ${each} `)).toSorted());
      }),
    );
  });
});

describe('foldText', () => {
  it('takes text of any kind, and folds it once and for all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(foldText(foldText(text))).toBe(foldText(text));
      }),
    );
  });

  it('gives capital and small letters one form', () => {
    for (const text of ['Игнорируй', 'ΊΓΝΟΡΕ', 'Straße', 'ÉCOLE', 'İstanbul']) {
      expect(foldText(text.toLowerCase())).toBe(foldText(text));
    }
  });
});
