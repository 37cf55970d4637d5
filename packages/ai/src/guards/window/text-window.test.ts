import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INJECTION_TUNING } from '../__fixtures__/labelled-injection.ts';
import { PII_HELD_OUT, PII_TUNING } from '../__fixtures__/labelled-pii.ts';
import { SECRETS_HELD_OUT, SECRETS_TUNING } from '../__fixtures__/labelled-secrets.ts';
import { readLabelled } from '../__fixtures__/read-labelled.ts';
import { pieces } from '../__fixtures__/replies.ts';
import { EntityScan } from '../entities/entity-scan.ts';
import { WordAutomaton } from '../words/word-automaton.ts';
import { patternOf, WordScan } from '../words/word-scan.ts';
import { TextWindow, type WindowParts } from './text-window.ts';

const WORDS = new WordAutomaton(['casino', 'sports betting', 'gambl*', 'é', '赌博'].map((word) => patternOf(word, 0)));

/** Puts the kind and length of what it finds in its place, so that nothing about it can differ unseen. */
function marking(seen: string[] = []): WindowParts {
  return {
    host: {
      found: (kind, text, literal) => {
        seen.push(`${kind} ${text}`);
        return { put: literal ? `"<${kind}>"` : `<${kind} ${text.length}>` };
      },
      word: (_owner, text) => {
        seen.push(`word ${text}`);
        return { put: `<word ${text.length}>` };
      },
    },
    entities: new EntityScan({ pii: true, secrets: true }),
    words: new WordScan(WORDS),
    holdsWords: true,
    onlyLooks: false,
  };
}

function inPieces(text: string, cut: () => number, seen: string[] = []): string {
  const window = new TextWindow(marking(seen));
  return (
    pieces(text, cut)
      .map((piece) => window.push(piece))
      .join('') + window.end()
  );
}

const SAMPLES = [...PII_TUNING, ...PII_HELD_OUT, ...SECRETS_TUNING, ...SECRETS_HELD_OUT].map(
  (marked) => readLabelled(marked).text,
);
const EXTRAS = [
  ...INJECTION_TUNING.attacks,
  'at the casino, CASINOS and gambling; sports-betting, sports  betting, 在线赌博网站 é',
  '{"email":"a@example.com","n":4111111111111111,"t":"{\\"card\\":4111111111111111,\\"m\\":\\"b@example.com\\\\n\\"}"}',
  '  \n ["a\\u0040example.com", "caf\\u00e9 +49 30 901820", "\\ud83d\\ude00 x@example.com"]',
  '😀😀 a@example.com 😀',
];

describe('TextWindow', () => {
  it.each([1, 2, 3, 5, 7, 16, 64])('lets the same text out when it comes in pieces of %i', (length) => {
    for (const text of [...SAMPLES, ...EXTRAS]) {
      const [whole, cut]: [string[], string[]] = [[], []];
      const expected = new TextWindow(marking(whole)).whole(text);
      expect(inPieces(text, () => length, cut)).toBe(expected);
      expect(cut).toEqual(whole);
    }
  });

  it('lets the same text out at every single cut in two', () => {
    for (const text of [...SAMPLES, ...EXTRAS]) {
      const expected = new TextWindow(marking()).whole(text);
      for (let at = 1; at < text.length; at++) {
        const window = new TextWindow(marking());
        expect(window.push(text.slice(0, at)) + window.push(text.slice(at)) + window.end()).toBe(expected);
      }
    }
  });

  const scraps = fc.constantFrom(
    ...SAMPLES,
    ...EXTRAS,
    ...' |@|.|-|+|(|4111 1111 1111 1111|12|password: |eyJ|sk-|\\n|\\u00|"|{|[|:|=|é|https://|a|0049|\n|-----BEGIN |is |casino|gamb|DE89|😀|--token '.split(
      '|',
    ),
  );
  const soup = fc.oneof(
    fc.array(scraps, { maxLength: 8 }).map((parts) => parts.join('')),
    fc
      .array(fc.constantFrom(...Array.from('0123456789 -./()+@abAB_:="\\[]{}\n🙂')), { maxLength: 60 })
      .map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 80 }),
  );

  it('lets the same text out whatever the text and the cuts', () => {
    fc.assert(
      fc.property(soup, fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 }), (text, cuts) => {
        let turn = 0;
        const [whole, cut]: [string[], string[]] = [[], []];
        const expected = new TextWindow(marking(whole)).whole(text);
        expect(inPieces(text, () => cuts[turn++ % cuts.length] ?? 1, cut)).toBe(expected);
        expect(cut).toEqual(whole);
      }),
      { numRuns: 3000 },
    );
  });
});
