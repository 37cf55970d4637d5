import { slot } from '@gatehouse/kernel';

/**
 * Asks of a JSON text, without parsing it, which of a few keys it may hold with a value other than null.
 *
 * A quote inside a JSON string is always escaped, so `"usage"` in the bytes is a whole string, never a part of one. It
 * may be a value instead of a key, which costs the reader a parse for nothing; a key that is there is never missed
 * unless it is spelt with escapes. All keys are sought in one pass that skips ahead by a table, as Horspool's search
 * does, because several searches one after the other cost as much as the parse that they are to avoid.
 */
export class KeySpotter {
  readonly #keys: readonly Buffer[];
  /** Bytes from the end of the quoted keys that the table knows: the length of the shortest. */
  readonly #window: number;
  /** Byte → how far the window may move when it ends in this byte; 0 for the closing quote. */
  readonly #skip: Uint8Array;
  /** How far it may move behind a closing quote that ended none of the keys. */
  readonly #skipQuote: number;
  /** Last letter → 1 when a key ends in it: most quotes are settled by the byte in front of them. */
  readonly #lastLetters = new Uint8Array(256);

  /** Bit `i` of the answer stands for `keys[i]`. */
  constructor(...keys: readonly string[]) {
    this.#keys = keys.map((key) => Buffer.from(`"${key}"`));
    this.#window = Math.min(...this.#keys.map((key) => key.length));
    this.#skip = new Uint8Array(256).fill(this.#window);
    for (const key of this.#keys) {
      this.#lastLetters[slot(key, key.length - 2)] = 1;
      for (let ahead = this.#window - 1; ahead > 0; ahead--) {
        const byte = slot(key, key.length - 1 - ahead);
        this.#skip[byte] = Math.min(ahead, slot(this.#skip, byte));
      }
    }
    this.#skipQuote = slot(this.#skip, QUOTE);
    this.#skip[QUOTE] = 0;
  }

  spot(bytes: Buffer, start: number, end: number): number {
    const skip = this.#skip;
    const lastLetters = this.#lastLetters;
    let found = 0;
    let at = start + this.#window - 1;
    while (at < end) {
      const ahead = slot(skip, slot(bytes, at));
      if (ahead !== 0) at += ahead;
      else {
        if (slot(lastLetters, slot(bytes, at - 1)) !== 0) found |= this.#match(bytes, { start, end }, at);
        at += this.#skipQuote;
      }
    }
    return found;
  }

  #match(bytes: Buffer, { start, end }: Range, quote: number): number {
    for (let i = 0; i < this.#keys.length; i++) {
      const key = this.#keys[i];
      if (key !== undefined && endsWith(bytes, quote, key) && quote - key.length + 1 >= start) {
        return isNullMember(bytes, quote + 1, end) ? 0 : 1 << i;
      }
    }
    return 0;
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const LETTER_N = 0x6e;

function endsWith(bytes: Buffer, last: number, key: Buffer): boolean {
  for (let back = 1; back < key.length; back++) {
    if (bytes[last - back] !== key[key.length - 1 - back]) return false;
  }
  return true;
}

function isNullMember(bytes: Buffer, behindKey: number, end: number): boolean {
  const colon = spaceEnd(bytes, behindKey, end);
  if (colon >= end || bytes[colon] !== COLON) return false;
  const value = spaceEnd(bytes, colon + 1, end);
  return value < end && bytes[value] === LETTER_N;
}

function spaceEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x09 || bytes[at] === 0x0d)) at++;
  return at;
}
