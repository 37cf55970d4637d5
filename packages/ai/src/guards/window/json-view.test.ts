import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pieces } from '../__fixtures__/replies.ts';
import { JsonView } from './json-view.ts';
import { FlatJsonView, isFlatJson, spelt } from './text-view.ts';

function viewOf(raw: string, cut: () => number = () => raw.length): JsonView {
  const view = new JsonView();
  for (const piece of pieces(raw, cut)) view.push(piece);
  return view;
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(fc.constantFrom('"', '\\', '\\"', '\\\\', 'u00', 'u0041', 'n', '{', '[', ':', '1', ' ', '\n', '😀', 'a'), {
      maxLength: 30,
    })
    .map((parts) => parts.join('')),
  fc.json({ stringUnit: 'binary' }),
  fc.json().map((inner) => JSON.stringify({ inner, twice: JSON.stringify({ inner }) })),
);
const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });

describe('JsonView', () => {
  it('reads JSON in strings of JSON, and knows how often each place is escaped', () => {
    const raw = JSON.stringify({ a: 'é\n', b: JSON.stringify({ c: 'x\n', d: 1 }) });
    const view = viewOf(raw);
    expect(view.text).toBe('{"a":"é\n","b":"{"c":"x\n","d":1}"}');
    const at = (needle: string): unknown => view.placeAt(view.text.indexOf(needle));
    expect(at('{')).toEqual({ layers: 0, quoted: false });
    expect(at('é')).toEqual({ layers: 1, quoted: true });
    expect(at('x')).toEqual({ layers: 2, quoted: true });
    expect(at('1')).toEqual({ layers: 1, quoted: false });
  });

  it('resolves escapes, and says where each came from', () => {
    const view = viewOf('["a\\u0040b\\/\\ud83d\\ude00"]');
    expect(view.text).toBe('["a@b/😀"]');
    expect(view.raw(2, 5)).toBe('a\\u0040b');
    expect(view.raw(3, 4)).toBe('\\u0040');
    expect(view.raw(6, 8)).toBe('\\ud83d\\ude00');
  });

  it('takes anything, and gives all of it back', () => {
    fc.assert(
      fc.property(anyText, lengths, (raw, cuts) => {
        let turn = 0;
        const view = viewOf(raw, () => cuts[turn++ % cuts.length] ?? 1);
        expect(view.raw(0, view.text.length) + view.rest()).toBe(raw);
        expect(view.text).toBe(viewOf(raw).text);
        const middle = view.text.length >> 1;
        expect(view.raw(0, middle) + view.raw(middle, view.text.length)).toBe(view.raw(0, view.text.length));
      }),
    );
  });

  it('goes on as before when what has been read is dropped', () => {
    fc.assert(
      fc.property(anyText, lengths, (raw, cuts) => {
        let turn = 0;
        const whole = viewOf(raw);
        const view = new JsonView();
        let out = '';
        let dropped = 0;
        for (const piece of pieces(raw, () => cuts[turn++ % cuts.length] ?? 1)) {
          view.push(piece);
          const chars = view.text.length >> 1;
          out += view.raw(0, chars);
          view.drop(chars);
          dropped += chars;
          if (view.text !== '') expect(view.placeAt(0)).toEqual(whole.placeAt(dropped));
        }
        expect(out + view.raw(0, view.text.length) + view.rest()).toBe(raw);
      }),
    );
  });

  it('spells text so that it reads the same where it is put', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(3), (text, layers) => {
        let read = spelt(text, { layers, quoted: true });
        for (let layer = 0; layer < layers; layer++) read = String(JSON.parse(`"${read}"`));
        expect(read).toBe(text);
      }),
    );
  });
});

describe('FlatJsonView', () => {
  it('knows the places of JSON without escapes as well', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: fc.constantFrom('a', '1', ' ', '[', '{', ':') }), (raw) => {
        fc.pre(isFlatJson(raw));
        const flat = new FlatJsonView();
        flat.push(raw);
        const view = viewOf(raw);
        for (let at = 0; at < raw.length; at++) expect(flat.placeAt(at).layers).toBe(view.placeAt(at).quoted ? 1 : 0);
        for (const at of [raw.length - 1, 0, raw.length >> 1]) expect(flat.placeAt(at)).toEqual(flat.placeAt(at));
      }),
    );
  });
});
