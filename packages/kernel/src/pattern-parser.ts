export type PatternNode =
  | { readonly is: 'char'; readonly test: RegExp }
  | { readonly is: 'assertion'; readonly kind: 'start' | 'end' | 'edge' | 'no-edge' }
  | { readonly is: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly is: 'choice'; readonly parts: readonly PatternNode[] }
  | PatternRepeat
  /** One that captures: `index` counts from 1, `name` is that of `(?<name>…)`. */
  | { readonly is: 'group'; readonly part: PatternNode; readonly index: number; readonly name: string | undefined };

export interface PatternRepeat {
  readonly is: 'repeat';
  readonly part: PatternNode;
  readonly least: number;
  readonly most: number | undefined;
  /** Takes as little as it can. */
  readonly lazy: boolean;
}

const DEPTH_MAX = 64;

/** Reads a regular expression into a tree; what one character may be is left to `RegExp`. */
export class PatternParser {
  readonly #source: string;
  #at = 0;
  #depth = 0;
  #groups = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** Undefined when it is not understood. */
  parse(): PatternNode | undefined {
    try {
      // What RegExp refuses is no pattern.
      RegExp(this.#source, 'u');
      const tree = this.#choice();
      return this.#at === this.#source.length ? tree : undefined;
    } catch {
      return undefined;
    }
  }

  #choice(): PatternNode {
    if (++this.#depth > DEPTH_MAX) throw new Error('too deep');
    const parts = [this.#sequence()];
    while (this.#skip('|')) parts.push(this.#sequence());
    this.#depth--;
    return { is: 'choice', parts };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (this.#at < this.#source.length && !'|)'.includes(this.#peek())) parts.push(this.#quantified(this.#atom()));
    return { is: 'sequence', parts };
  }

  #quantified(part: PatternNode): PatternNode {
    const found = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})/.exec(this.#source.slice(this.#at));
    if (found === null) return part;
    const [sign, least = '', comma = '', most = ''] = found;
    this.#at += sign.length;
    const lazy = this.#skip('?');
    if (sign === '*') return { is: 'repeat', part, least: 0, most: undefined, lazy };
    if (sign === '+') return { is: 'repeat', part, least: 1, most: undefined, lazy };
    if (sign === '?') return { is: 'repeat', part, least: 0, most: 1, lazy };
    const upper = most === '' ? undefined : Number(most);
    return { is: 'repeat', part, least: Number(least), most: comma === '' ? Number(least) : upper, lazy };
  }

  #atom(): PatternNode {
    const char = this.#peek();
    if (this.#skip('^')) return { is: 'assertion', kind: 'start' };
    if (this.#skip('$')) return { is: 'assertion', kind: 'end' };
    if (this.#skip('(')) return this.#group();
    if (char === '[') return this.#charOf(/^\[(?:\\.|[^\]\\])*\]/su);
    if (char === '\\') return this.#escape();
    return this.#charOf(/^./su);
  }

  #group(): PatternNode {
    const captures = !this.#skip('?:');
    let name: string | undefined;
    if (captures && this.#skip('?')) {
      const named = /^<([^=!>][^>]*)>/.exec(this.#source.slice(this.#at));
      if (named === null) throw new Error('look-around');
      this.#at += named[0].length;
      name = named[1];
    }
    const index = captures ? ++this.#groups : 0;
    const part = this.#choice();
    if (!this.#skip(')')) throw new Error('open group');
    return captures ? { is: 'group', part, index, name } : part;
  }

  #escape(): PatternNode {
    if (this.#skip('\\b')) return { is: 'assertion', kind: 'edge' };
    if (this.#skip('\\B')) return { is: 'assertion', kind: 'no-edge' };
    if (/^\\[1-9k]/.test(this.#source.slice(this.#at, this.#at + 2))) throw new Error('back-reference');
    return this.#charOf(/^\\(?:u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[pP]\{[^}]*\}|c[A-Za-z]|.)/su);
  }

  /** One character, of which this part of the source says what it may be. */
  #charOf(extent: RegExp): PatternNode {
    const source = extent.exec(this.#source.slice(this.#at))?.[0];
    if (source === undefined) throw new Error('no character');
    this.#at += source.length;
    return { is: 'char', test: RegExp(`^${source}$`, 'u') };
  }

  #peek(): string {
    return this.#source.charAt(this.#at);
  }

  #skip(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }
}
