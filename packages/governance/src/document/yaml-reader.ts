import { Mark } from './mark.ts';
import { setOwn, type Tree } from './tree.ts';
import { DEPTH_MAX, tooDeep, UnreadableAt } from './unreadable-document.ts';
import { readBlockScalar } from './yaml-block.ts';
import { foldedPlain, plainValue, withoutBlanksBehind } from './yaml-scalar.ts';
import { UNSURE, YamlText } from './yaml-text.ts';

/**
 * The YAML that API documents are written in, with the place of every value: block and flow collections, scalars of
 * all styles, comments, anchors and aliases. Throws `UNSURE` where it meets anything else (tags, merge keys, several
 * documents, tabs, mistakes), for which there is a complete and slower reader.
 */
export function readPlainYaml(text: string): Tree {
  return new YamlReader(text).whole();
}

const DASH = 0x2d;
const COLON = 0x3a;
/** Nodes that aliases may stand for, all together. */
const ALIASED_NODES_MAX = 500_000;
/** What a plain scalar cannot begin with, or what this reader leaves to the other. */
const LEFT_OUT = new Set('?!%@`,]}');
const KEY_CHARS_MAX = 1000;

interface Anchored extends Tree {
  readonly nodes: number;
}

class YamlReader {
  readonly #in: YamlText;
  readonly #anchors = new Map<string, Anchored>();
  #depth = 0;
  #nodes = 0;
  #aliased = 0;

  constructor(text: string) {
    if (
      /(?:^|\n)(?:---|\.\.\.)(?:\s|$)/.test(text.replace(/^\u{feff}?(?:[ \t]*(?:#[^\n]*)?\r?\n)*---[ \t]*\r?\n/u, ''))
    )
      throw UNSURE;
    this.#in = new YamlText(text);
  }

  whole(): Tree {
    const input = this.#in;
    input.skipBlank();
    if (input.text.startsWith('---', input.at)) {
      if (input.column > 0) throw UNSURE;
      input.at += 3;
      input.skipBlank();
    }
    const mark = new Mark(input.at, input.at);
    const value = this.#node(mark, -1);
    if (!input.ended) throw UNSURE;
    return { value, mark };
  }

  /** What stands at the place reached, at the beginning of a line or behind `- `. Ends at the next token. */
  #node(mark: Mark, indent: number): unknown {
    const input = this.#in;
    this.#nodes++;
    if (this.#isDash()) return this.#list(mark, input.column);
    if (this.#startsKey()) return this.#map(mark, input.column);
    return this.#inline(mark, indent);
  }

  #isDash(): boolean {
    const input = this.#in;
    return input.code() === DASH && input.isBlankAt(input.at + 1);
  }

  #startsKey(): boolean {
    return this.#keyEnd() >= 0;
  }

  /** Where the colon is behind the key that begins here, or -1. Leaves the place as it is. */
  #keyEnd(): number {
    const input = this.#in;
    const { text, at } = input;
    const first = text.charAt(at);
    if (first === '[' || first === '{' || first === '|' || first === '>' || first === '&' || first === '*') return -1;
    let colon = at;
    if (first === '"' || first === "'") {
      const { lineAt } = input;
      input.quoted(-1);
      colon = input.at;
      const sameLine = input.lineAt === lineAt;
      input.at = at;
      input.lineAt = lineAt;
      if (!sameLine) return -1;
      while (text.charAt(colon) === ' ') colon++;
      return text.charCodeAt(colon) === COLON && input.isBlankAt(colon + 1) ? colon : -1;
    }
    for (; !input.endsLine(colon); colon++) {
      const code = text.charCodeAt(colon);
      if (code === COLON && input.isBlankAt(colon + 1)) return colon;
      if (code === 0x23 && text.charAt(colon - 1) === ' ' && colon > at) return -1;
      if (code === 9) throw UNSURE;
    }
    return -1;
  }

  #map(mark: Mark, column: number): object {
    const input = this.#in;
    this.#enter();
    const value: Record<string, unknown> = {};
    mark.names = [];
    mark.parts = [];
    do {
      const keyAt = input.at;
      const colon = this.#isDash() ? -1 : this.#keyEnd();
      if (colon < 0 || colon - keyAt > KEY_CHARS_MAX) throw UNSURE;
      const key = this.#key(colon);
      if (key === '<<' || Object.hasOwn(value, key)) throw UNSURE;
      input.at = colon + 1;
      const part = new Mark(keyAt, keyAt);
      setOwn(value, key, this.#mapValue(part, column));
      mark.add(key, part);
      mark.end = part.end;
    } while (!input.ended && input.column === column);
    if (!input.ended && input.column > column) throw UNSURE;
    this.#depth--;
    return value;
  }

  #key(colon: number): string {
    const input = this.#in;
    const first = input.text.charAt(input.at);
    if (first === '"' || first === "'") return input.quoted(-1);
    if (LEFT_OUT.has(first) || first === '#' || (first === '-' && input.isBlankAt(input.at + 1))) throw UNSURE;
    return withoutBlanksBehind(input.text.slice(input.at, colon));
  }

  /** Behind the colon of a key. */
  #mapValue(mark: Mark, column: number): unknown {
    const input = this.#in;
    const { lineAt } = input;
    input.skipSpaces();
    mark.at = input.at;
    mark.end = input.at;
    const comment = input.text.charAt(input.at) === '#' && input.text.charAt(input.at - 1) === ' ';
    if (!comment && !input.endsLine(input.at)) {
      this.#nodes++;
      return this.#inline(mark, column);
    }
    input.skipBlank();
    const deeper = input.column > column || (input.column === column && this.#isDash());
    if (input.ended || !deeper || input.lineAt === lineAt) {
      this.#nodes++;
      return null;
    }
    mark.at = input.at;
    return this.#node(mark, input.column === column ? column - 1 : column);
  }

  #list(mark: Mark, column: number): object {
    const input = this.#in;
    this.#enter();
    const value: unknown[] = [];
    mark.parts = [];
    do {
      if (!this.#isDash()) break;
      const { lineAt } = input;
      input.at++;
      input.skipSpaces();
      const { at } = input;
      input.skipBlank();
      const empty = input.ended || (input.lineAt !== lineAt && input.column <= column);
      const part = new Mark(empty ? at : input.at, empty ? at : input.at);
      mark.push(part);
      value.push(empty ? null : this.#node(part, column));
      mark.end = part.end;
    } while (!input.ended && input.column === column);
    if (!input.ended && input.column > column) throw UNSURE;
    this.#depth--;
    return value;
  }

  /** A value that is no block collection, unless an anchor stands before it. */
  #inline(mark: Mark, indent: number): unknown {
    const input = this.#in;
    const first = input.text.charAt(input.at);
    switch (first) {
      case '&':
        return this.#anchor(mark, indent);
      case '*':
        return this.#alias(mark);
      case '|':
      case '>':
        return readBlockScalar(input, mark, indent);
      case '"':
      case "'": {
        const value = input.quoted(indent);
        mark.end = input.at;
        input.endLine();
        return value;
      }
      case '[':
      case '{': {
        const value = this.#flow(mark, indent);
        input.endLine();
        return value;
      }
      default:
        if (LEFT_OUT.has(first) || this.#isDash()) throw UNSURE;
        return this.#plain(mark, indent);
    }
  }

  #anchor(mark: Mark, indent: number): unknown {
    const input = this.#in;
    const name = this.#name();
    const before = this.#nodes;
    const { lineAt } = input;
    input.skipBlank();
    const sameLine = input.lineAt === lineAt;
    // An anchor in front of a key is the key's.
    if (input.ended || input.column <= indent || (sameLine && (this.#startsKey() || this.#isDash()))) throw UNSURE;
    mark.at = input.at;
    const value = sameLine ? this.#inline(mark, indent) : this.#node(mark, indent);
    this.#anchors.set(name, { value, mark, nodes: this.#nodes - before + 1 });
    return value;
  }

  #alias(mark: Mark): unknown {
    const input = this.#in;
    const start = input.at;
    const found = this.#anchors.get(this.#name());
    if (found === undefined) throw UNSURE;
    this.#aliased += found.nodes;
    this.#nodes += found.nodes;
    if (this.#aliased > ALIASED_NODES_MAX) {
      throw new UnreadableAt(`aliases stand for more than ${ALIASED_NODES_MAX} values`, start);
    }
    mark.names = found.mark.names;
    mark.parts = found.mark.parts;
    mark.end = input.at;
    input.endLine();
    return found.value;
  }

  #name(): string {
    const input = this.#in;
    const start = ++input.at;
    while (!input.isBlankAt(input.at)) input.at++;
    const name = input.text.slice(start, input.at);
    if (!/^[\w.-]+$/.test(name)) throw UNSURE;
    return name;
  }

  #plain(mark: Mark, indent: number): unknown {
    const input = this.#in;
    const lines = [this.#plainLine()];
    mark.end = input.at;
    for (;;) {
      input.skipSpaces();
      const comment = input.text.charAt(input.at) === '#';
      const behind = input.at;
      input.skipBlank();
      if (input.ended || input.column <= indent) break;
      // A comment ends a scalar; a further line would then be a mistake.
      if (comment || this.#startsKey()) throw UNSURE;
      const between = input.text.slice(behind, input.at);
      if (between.includes('#')) throw UNSURE;
      for (let breaks = between.split('\n').length - 2; breaks > 0; breaks--) lines.push('');
      lines.push(this.#plainLine());
      mark.end = input.at;
    }
    return lines.length === 1 ? plainValue(lines[0] ?? '') : foldedPlain(lines);
  }

  #plainLine(): string {
    const input = this.#in;
    const { text, at: start } = input;
    let end = start;
    for (let at = start; !input.endsLine(at); at++) {
      const code = text.charCodeAt(at);
      if (code === 0x23 && text.charAt(at - 1) === ' ') break;
      if (code === COLON && input.isBlankAt(at + 1)) throw UNSURE;
      if (code === 9) throw UNSURE;
      if (code !== 0x20) end = at + 1;
    }
    input.at = end;
    return text.slice(start, end);
  }

  #flow(mark: Mark, indent: number): unknown {
    const input = this.#in;
    const first = input.text.charAt(input.at);
    this.#nodes++;
    if (first === '[') return this.#flowList(mark, indent);
    if (first === '{') return this.#flowMap(mark, indent);
    const value = first === '"' || first === "'" ? input.quoted(indent) : plainValue(this.#flowPlain());
    mark.end = input.at;
    return value;
  }

  #flowList(mark: Mark, indent: number): object {
    const input = this.#in;
    this.#enter();
    const value: unknown[] = [];
    mark.parts = [];
    input.at++;
    while (!this.#flowEnds(']', indent)) {
      const part = new Mark(input.at, input.at);
      value.push(this.#flow(part, indent));
      mark.push(part);
      this.#flowComma(']', indent);
    }
    mark.end = ++input.at;
    this.#depth--;
    return value;
  }

  #flowMap(mark: Mark, indent: number): object {
    const input = this.#in;
    this.#enter();
    const value: Record<string, unknown> = {};
    mark.names = [];
    mark.parts = [];
    input.at++;
    while (!this.#flowEnds('}', indent)) {
      const keyAt = input.at;
      const quoted = input.code() === 0x22 || input.code() === 0x27;
      const { lineAt } = input;
      const key = quoted ? input.quoted(indent) : this.#flowPlain();
      const adjacent = input.at;
      input.skipSpaces();
      if (input.code() !== COLON || input.lineAt !== lineAt || adjacent - keyAt > KEY_CHARS_MAX) throw UNSURE;
      if (key === '<<' || Object.hasOwn(value, key)) throw UNSURE;
      input.at++;
      if (!quoted && !input.isBlankAt(input.at)) throw UNSURE;
      if (this.#flowEnds('}', indent) || input.code() === 0x2c) throw UNSURE;
      const part = new Mark(keyAt, input.at);
      setOwn(value, key, this.#flow(part, indent));
      mark.add(key, part);
      this.#flowComma('}', indent);
    }
    mark.end = ++input.at;
    this.#depth--;
    return value;
  }

  /** To the next token; is it the end of the collection? */
  #flowEnds(end: string, indent: number): boolean {
    const input = this.#in;
    const { lineAt } = input;
    input.skipBlank();
    if (input.ended) throw UNSURE;
    const ends = input.text.charAt(input.at) === end;
    if (input.lineAt !== lineAt && input.column <= indent && !(ends && input.column === indent)) throw UNSURE;
    return ends;
  }

  #flowComma(end: string, indent: number): void {
    if (this.#flowEnds(end, indent)) return;
    if (this.#in.code() !== 0x2c) throw UNSURE;
    this.#in.at++;
  }

  /** A plain scalar between brackets, on one line. */
  #flowPlain(): string {
    const input = this.#in;
    const { text, at: start } = input;
    if (LEFT_OUT.has(text.charAt(start)) || '&*|>#-:'.includes(text.charAt(start))) {
      if (!/^[-][\w.]/.test(text.slice(start, start + 2))) throw UNSURE;
    }
    let end = start;
    for (let at = start; ; at++) {
      if (input.endsLine(at)) {
        // Readers disagree on comments behind blanks at the end of a line.
        if (at > end) throw UNSURE;
        break;
      }
      const char = text.charAt(at);
      if (char === ',' || char === ']' || char === '}') break;
      if (char === '[' || char === '{' || char === '\t') throw UNSURE;
      if (char === ':' && (input.isBlankAt(at + 1) || ',[]{}'.includes(text.charAt(at + 1)))) break;
      if (char === '#' && text.charAt(at - 1) === ' ') break;
      if (char !== ' ') end = at + 1;
    }
    if (end === start) throw UNSURE;
    input.at = end;
    return text.slice(start, end);
  }

  #enter(): void {
    if (++this.#depth > DEPTH_MAX) throw tooDeep(this.#in.at);
  }
}
