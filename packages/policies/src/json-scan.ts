import { isUtf8 } from 'node:buffer';

/** What a text may hold; Infinity for as much as one likes. */
export interface JsonBounds {
  readonly depth: number;
  readonly keys: number;
  readonly arrayItems: number;
  readonly stringLength: number;
  readonly nameLength: number;
  readonly digits: number;
  readonly duplicateKeys: boolean;
}

export interface JsonProblem {
  /** Says nothing of the content. */
  readonly what: string;
  /** Byte at which it was found. */
  readonly at: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const LETTER_U = 0x75;
/** `"`, `\`, `/`, `b`, `f`, `n`, `r`, `t` behind a backslash. */
const ESCAPES: ReadonlySet<number> = new Set([0x22, 0x5c, 0x2f, 0x62, 0x66, 0x6e, 0x72, 0x74]);
/** 1 for bytes of a string that mean themselves. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);
const LITERALS = ['true', 'false', 'null'].map((text) => Buffer.from(text));

/**
 * Reads bytes as JSON in one pass, by RFC 8259 to the letter, and stops at the first thing that is wrong or too much.
 * Nothing is built of them but the names of objects that are open, and depth costs no stack. One after the other: it is
 * made once and used for many texts.
 */
export class JsonScan {
  readonly #bounds: JsonBounds;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #problem: JsonProblem | undefined;
  #depth = 0;
  /** A value has been read to its end, or its container stands open and empty; else one has to follow. */
  #whole = false;
  /** Of each container that is open: the byte that closes it, how many it holds, and its names. */
  readonly #closers: number[] = [];
  readonly #counts: number[] = [];
  readonly #names: Set<string>[] = [];

  constructor(bounds: JsonBounds) {
    this.#bounds = bounds;
  }

  scan(bytes: Buffer): JsonProblem | undefined {
    // RFC 8259 §8.1: UTF-8 without a byte order mark, which is no white space either and so is refused below.
    if (!isUtf8(bytes)) return { what: 'is not UTF-8', at: badUtf8At(bytes) };
    this.#bytes = bytes;
    this.#at = 0;
    this.#depth = 0;
    this.#problem = undefined;
    while (this.#value()) if (this.#whole && this.#isOver()) break;
    this.#bytes = Buffer.alloc(0);
    return this.#problem;
  }

  #peek(): number {
    return this.#bytes[this.#at] ?? -1;
  }

  #skipSpace(): number {
    for (;;) {
      const byte = this.#peek();
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.#at++;
    }
  }

  #fail(what: string, at = this.#at): false {
    this.#problem ??= at >= this.#bytes.length ? { what: 'ends too early', at } : { what, at };
    return false;
  }

  /** A value, or the beginning of one that holds others. */
  #value(): boolean {
    const byte = this.#skipSpace();
    this.#whole = true;
    if (byte === QUOTE) return this.#string(this.#bounds.stringLength, 'holds too long a string');
    if (byte === OPEN_OBJECT) return this.#open(CLOSE_OBJECT);
    if (byte === OPEN_ARRAY) return this.#open(CLOSE_ARRAY);
    if (byte === MINUS || isDigit(byte)) return this.#number();
    for (const literal of LITERALS) {
      if (byte !== literal[0]) continue;
      for (let i = 0; i < literal.length; i++, this.#at++)
        if (this.#peek() !== literal[i]) return this.#fail('holds what is no value');
      return true;
    }
    return this.#fail('holds what is no value');
  }

  #open(closer: number): boolean {
    if (this.#depth >= this.#bounds.depth) return this.#fail('is nested too deeply');
    this.#at++;
    this.#closers[this.#depth] = closer;
    this.#counts[this.#depth] = 0;
    if (closer === CLOSE_OBJECT) {
      const names = (this.#names[this.#depth] ??= new Set());
      if (names.size > 0) names.clear();
    }
    this.#depth++;
    if (this.#skipSpace() === closer) return true;
    this.#whole = false;
    return this.#member();
  }

  /** Behind a value: closes what ends here. True when all is over; else a value has to follow, or there is a problem. */
  #isOver(): boolean {
    for (;;) {
      const byte = this.#skipSpace();
      if (this.#depth === 0) {
        if (byte !== -1) this.#fail('goes on behind its end');
        return true;
      }
      if (byte === this.#closers[this.#depth - 1]) {
        this.#at++;
        this.#depth--;
        continue;
      }
      if (byte !== COMMA || this.#counts[this.#depth - 1] === 0)
        return !this.#fail('holds what cannot stand behind a value');
      this.#at++;
      this.#skipSpace();
      return !this.#member();
    }
  }

  /** Counts one more; of an object, reads its name and the colon. */
  #member(): boolean {
    const top = this.#depth - 1;
    const count = (this.#counts[top] ?? 0) + 1;
    this.#counts[top] = count;
    if (this.#closers[top] === CLOSE_ARRAY)
      return count <= this.#bounds.arrayItems || this.#fail('holds an array of too many items');
    if (count > this.#bounds.keys) return this.#fail('holds an object of too many members');
    const start = this.#at;
    if (this.#peek() !== QUOTE) return this.#fail('lacks the name of a member');
    if (!this.#string(this.#bounds.nameLength, 'holds too long a name')) return false;
    if (!this.#bounds.duplicateKeys && this.#isRepeated(top, start))
      return this.#fail('names two members of one object alike', start);
    if (this.#skipSpace() !== COLON) return this.#fail('lacks a colon');
    this.#at++;
    return true;
  }

  /** Two spellings of one name are one name. */
  #isRepeated(top: number, start: number): boolean {
    const names = this.#names[top];
    const inside = this.#bytes.toString('utf8', start + 1, this.#at - 1);
    const name = inside.includes('\\') ? String(JSON.parse(`"${inside}"`)) : inside;
    if (names === undefined || names.has(name)) return true;
    names.add(name);
    return false;
  }

  #string(most: number, tooLong: string): boolean {
    const bytes = this.#bytes;
    const start = this.#at++;
    for (;;) {
      // Most of a text is in strings, and most of those is plain.
      let at = this.#at;
      while (PLAIN[bytes[at] ?? 0] === 1) at++;
      this.#at = at;
      const byte = this.#peek();
      if (byte === QUOTE) break;
      if (byte < 0x20) return this.#fail('holds a control character in a string');
      if (byte === BACKSLASH && !this.#escape()) return false;
      this.#at++;
    }
    if (this.#at - start - 1 > most) return this.#fail(tooLong, start);
    this.#at++;
    return true;
  }

  /** Up to its last byte. */
  #escape(): boolean {
    this.#at++;
    const byte = this.#peek();
    if (ESCAPES.has(byte)) return true;
    if (byte !== LETTER_U) return this.#fail('holds an escape that does not exist');
    for (let i = 0; i < 4; i++) {
      this.#at++;
      if (!isHex(this.#peek())) return this.#fail('holds an escape that does not exist');
    }
    return true;
  }

  #number(): boolean {
    const start = this.#at;
    if (this.#peek() === MINUS) this.#at++;
    const zero = this.#peek() === 0x30;
    let digits = this.#digits();
    if (digits === 0 || (zero && digits > 1)) return this.#fail('holds what is no number');
    if (this.#peek() === POINT) {
      this.#at++;
      const more = this.#digits();
      if (more === 0) return this.#fail('holds what is no number');
      digits += more;
    }
    if ((this.#peek() | 0x20) === 0x65) {
      this.#at++;
      if (this.#peek() === PLUS || this.#peek() === MINUS) this.#at++;
      const more = this.#digits();
      if (more === 0) return this.#fail('holds what is no number');
      digits += more;
    }
    return digits <= this.#bounds.digits || this.#fail('holds a number of too many digits', start);
  }

  #digits(): number {
    const start = this.#at;
    while (isDigit(this.#peek())) this.#at++;
    return this.#at - start;
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isHex(byte: number): boolean {
  return isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

/** Of bytes that are not UTF-8 throughout: where that begins. */
function badUtf8At(bytes: Buffer): number {
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes[at] ?? 0);
    if (length === 0 || !isUtf8(bytes.subarray(at, at + length))) return at;
    at += length;
  }
  return 0;
}

function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

const DEPTH_MAX = 200;

/**
 * For texts of any size that go on to somebody else: what two readers could take for different things, such as a name
 * that stands twice, is a problem.
 */
export function unambiguousJson(): JsonScan {
  const any = Infinity;
  const sizes = { keys: any, arrayItems: any, stringLength: any, nameLength: any, digits: any };
  return new JsonScan({ ...sizes, depth: DEPTH_MAX, duplicateKeys: false });
}
