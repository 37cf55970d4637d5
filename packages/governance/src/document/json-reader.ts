import { Mark } from './mark.ts';
import { setOwn, type Tree } from './tree.ts';
import { DEPTH_MAX, tooDeep, UnreadableAt } from './unreadable-document.ts';

/** JSON (RFC 8259) with the place of every value. Throws `UnreadableAt`. */
export function readJson(text: string): Tree {
  const reader = new JsonReader(text);
  return reader.whole();
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const WORDS: readonly (readonly [string, boolean | null])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

class JsonReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    if (text.startsWith('\u{feff}')) this.#at = 1;
  }

  whole(): Tree {
    this.#blank();
    const mark = new Mark(this.#at, this.#at);
    const value = this.#value(mark);
    this.#blank();
    if (this.#at < this.#text.length) throw this.#wrong('nothing more, the document has ended');
    return { value, mark };
  }

  #value(mark: Mark): unknown {
    const code = this.#text.charCodeAt(this.#at);
    const value =
      code === OPEN_MAP
        ? this.#map(mark)
        : code === OPEN_LIST
          ? this.#list(mark)
          : code === QUOTE
            ? this.#string()
            : this.#plain();
    mark.end = this.#at;
    return value;
  }

  #map(mark: Mark): object {
    this.#enter();
    const value: Record<string, unknown> = {};
    mark.names = [];
    mark.parts = [];
    if (this.#next(CLOSE_MAP)) return this.#leave(value);
    do {
      this.#blank();
      const keyAt = this.#at;
      if (this.#text.charCodeAt(keyAt) !== QUOTE) throw this.#wrong('a key in double quotes');
      const key = this.#string();
      if (Object.hasOwn(value, key)) throw new UnreadableAt(`the key ${JSON.stringify(key)} is written twice`, keyAt);
      if (!this.#next(COLON)) throw this.#wrong('a colon');
      this.#blank();
      const part = new Mark(keyAt, this.#at);
      setOwn(value, key, this.#value(part));
      mark.add(key, part);
    } while (this.#next(COMMA));
    if (!this.#next(CLOSE_MAP)) throw this.#wrong('a comma or }');
    return this.#leave(value);
  }

  #list(mark: Mark): object {
    this.#enter();
    const value: unknown[] = [];
    mark.parts = [];
    if (this.#next(CLOSE_LIST)) return this.#leave(value);
    do {
      this.#blank();
      const part = new Mark(this.#at, this.#at);
      value.push(this.#value(part));
      mark.push(part);
    } while (this.#next(COMMA));
    if (!this.#next(CLOSE_LIST)) throw this.#wrong('a comma or ]');
    return this.#leave(value);
  }

  #enter(): void {
    if (++this.#depth > DEPTH_MAX) throw tooDeep(this.#at);
    this.#at++;
  }

  #leave<Value>(value: Value): Value {
    this.#depth--;
    return value;
  }

  #string(): string {
    const text = this.#text;
    const start = this.#at;
    let escaped = false;
    for (let at = start + 1; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.#at = at + 1;
        return escaped ? this.#unescaped(start) : text.slice(start + 1, at);
      }
      if (code < 0x20) throw new UnreadableAt('a string holds a control character; write it as \\n or \\u00..', at);
      if (code === BACKSLASH) {
        escaped = true;
        at++;
      }
    }
    throw new UnreadableAt('a string does not end', start);
  }

  #unescaped(start: number): string {
    try {
      const value: unknown = JSON.parse(this.#text.slice(start, this.#at));
      return String(value);
    } catch {
      throw new UnreadableAt('a string holds an escape that JSON does not know', start);
    }
  }

  #plain(): number | boolean | null {
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    NUMBER.lastIndex = this.#at;
    const found = NUMBER.exec(this.#text);
    if (found === null) throw this.#wrong('a value');
    this.#at += found[0].length;
    return Number(found[0]);
  }

  /** Is this character next, blanks aside? Then it is behind us. */
  #next(code: number): boolean {
    this.#blank();
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at++;
    return true;
  }

  #blank(): void {
    const text = this.#text;
    let at = this.#at;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
      at++;
    }
    this.#at = at;
  }

  #wrong(expected: string): UnreadableAt {
    const found = this.#text.slice(this.#at, this.#at + 1);
    const there = found === '' ? 'the text ends' : `there is ${JSON.stringify(found)}`;
    return new UnreadableAt(`expected ${expected}, ${there}`, this.#at);
  }
}
