import { item } from '@gatehouse/kernel';

const NEEDS_ESCAPE = /[^ !#-[\]-~]/;
const SHORT: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const ESCAPES: readonly string[] = Array.from({ length: 256 }, (_, code) => escapeOf(String.fromCharCode(code)));

/**
 * The inside of a JSON string literal in pure ASCII: control characters and everything beyond ASCII are escaped, lone
 * surrogates too, so that a line is one byte a character and no value can end it. Nearly all values pass the test and
 * are returned as they are.
 */
export function jsonText(value: string): string {
  return NEEDS_ESCAPE.test(value) ? escapeAll(value) : value;
}

/** Built up from one-byte pieces, because a two-byte string would make the whole batch around it two bytes wide. */
function escapeAll(value: string): string {
  let text = '';
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    text += code < 256 ? item(ESCAPES, code) : unicodeEscape(code);
  }
  return text;
}

function escapeOf(char: string): string {
  return NEEDS_ESCAPE.test(char) ? (SHORT[char] ?? unicodeEscape(char.charCodeAt(0))) : char;
}

function unicodeEscape(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
