import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeText } from './safe-text.ts';

describe('safeText', () => {
  const cases: Readonly<Record<string, readonly [string, string]>> = {
    'keeps plain text': ['/v1/users/42?', '/v1/users/42?'],
    'keeps letters of any script and pictures': ['Größe 東京 🏯', 'Größe 東京 🏯'],
    'spells an escape sequence': ['\u001b[31mred', '\\x1b[31mred'],
    'spells a sequence that sets the title': ['\u001b]0;x\u0007', '\\x1b]0;x\\x07'],
    'spells the one-byte form of a sequence': ['\u009b2J', '\\x9b2J'],
    'spells newlines and returns': ['a\r\nb', 'a\\x0d\\x0ab'],
    'spells backspace and DEL': ['a\b\u007f', 'a\\x08\\x7f'],
    'spells NUL': ['\u0000', '\\x00'],
    'spells characters that turn the direction': ['a\u202eb\u2066c', 'a\\u202eb\\u2066c'],
    'spells characters without width': ['a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
    'spells line separators': ['a\u2028b\u2029', 'a\\u2028b\\u2029'],
    'spells half a character': ['a\ud800b', 'a\\ud800b'],
    'spells tags beyond the basic plane': ['\u{e0041}', '\\u{e0041}'],
    'spells private use': ['\ue000', '\\ue000'],
  };
  for (const [name, [input, expected]] of Object.entries(cases)) {
    it(name, () => expect(safeText(input)).toBe(expected));
  }

  it('leaves no control character in anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(safeText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
