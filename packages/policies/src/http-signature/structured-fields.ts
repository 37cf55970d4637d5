/** Values of RFC 9651 as far as signatures and digests use them. */
export type BareItem = string | number | boolean | Token | Buffer;
export type Parameters = ReadonlyMap<string, BareItem>;

export class Token {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export interface Item {
  readonly kind: 'item';
  readonly value: BareItem;
  readonly parameters: Parameters;
}

export interface InnerList {
  readonly kind: 'list';
  readonly items: readonly Item[];
  readonly parameters: Parameters;
}

export type Dictionary = ReadonlyMap<string, Item | InnerList>;

const FIELD_CHARS_MAX = 16_384;
const MEMBERS_MAX = 64;
const KEY = /[a-z*][a-z0-9_.*-]*/y;
const NUMBER = /-?\d+(?:\.\d+)?/y;
const STRING = /"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"/y;
const TOKEN = /[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*/y;
const BYTES = /:([A-Za-z0-9+/]*={0,2}):/y;
const BOOLEAN = /\?([01])/y;

/** A dictionary (§4.2.2); undefined for anything that is none, to the letter. */
export function parseDictionary(text: string): Dictionary | undefined {
  if (text.length > FIELD_CHARS_MAX) return undefined;
  try {
    return new Reader(text).dictionary();
  } catch (error) {
    if (error instanceof NoField) return undefined;
    throw error;
  }
}

const SPACE = 0x20;

class NoField extends Error {}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    // By hand: an expression for spaces at the end is slow on many of them before it.
    let end = text.length;
    while (end > 0 && text.charCodeAt(end - 1) === SPACE) end--;
    let start = 0;
    while (start < end && text.charCodeAt(start) === SPACE) start++;
    this.#text = text.slice(start, end);
  }

  dictionary(): Dictionary {
    const members = new Map<string, Item | InnerList>();
    if (this.#text === '') return members;
    for (;;) {
      const key = this.#match(KEY);
      const value = this.#takes('=') ? this.#itemOrList() : this.#flag();
      // §4.2.2: the last one counts and stands last. Of signatures, two under one label are a riddle.
      if (members.has(key) || members.size >= MEMBERS_MAX) throw new NoField();
      members.set(key, value);
      this.#skip(/[ \t]*/y);
      if (this.#at === this.#text.length) return members;
      this.#expect(',');
      this.#skip(/[ \t]*/y);
    }
  }

  #flag(): Item {
    return { kind: 'item', value: true, parameters: this.#parameters() };
  }

  #itemOrList(): Item | InnerList {
    return this.#takes('(') ? this.#innerList() : this.#item();
  }

  #innerList(): InnerList {
    const items: Item[] = [];
    for (;;) {
      this.#skip(/ */y);
      if (this.#takes(')')) return { kind: 'list', items, parameters: this.#parameters() };
      if (items.length >= MEMBERS_MAX) throw new NoField();
      items.push(this.#item());
      const next = this.#text[this.#at];
      if (next !== ' ' && next !== ')') throw new NoField();
    }
  }

  #item(): Item {
    return { kind: 'item', value: this.#bareItem(), parameters: this.#parameters() };
  }

  #parameters(): Parameters {
    const parameters = new Map<string, BareItem>();
    while (this.#takes(';')) {
      this.#skip(/ */y);
      const key = this.#match(KEY);
      const value = this.#takes('=') ? this.#bareItem() : true;
      if (parameters.has(key) || parameters.size >= MEMBERS_MAX) throw new NoField();
      parameters.set(key, value);
    }
    return parameters;
  }

  #bareItem(): BareItem {
    const first = this.#text[this.#at] ?? '';
    if (first === '"') return this.#match(STRING, 1).replaceAll(/\\(["\\])/g, '$1');
    if (first === ':') return bytesOf(this.#match(BYTES, 1));
    if (first === '?') return this.#match(BOOLEAN, 1) === '1';
    if (first === '-' || (first >= '0' && first <= '9')) return numberOf(this.#match(NUMBER));
    return new Token(this.#match(TOKEN));
  }

  #match(pattern: RegExp, group = 0): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) throw new NoField();
    this.#at = pattern.lastIndex;
    return found[group] ?? '';
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    pattern.exec(this.#text);
    this.#at = pattern.lastIndex;
  }

  #takes(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #expect(char: string): void {
    if (!this.#takes(char)) throw new NoField();
  }
}

/** §3.3.1 and §3.3.2: 15 digits, of a decimal 12 before the point and 3 behind. */
function numberOf(text: string): number {
  const [whole = '', fraction] = text.replace('-', '').split('.');
  const fits = fraction === undefined ? whole.length <= 15 : whole.length <= 12 && fraction.length <= 3;
  if (!fits) throw new NoField();
  return Number(text);
}

function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64').replaceAll('=', '') !== text.replaceAll('=', '')) throw new NoField();
  return bytes;
}

/** §4.1: the one way to write it. */
export function writeInnerList({ items, parameters }: InnerList): string {
  return `(${items.map(writeItem).join(' ')})${writeParameters(parameters)}`;
}

export function writeItem({ value, parameters }: Item): string {
  return writeBare(value) + writeParameters(parameters);
}

function writeParameters(parameters: Parameters): string {
  return [...parameters].map(([key, value]) => `;${key}${value === true ? '' : `=${writeBare(value)}`}`).join('');
}

function writeBare(value: BareItem): string {
  if (typeof value === 'string') return `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  if (typeof value === 'boolean') return value ? '?1' : '?0';
  if (typeof value === 'number') return String(value);
  return value instanceof Token ? value.text : `:${value.toString('base64')}:`;
}
