import { knownName, NAME_MULTIPLIER, REMOVED, sameName, UNDERSCORE, WITHHELD } from './field-names.ts';
import { COLON, CR, HT, LF, SP, TOKEN_LOWER, VALUE_CHAR } from './grammar.ts';
import { offsetAt, tableAt } from './table-read.ts';

const NAME_START = 0;
const NAME_END = 1;
const VALUE_START = 2;
const VALUE_END = 3;
const STRIDE = 4;
const UNDERSCORE_CHAR = 95;

export type FieldsProblem =
  | 'too many fields'
  | 'folded line'
  | 'invalid field name'
  | 'space before colon'
  | 'invalid field value';

/**
 * The field lines of one head, indexed by offsets into its text. Nothing is copied while parsing;
 * lines that nobody touches are forwarded as they stand. Reused from message to message.
 */
export class Fields {
  text = '';
  count = 0;
  /** Where the empty line begins. */
  end = 0;
  /** A bit a field number (`FIELD`): whether at least one such field came. */
  #seenLow = 0;
  #seenHigh = 0;
  readonly #at: Int32Array;
  readonly #ids: Uint8Array;
  readonly #max: number;

  constructor(fieldsMax: number) {
    this.#max = fieldsMax;
    this.#at = new Int32Array(fieldsMax * STRIDE);
    this.#ids = new Uint8Array(fieldsMax);
  }

  /**
   * Indexes `text` from `start`, which must hold an empty line. Strict: no folding, no bare CR or LF, no space
   * before the colon unless `lenientName` (replies: RFC 9112 §5.1 has a proxy remove it).
   */
  parse(text: string, start: number, lenientName: boolean): FieldsProblem | undefined {
    this.text = text;
    this.#seenLow = 0;
    this.#seenHigh = 0;
    this.count = 0;
    let at = start;
    while (text.charCodeAt(at) !== CR) {
      if (this.count === this.#max) return 'too many fields';
      const next = this.#parseLine(at, lenientName);
      if (typeof next === 'string') return next;
      at = next;
    }
    this.end = at;
    return text.charCodeAt(at + 1) === LF ? undefined : 'invalid field name';
  }

  /** Returns the offset after the line, or what is wrong with it. Hot: runs once a header line. */
  #parseLine(start: number, lenientName: boolean): number | FieldsProblem {
    const text = this.text;
    let at = start;
    let hash = 0;
    let underscore = false;
    let code = text.charCodeAt(at);
    for (let lower = tableAt(TOKEN_LOWER, code); lower !== 0; lower = tableAt(TOKEN_LOWER, code)) {
      if (lower === UNDERSCORE_CHAR) underscore = true;
      hash = (Math.imul(hash, NAME_MULTIPLIER) + lower) | 0;
      code = text.charCodeAt(++at);
    }
    const nameEnd = at;
    if (code !== COLON) {
      const spaced = skipSpace(text, at);
      if (nameEnd === start) return spaced > at ? 'folded line' : 'invalid field name';
      if (spaced === at || text.charCodeAt(spaced) !== COLON) return 'invalid field name';
      if (!lenientName) return 'space before colon';
      at = spaced;
    }
    if (nameEnd === start) return 'invalid field name';
    const valueStart = skipSpace(text, at + 1);
    at = valueStart;
    while (tableAt(VALUE_CHAR, (code = text.charCodeAt(at))) === 1) at++;
    if (code !== CR || text.charCodeAt(at + 1) !== LF) return 'invalid field value';
    const id = underscore ? UNDERSCORE : knownName(text, start, nameEnd, hash);
    this.#push(id, start, nameEnd, valueStart, at);
    return at + 2;
  }

  // oxlint-disable-next-line max-params -- four offsets of one line; an object a line would be garbage on the hot path
  #push(id: number, nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    const base = this.count * STRIDE;
    this.#at[base + NAME_START] = nameStart;
    this.#at[base + NAME_END] = nameEnd;
    this.#at[base + VALUE_START] = valueStart;
    this.#at[base + VALUE_END] = trimEnd(this.text, valueStart, valueEnd);
    this.#ids[this.count++] = id;
    if (id < 32) this.#seenLow |= 1 << id;
    else if (id < 64) this.#seenHigh |= 1 << (id - 32);
  }

  /** The number of the i-th field (`FIELD`, `OTHER`, `UNDERSCORE`, `REMOVED`). */
  idAt(index: number): number {
    return tableAt(this.#ids, index);
  }

  nameAt(index: number): string {
    const base = index * STRIDE;
    return this.text.slice(offsetAt(this.#at, base + NAME_START), offsetAt(this.#at, base + NAME_END));
  }

  valueAt(index: number): string {
    const base = index * STRIDE;
    return this.text.slice(offsetAt(this.#at, base + VALUE_START), offsetAt(this.#at, base + VALUE_END));
  }

  /** Is there white space behind the value? */
  spacedAt(index: number): boolean {
    return this.text.charCodeAt(offsetAt(this.#at, index * STRIDE + VALUE_END)) !== CR;
  }

  /** Did a field of that number come? Stays true when it is taken out. */
  has(id: number): boolean {
    return id < 32 ? (this.#seenLow & (1 << id)) !== 0 : (this.#seenHigh & (1 << (id - 32))) !== 0;
  }

  /** Index of the first field of that number from `from` on, or -1. */
  indexOf(id: number, from = 0): number {
    for (let i = from; i < this.count; i++) if (tableAt(this.#ids, i) === id) return i;
    return -1;
  }

  /** First value of a known field. */
  known(id: number): string | undefined {
    const index = this.has(id) ? this.indexOf(id) : -1;
    return index < 0 ? undefined : this.valueAt(index);
  }

  /** First value by lower-case name; fields with underscores and removed ones are not there. */
  get(name: string): string | undefined {
    const index = this.#find(name, 0);
    return index < 0 ? undefined : this.valueAt(index);
  }

  /** The same with all values, joined as RFC 9110 §5.3 allows: who compares must see what another recipient may. */
  all(name: string): string | undefined {
    const first = this.#find(name, 0);
    if (first < 0) return undefined;
    let all = this.valueAt(first);
    for (let i = this.#find(name, first + 1); i >= 0; i = this.#find(name, i + 1)) all += `, ${this.valueAt(i)}`;
    return all;
  }

  /** All values of a known list field, joined as RFC 9110 §5.3 allows. */
  joined(id: number): string | undefined {
    if (!this.has(id)) return undefined;
    let all: string | undefined;
    for (let i = this.indexOf(id); i >= 0; i = this.indexOf(id, i + 1)) {
      all = all === undefined ? this.valueAt(i) : `${all}, ${this.valueAt(i)}`;
    }
    return all;
  }

  /**
   * The value as a number when it is nothing but 1 to 15 digits, which a double holds exactly; else -1. A leading zero is
   * refused: some parsers take it for octal.
   */
  digitsAt(index: number): number {
    const start = offsetAt(this.#at, index * STRIDE + VALUE_START);
    const end = offsetAt(this.#at, index * STRIDE + VALUE_END);
    if (end === start || end - start > 15) return -1;
    if (end - start > 1 && this.text.charCodeAt(start) === 48) return -1;
    let value = 0;
    for (let i = start; i < end; i++) {
      const digit = this.text.charCodeAt(i) - 48;
      if (!(digit >= 0 && digit <= 9)) return -1;
      value = value * 10 + digit;
    }
    return value;
  }

  #find(name: string, from: number): number {
    for (let i = from; i < this.count; i++) {
      if (tableAt(this.#ids, i) >= UNDERSCORE) continue;
      const base = i * STRIDE;
      if (sameName(this.text, offsetAt(this.#at, base + NAME_START), offsetAt(this.#at, base + NAME_END), name))
        return i;
    }
    return -1;
  }

  removeAt(index: number): void {
    this.#ids[index] = REMOVED;
  }

  /** Takes out every field of that lower-case name. */
  remove(name: string): void {
    for (let i = this.#find(name, 0); i >= 0; i = this.#find(name, i + 1)) this.removeAt(i);
  }

  /** The same for who reads on: only `kept` is without it. */
  withhold(name: string): void {
    for (let i = this.#find(name, 0); i >= 0; i = this.#find(name, i + 1)) this.#ids[i] = WITHHELD;
  }

  /** Takes out every field whose number `strip` marks; underscore names always go. */
  strip(strip: Uint8Array): void {
    for (let i = 0; i < this.count; i++) {
      const id = tableAt(this.#ids, i);
      if (id === UNDERSCORE || tableAt(strip, id) === 1) this.#ids[i] = REMOVED;
    }
  }

  /** What is left, as it stood: runs of untouched lines are one slice each. */
  kept(): string {
    let out = '';
    let runStart = -1;
    for (let i = 0; i < this.count; i++) {
      const lineStart = offsetAt(this.#at, i * STRIDE + NAME_START);
      if (goesOn(tableAt(this.#ids, i))) {
        if (runStart < 0) runStart = lineStart;
      } else if (runStart >= 0) {
        out += this.text.slice(runStart, lineStart);
        runStart = -1;
      }
    }
    return runStart < 0 ? out : out + this.text.slice(runStart, this.end);
  }

  /** Rewrites each line as `name: value`; for replies whose names were followed by spaces. */
  keptNormalised(): string {
    let out = '';
    for (let i = 0; i < this.count; i++) {
      if (goesOn(this.idAt(i))) out += `${this.nameAt(i)}: ${this.valueAt(i)}\r\n`;
    }
    return out;
  }
}

function goesOn(id: number): boolean {
  return id !== REMOVED && id !== WITHHELD;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code === SP || code === HT; code = text.charCodeAt(at)) at++;
  return at;
}

function trimEnd(text: string, start: number, from: number): number {
  let end = from;
  while (end > start) {
    const code = text.charCodeAt(end - 1);
    if (code !== SP && code !== HT) break;
    end--;
  }
  return end;
}
