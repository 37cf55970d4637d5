import { ESCAPES, foldedFlow, HEX_ESCAPES, withoutBlanksBehind } from './yaml-scalar.ts';

/** The text is not of the kind that this reader is sure of; a complete reader decides. */
export const UNSURE = new Error('unsure');

const TAB = 9;
const BREAK = 10;
const RETURN = 13;
const SPACE = 0x20;
const HASH = 0x23;

/** A text of YAML and a place in it: what readers of nodes go by. */
export class YamlText {
  readonly text: string;
  at = 0;
  /** Where the line of `at` begins. */
  lineAt = 0;

  constructor(text: string) {
    this.text = text;
    if (text.startsWith('\u{feff}')) {
      this.at = 1;
      this.lineAt = 1;
    }
  }

  get column(): number {
    return this.at - this.lineAt;
  }

  code(ahead = 0): number {
    return this.text.charCodeAt(this.at + ahead);
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  /** Is the character at an offset the end of a line, or of the text? */
  endsLine(at: number): boolean {
    const code = this.text.charCodeAt(at);
    return code === BREAK || at >= this.text.length || (code === RETURN && this.text.charCodeAt(at + 1) === BREAK);
  }

  /** Blank, break or end: what ends an indicator. */
  isBlankAt(at: number): boolean {
    return this.text.charCodeAt(at) === SPACE || this.endsLine(at) || this.text.charCodeAt(at) === TAB;
  }

  skipSpaces(): void {
    while (this.code() === SPACE) this.at++;
    if (this.code() === TAB) throw UNSURE;
  }

  /** To the first character that is no blank, break or comment, on this line or a later one. */
  skipBlank(): void {
    for (;;) {
      this.skipSpaces();
      const code = this.code();
      if (code === HASH) {
        const before = this.text.charCodeAt(this.at - 1);
        if (this.at > this.lineAt && before !== SPACE) throw UNSURE;
        this.#toLineEnd();
      } else if (code === RETURN && this.code(1) === BREAK) this.at++;
      else if (code === BREAK) {
        this.at++;
        this.lineAt = this.at;
      } else return;
    }
  }

  /** Behind a value: nothing but blanks and a comment may follow on its line. */
  endLine(): void {
    const from = this.at;
    this.skipSpaces();
    if (this.code() === HASH && this.at > from) return this.skipBlank();
    if (!this.endsLine(this.at)) throw UNSURE;
    this.skipBlank();
  }

  #toLineEnd(): void {
    const end = this.text.indexOf('\n', this.at);
    this.at = end < 0 ? this.text.length : end;
  }

  /** A quoted scalar; its further lines must be indented by more than `indent`. */
  quoted(indent: number): string {
    const { text, at: start } = this;
    const single = text.charAt(start) === "'";
    const end = single ? this.#singleEnd(start + 1) : this.#doubleEnd(start + 1);
    const source = text.slice(start + 1, end);
    this.at = end + 1;
    if (source.includes('\n')) this.#crossLines(start, end, indent);
    if (single) return folded(source).replaceAll("''", "'");
    return source.includes('\\') ? unescaped(source) : folded(source);
  }

  #singleEnd(from: number): number {
    let end = this.text.indexOf("'", from);
    while (end >= 0 && this.text.charAt(end + 1) === "'") end = this.text.indexOf("'", end + 2);
    if (end < 0) throw UNSURE;
    return end;
  }

  #doubleEnd(from: number): number {
    for (let at = from; at < this.text.length; at++) {
      const code = this.text.charCodeAt(at);
      if (code === 0x22) return at;
      if (code === 0x5c) at++;
    }
    throw UNSURE;
  }

  #crossLines(start: number, end: number, indent: number): void {
    let at = this.text.indexOf('\n', start);
    while (at >= 0 && at < end) {
      this.lineAt = at + 1;
      let text = at + 1;
      while (this.text.charCodeAt(text) === SPACE) text++;
      if (text - this.lineAt <= indent && !this.endsLine(text)) throw UNSURE;
      at = this.text.indexOf('\n', text);
    }
  }
}

function folded(source: string): string {
  return source.includes('\n') ? foldedFlow(source.split('\n')) : source;
}

/** What a double-quoted scalar with escapes means. Escaped breaks join lines; escaped blanks are not trimmed. */
function unescaped(source: string): string {
  const special = /[\\\n]/g;
  let value = '';
  /** Up to here, nothing is trimmed. */
  let firm = 0;
  let at = 0;
  for (let found = special.exec(source); found !== null; found = special.exec(source)) {
    value += source.slice(at, found.index);
    if (found[0] === '\n') {
      const { breaks, end } = breaksFrom(source, found.index);
      value = withoutBlanksBehind(value, firm) + (breaks === 1 ? ' ' : '\n'.repeat(breaks - 1));
      at = end;
    } else {
      const piece = ESCAPE.exec(source.slice(found.index, found.index + 10))?.[0] ?? '';
      at = found.index + piece.length;
      if (piece.endsWith('\n')) at = joined(source, at);
      else value += escapeOf(piece);
    }
    firm = value.length;
    special.lastIndex = at;
  }
  return value + source.slice(at);
}

const ESCAPE = /^\\(?:\r?\n|x..|u.{4}|U.{8}|[^])/;

/** Of a break and the blank lines behind it: how many breaks, and where the text goes on. */
function breaksFrom(source: string, from: number): { readonly breaks: number; readonly end: number } {
  let breaks = 0;
  let at = from;
  while (at < source.length && ' \t\r\n'.includes(source.charAt(at))) {
    if (source.charAt(at) === '\n') breaks++;
    at++;
  }
  return { breaks, end: at };
}

/** Where the text goes on behind an escaped break. What follows it may be another break, which readers disagree on. */
function joined(source: string, from: number): number {
  const { breaks, end } = breaksFrom(source, from);
  if (breaks > 0) throw UNSURE;
  return end;
}

function escapeOf(piece: string): string {
  const name = piece.charAt(1);
  const digits = HEX_ESCAPES[name];
  if (digits === undefined) {
    const text = ESCAPES[name];
    if (text === undefined || piece.length !== 2) throw UNSURE;
    return text;
  }
  const hex = piece.slice(2);
  if (hex.length !== digits || !/^[0-9a-fA-F]+$/.test(hex)) throw UNSURE;
  const code = Number.parseInt(hex, 16);
  if (code > 0x10_ff_ff) throw UNSURE;
  return String.fromCodePoint(code);
}
