import { item } from '@gatehouse/kernel';
import { beginsJson, type Place, type TextView } from './text-view.ts';

/** JSON in strings of JSON in strings: deeper ones are read as text. */
const LEVELS_MAX = 4;

type Mode = 'between' | 'string' | 'escape' | 'unicode';

/** One JSON text: the outermost, or one that stands in a string of the one above. */
interface Level {
  mode: Mode;
  /** Nothing but blanks so far in the string, or but a bracket: it may turn out to be JSON. */
  fresh: boolean;
  bracket: string;
  /** Where the escape began that is being read. */
  escape: number;
  digits: string;
}

/**
 * JSON that may come in pieces, cut anywhere, and need not be well formed: nothing is refused. Between strings it reads
 * as it is written, quotes included; in strings escapes are resolved, and a string that begins with `{` or `[` is read
 * as JSON itself.
 */
export class JsonView implements TextView {
  readonly isJson = true;
  text = '';
  #raw = '';
  readonly #levels: Level[] = [newLevel()];
  /** Stretches in which text and raw run in step: where they begin in both, and how they are written. */
  #texts: number[] = [];
  #raws: number[] = [];
  #places: number[] = [];
  /** Read so far, and not yet in `text`. */
  #read = '';
  /** Of the raw text; where what is not in `text` yet begins. */
  #end = 0;

  push(raw: string): void {
    let at = this.#raw.length;
    this.#raw += raw;
    while (at < this.#raw.length) {
      const { mode, fresh } = item(this.#levels, 0);
      if (this.#levels.length === 1 && mode === 'between') at = this.#toQuote(at, 0);
      else if (this.#levels.length === 1 && mode === 'string' && !fresh) at = this.#throughString(at);
      else this.#feed(0, this.#raw.charAt(at), at++);
    }
    this.text += this.#read;
    this.#read = '';
    this.#end = this.#pendingSince(this.#raw.length);
  }

  /** Where the escape begins that is being read; `end` when there is none. */
  #pendingSince(end: number): number {
    let since = end;
    for (const { mode, escape } of this.#levels) {
      if (mode === 'escape' || mode === 'unicode') since = Math.min(since, escape);
    }
    return since;
  }

  raw(from: number, to: number): string {
    return this.#raw.slice(this.#rawAt(from), this.#rawAt(to));
  }

  rest(): string {
    return this.#raw.slice(this.#end);
  }

  placeAt(at: number): Place {
    const place = this.#places[this.#stretchAt(at)] ?? 0;
    return { layers: place >> 1, quoted: (place & 1) === 1 };
  }

  drop(chars: number): void {
    const cut = this.#rawAt(chars);
    const first = Math.max(0, this.#stretchAt(chars));
    this.text = this.text.slice(chars);
    this.#raw = this.#raw.slice(cut);
    this.#end -= cut;
    for (const level of this.#levels) level.escape -= cut;
    this.#texts = this.#texts.slice(first).map((at) => at - chars);
    this.#raws = this.#raws.slice(first).map((at) => at - cut);
    this.#places = this.#places.slice(first);
  }

  /** Takes all up to and with the quote that opens a string; the first `closing` characters are none. */
  #toQuote(at: number, closing: number): number {
    const quote = this.#raw.indexOf('"', at + closing);
    const end = quote < 0 ? this.#raw.length : quote + 1;
    this.#emit(this.#raw.slice(at, end), at, 0);
    if (quote >= 0) this.#open(0);
    return end;
  }

  /** Takes what stands in a string up to an escape, or with all that follows to the next string. */
  #throughString(at: number): number {
    let end = at;
    for (; end < this.#raw.length; end++) {
      const code = this.#raw.charCodeAt(end);
      if (code === QUOTE || code === BACKSLASH) break;
    }
    if (end > at) this.#emit(this.#raw.slice(at, end), at, 3);
    if (end === this.#raw.length) return end;
    if (this.#raw.charCodeAt(end) === QUOTE) {
      item(this.#levels, 0).mode = 'between';
      return this.#toQuote(end, 1);
    }
    this.#feed(0, '\\', end);
    return end + 1;
  }

  #open(depth: number): void {
    const level = item(this.#levels, depth);
    level.mode = 'string';
    level.fresh = true;
    level.bracket = '';
  }

  /** One character of the JSON at a level; `start` is where in the raw text it began. */
  #feed(depth: number, char: string, start: number): void {
    const level = item(this.#levels, depth);
    switch (level.mode) {
      case 'between':
        if (char === '"') this.#open(depth);
        this.#emit(char, start, depth * 2);
        break;
      case 'string':
        if (char === '"') this.#close(depth, start);
        else if (char === '\\') {
          level.mode = 'escape';
          level.escape = start;
        } else this.#content(depth, char, start);
        break;
      case 'escape':
        level.mode = char === 'u' ? 'unicode' : 'string';
        level.digits = '';
        if (char !== 'u') this.#content(depth, ESCAPES[char] ?? char, level.escape);
        break;
      case 'unicode':
        this.#unicode(depth, char, start);
        break;
    }
  }

  /** A string is over, and with it all JSON in it, even in the middle of an escape. */
  #close(depth: number, start: number): void {
    const cut = this.#levels.findIndex(({ mode }, at) => at > depth && (mode === 'escape' || mode === 'unicode'));
    if (cut > 0) this.#emit('\\', this.#pendingSince(start), cut * 2 + 3);
    this.#levels.length = depth + 1;
    item(this.#levels, depth).mode = 'between';
    this.#emit('"', start, depth * 2);
  }

  #unicode(depth: number, char: string, start: number): void {
    const level = item(this.#levels, depth);
    if (!/[0-9a-fA-F]/.test(char)) {
      level.mode = 'string';
      this.#content(depth, '\ufffd', level.escape);
      this.#feed(depth, char, start);
      return;
    }
    level.digits += char;
    if (level.digits.length < 4) return;
    level.mode = 'string';
    this.#content(depth, String.fromCharCode(Number.parseInt(level.digits, 16)), level.escape);
  }

  /** A character of a string. */
  #content(depth: number, char: string, start: number): void {
    const level = item(this.#levels, depth);
    if (this.#levels.length > depth + 1) {
      this.#feed(depth + 1, char, start);
      return;
    }
    if (level.fresh && !/\s/.test(char)) {
      if (beginsJson(level.bracket, char) && depth + 1 < LEVELS_MAX) {
        this.#levels.push(newLevel());
        this.#feed(depth + 1, char, start);
        return;
      }
      level.fresh = level.bracket === '' && (char === '{' || char === '[');
      level.bracket = char;
    }
    this.#emit(char, start, depth * 2 + 3);
  }

  #emit(chars: string, start: number, place: number): void {
    const at = this.text.length + this.#read.length;
    this.#read += chars;
    const last = this.#texts.length - 1;
    const inStep = last >= 0 && start - at === (this.#raws[last] ?? 0) - (this.#texts[last] ?? 0);
    if (inStep && this.#places[last] === place) return;
    this.#texts.push(at);
    this.#raws.push(start);
    this.#places.push(place);
  }

  #rawAt(at: number): number {
    if (at >= this.text.length) return this.#end;
    const stretch = this.#stretchAt(at);
    return (this.#raws[stretch] ?? 0) + at - (this.#texts[stretch] ?? 0);
  }

  /** The last stretch that begins at or before a place; -1 when there is none. */
  #stretchAt(at: number): number {
    let low = 0;
    let high = this.#texts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#texts[middle] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function newLevel(): Level {
  return { mode: 'between', fresh: false, bracket: '', escape: 0, digits: '' };
}
