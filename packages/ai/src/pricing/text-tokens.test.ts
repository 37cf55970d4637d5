import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TEXT_SAMPLES } from './__fixtures__/text-samples.ts';
import { TextMeter, textTokens } from './text-tokens.ts';

/** Scripts that older tokenizers spell letter by letter, and newer ones read in syllables. */
const SPELT = /^(?:vietnamese|russian|greek|arabic|hebrew|hindi|bengali|tamil|thai|chinese|japanese|georgian|korean)$/;
const anyUnit = fc.nat(0xff_ff).map((code) => String.fromCharCode(code));

describe('textTokens', () => {
  it.each(TEXT_SAMPLES)('leans upwards on $name', ({ name, text, o200k, cl100k, llama3 }) => {
    const tokens = textTokens(text);
    const [least, most] = [Math.min(o200k, cl100k, llama3), Math.max(o200k, cl100k, llama3)];
    expect(tokens / most).toBeGreaterThan(0.8);
    expect(tokens / least).toBeLessThan(SPELT.test(name) ? 7 : 1.65);
  });

  it('counts nothing of nothing, and something of everything else', () => {
    expect(textTokens('')).toBe(0);
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: anyUnit }), (text) => {
        const tokens = textTokens(`a${text}`);
        expect(tokens).toBeGreaterThan(0);
        expect(tokens).toBeLessThanOrEqual(3 * text.length + 1);
      }),
    );
  });

  it('does not take a long run for nothing', () => {
    expect(textTokens('x'.repeat(4000))).toBeGreaterThan(500);
    expect(textTokens(' '.repeat(2000))).toBeGreaterThan(20);
    expect(textTokens('\n'.repeat(2000))).toBeGreaterThan(20);
    expect(textTokens('\ud800'.repeat(100))).toBeGreaterThan(99);
  });

  it('takes a megabyte in a moment', () => {
    const text = 'The gate stands between the people who call a model. Это шлюз. 网关 { "a": 12 }\n'.repeat(12_000);
    let best = 0;
    for (let round = 0; round < 5; round++) {
      const startMs = performance.now();
      textTokens(text);
      best = Math.max(best, text.length / (performance.now() - startMs));
    }
    expect(best).toBeGreaterThan(10_000); // characters a millisecond; 200 000 where nothing else runs
  });
});

describe('TextMeter', () => {
  it('counts the same wherever a text is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: anyUnit }), fc.constantFrom('word', ' ', '12', 'Ü'))),
        (pieces) => {
          const meter = new TextMeter();
          for (const piece of pieces) meter.add(piece);
          expect(meter.tokens).toBe(textTokens(pieces.join('')));
        },
      ),
    );
  });

  it('adds what is counted in another way', () => {
    const meter = new TextMeter();
    meter.addTokens(1.5);
    meter.add('a b');
    expect(meter.tokens).toBe(4);
  });
});
