import type { Edit } from './edits.ts';
import { HIDDEN } from './edits.ts';
import type { NamePaths, Place } from './name-paths.ts';

/** A string of a JSON text, or a number. */
export interface JsonLeaf {
  /** Of the literal, quotes included. */
  readonly start: number;
  readonly end: number;
  /** What it says, escapes resolved; of a string that was cut off, as far as it goes. */
  readonly text: string;
  /** It ends where the text was cut off, and may go on. */
  readonly goesOn: boolean;
  readonly place: Place;
  /** The names that lead to it, where they are wanted; undefined for what is a name itself. */
  readonly path: string | undefined;
}

export interface JsonListener {
  readonly paths: NamePaths;
  /** The text was cut off. */
  readonly goesOn: boolean;
  /** Whether leaves are told with their paths. */
  readonly traces: boolean;
  leaf(leaf: JsonLeaf): void;
  hide(edit: Edit): void;
}

/** `whole`: a value has ended at `end`. `cut`: the text has. `broken`: what begins at `end` cannot be JSON. */
export interface JsonEnd {
  readonly is: 'whole' | 'cut' | 'broken';
  readonly end: number;
}

/** The value that has to follow; without a place it is hidden. */
interface Next {
  readonly place: Place | undefined;
  readonly path: string;
}

interface Frame {
  readonly closer: ']' | '}';
  readonly place: Place;
  readonly path: string;
  items: number;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NUMBER_SO_FAR = /-?[\d.eE+-]*$/y;
const LITERAL = /true|false|null/y;
const LITERAL_SO_FAR = /(?:t|tr|tru|f|fa|fal|fals|n|nu|nul)?$/y;
/** RFC 8259 §7, up to the quote that ends it or to where it stops being a string. */
// oxlint-disable-next-line no-control-regex -- these may not stand in a string
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*/y;
const ESCAPE_SO_FAR = /\\(?:u[0-9a-fA-F]{0,3})?$/y;

/**
 * Reads one value of a JSON text that may be cut off anywhere, names what stands in it, and hides what paths name as soon
 * as it begins: nothing is shown because its end is missing. To the letter of RFC 8259: where readers may differ on what
 * a text says, it ends as `broken`. Depth costs no stack.
 */
export class JsonWalk {
  readonly #text: string;
  readonly #listener: JsonListener;
  readonly #frames: Frame[] = [];
  #at: number;
  #end: JsonEnd | undefined;
  /** What is hidden began here, so deep. */
  #hidden: { readonly start: number; readonly depth: number } | undefined;

  constructor(text: string, start: number, listener: JsonListener) {
    this.#text = text;
    this.#at = start;
    this.#listener = listener;
  }

  walk(place: Place): JsonEnd {
    let next: Next | undefined = { place, path: '' };
    while (this.#end === undefined && next !== undefined) {
      const opened = this.#value(next.place, next.path);
      if (this.#end !== undefined) break;
      next = opened ? this.#first() : this.#following();
    }
    const end = this.#end ?? { is: 'whole', end: this.#at };
    // However it ended: what was to be hidden is.
    if (this.#hidden === undefined) return end;
    this.#listener.hide({ start: this.#hidden.start, end: this.#text.length, put: `"${HIDDEN}"` });
    return { is: end.is, end: this.#hidden.start };
  }

  /** True when it holds others. */
  #value(place: Place | undefined, path: string): boolean {
    const char = this.#skipSpace();
    if (place === undefined) this.#hidden ??= { start: this.#at, depth: this.#frames.length };
    const open = char === '{' || char === '[';
    if (open) {
      this.#frames.push({ closer: char === '{' ? '}' : ']', place: place ?? [], path, items: 0 });
      this.#at++;
      return true;
    }
    if (char === '"') this.#string(place ?? [], path);
    else if (!this.#literal()) this.#number(place ?? [], path);
    this.#valueEnded();
    return false;
  }

  #valueEnded(): void {
    if (this.#end !== undefined || this.#hidden?.depth !== this.#frames.length) return;
    this.#listener.hide({ start: this.#hidden.start, end: this.#at, put: `"${HIDDEN}"` });
    this.#hidden = undefined;
  }

  /** In a container that has just been opened. */
  #first(): Next | undefined {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return undefined;
    if (this.#skipSpace() !== frame.closer) return this.#member(frame);
    this.#at++;
    this.#frames.pop();
    this.#valueEnded();
    return this.#following();
  }

  /** Behind a value: the next one of its container, or of the containers around it. */
  #following(): Next | undefined {
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
      const char = this.#skipSpace();
      if (char === ',') {
        this.#at++;
        return this.#member(frame);
      }
      if (char !== frame.closer) return this.#stop();
      this.#at++;
      this.#frames.pop();
      this.#valueEnded();
    }
    return undefined;
  }

  #member(frame: Frame): Next | undefined {
    const index = `${frame.items++}`;
    if (frame.closer === ']') return this.#next(frame, index, `[${index}]`);
    if (this.#skipSpace() !== '"') return this.#stop();
    const name = this.#string(frame.place, undefined);
    if (name === undefined) return undefined;
    if (this.#skipSpace() !== ':') return this.#stop();
    this.#at++;
    return this.#next(frame, name, `.${name}`);
  }

  #next({ place, path: around }: Frame, name: string, step: string): Next {
    const path = this.#listener.traces ? around + step : '';
    return { place: this.#hidden === undefined ? this.#listener.paths.under(place, name) : [], path };
  }

  /** What it says; undefined where it does not end. */
  #string(place: Place, path: string | undefined): string | undefined {
    const start = this.#at;
    const stop = matches(STRING, this.#text, start);
    const inside = this.#text.slice(start + 1, stop);
    const whole = this.#text[stop] === '"';
    const over = stop === this.#text.length || matches(ESCAPE_SO_FAR, this.#text, stop) >= 0;
    if (!whole && (!over || !this.#listener.goesOn)) return this.#stop(start);
    const text = inside.includes('\\') ? String(JSON.parse(`"${inside}"`)) : inside;
    this.#at = whole ? stop + 1 : this.#text.length;
    this.#leaf({ start, end: this.#at, text, goesOn: !whole, place, path });
    if (whole) return text;
    this.#end = { is: 'cut', end: this.#text.length };
    return undefined;
  }

  #number(place: Place, path: string): void {
    const start = this.#at;
    // Of a number at the end of what was cut off nobody knows how it goes on.
    const goesOn = this.#listener.goesOn && start < this.#text.length && matches(NUMBER_SO_FAR, this.#text, start) > 0;
    const end = goesOn ? this.#text.length : matches(NUMBER, this.#text, start);
    if (end < 0) {
      this.#stop();
      return;
    }
    this.#at = end;
    this.#leaf({ start, end, text: this.#text.slice(start, end), goesOn, place, path });
    if (goesOn) this.#end = { is: 'cut', end };
  }

  #literal(): boolean {
    const end = matches(LITERAL, this.#text, this.#at);
    if (end >= 0) {
      this.#at = end;
      return true;
    }
    if (!this.#listener.goesOn || matches(LITERAL_SO_FAR, this.#text, this.#at) < 0) return false;
    this.#end = { is: 'cut', end: this.#text.length };
    return true;
  }

  #leaf(leaf: JsonLeaf): void {
    if (this.#hidden === undefined) this.#listener.leaf(leaf);
  }

  #stop(at = this.#at): undefined {
    const cut = at >= this.#text.length && this.#listener.goesOn;
    this.#end ??= { is: cut ? 'cut' : 'broken', end: at };
    return undefined;
  }

  /** The character behind it; '' at the end of the text. */
  #skipSpace(): string {
    for (;;) {
      const char = this.#text[this.#at] ?? '';
      if (char !== ' ' && char !== '\n' && char !== '\r' && char !== '\t') return char;
      this.#at++;
    }
  }
}

/** Where a sticky pattern ends that begins at `at`; -1 where it does not. */
function matches(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}
