import { slot } from '@gatehouse/kernel';

/** What a scan of a text sees in a character; anything that is not named here ends words and means nothing. */
export const OTHER = 0;
export const LETTER = 1;
export const DIGIT = 2;
/** `_`: joins words into names. */
export const JOINER = 3;
/** Where a match may begin or be found: `@ + ( - : = [ " \` */
export const MARK = 4;

/** Of every UTF-16 unit: a text is one look at this table for each of its characters. */
export const CLASSES = classTable();

/** `code` may be NaN, as it is behind the end of a text. */
export function classOf(code: number): number {
  return code >= 0 ? slot(CLASSES, code) : OTHER;
}

function classTable(): Uint8Array {
  const table = new Uint8Array(0x10000);
  for (let code = 0x61; code <= 0x7a; code++) table[code] = table[code - 0x20] = LETTER;
  for (let code = 0x30; code <= 0x39; code++) table[code] = DIGIT;
  table[0x5f] = JOINER;
  for (const mark of '@+(-:=["\\') table[mark.charCodeAt(0)] = MARK;
  // The colon of Chinese and Japanese.
  table[0xff1a] = MARK;
  // Of scripts that write spaces between words; in the others a number may stand right behind a letter.
  for (let code = 0xc0; code <= 0x52f; code++) if (code !== 0xd7 && code !== 0xf7) table[code] = LETTER;
  return table;
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function isUpper(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}

export function isAsciiLetter(code: number): boolean {
  return isUpper(code & ~0x20);
}

/** Letters, digits and `_`: two of them in a row belong to one word. */
export function isWord(code: number): boolean {
  const found = classOf(code);
  return found >= LETTER && found <= JOINER;
}

/** How many characters behind a backslash belong to it, as JSON has it: `\n`, `\u00e9`. */
export function escapeLength(text: string, at: number): number {
  const letter = text.charAt(at);
  if (letter === 'u') return /^[0-9a-fA-F]{4}$/.test(text.slice(at + 1, at + 5)) ? 5 : 0;
  return letter !== '' && 'nrtbf'.includes(letter) ? 1 : 0;
}

/** Whether what stands in front of a place would go on there as a word; an escape does not. */
export function isWordBefore(text: string, at: number): boolean {
  if (at === 0 || !isWord(text.charCodeAt(at - 1))) return false;
  if (text.charCodeAt(at - 2) === BACKSLASH) return escapeLength(text, at - 1) !== 1;
  return text.charCodeAt(at - 6) !== BACKSLASH || escapeLength(text, at - 5) !== 5;
}

const BACKSLASH = 0x5c;

/** Blanks inside printed numbers: plain, unbreakable and thin ones, but no line ends. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0xa0 || code === 0x202f || code === 0x3000 || (code >= 0x2000 && code <= 0x200a);
}

export function isDash(code: number): boolean {
  return code === 0x2d || (code >= 0x2010 && code <= 0x2015) || code === 0x2212;
}

/** A set of ASCII characters. */
export class CharSet {
  readonly #has = new Uint8Array(128);

  constructor(chars: string) {
    for (const char of chars) this.#has[char.charCodeAt(0)] = 1;
  }

  has(code: number): boolean {
    return code < 128 && slot(this.#has, code) === 1;
  }
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
export const ALPHANUMERIC = new CharSet(LOWER + LOWER.toUpperCase() + DIGITS);
/** Base64 for addresses (RFC 4648 §5), which most keys are written in. */
export const URL_SAFE = new CharSet(`${LOWER}${LOWER.toUpperCase()}${DIGITS}-_`);
export const HEXADECIMAL = new CharSet(`${DIGITS}abcdefABCDEF`);
export const UPPER_ALPHANUMERIC = new CharSet(LOWER.toUpperCase() + DIGITS);
