/** A regular expression of ECMAScript, read as far as it can be matched in linear time. */
export type PatternTree =
  | { readonly kind: 'char'; readonly token: string }
  | { readonly kind: 'assertion'; readonly what: Assertion }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternTree[] }
  | { readonly kind: 'choice'; readonly branches: readonly PatternTree[] }
  | { readonly kind: 'repeat'; readonly part: PatternTree; readonly min: number; readonly max: number }
  | { readonly kind: 'look'; readonly part: PatternTree; readonly negative: boolean };

export type Assertion = 'start' | 'end' | 'word-edge' | 'no-word-edge';

export interface ReadPattern {
  readonly tree: PatternTree;
  /** `u`, or '' for what is only valid without it. */
  readonly flags: '' | 'u';
}

/** What is wrong with a pattern is the predicate of a sentence. */
export class PatternProblem extends Error {}

/** Throws a `PatternProblem`. */
export function readPattern(source: string): ReadPattern {
  const flags = flagsOf(source);
  return { tree: new PatternReader(source, flags === 'u').whole(), flags };
}

/** JSON Schema Core §6.4: with the flag, where the pattern can bear it. Node itself says whether it is one at all. */
function flagsOf(source: string): '' | 'u' {
  for (const flags of ['u', ''] as const) {
    try {
      RegExp(source, flags);
      return flags;
    } catch {
      continue;
    }
  }
  throw new PatternProblem('is no regular expression');
}

const QUANTIFIER = /(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/y;
const ESCAPE_UNICODE =
  /\\(?:u\{[0-9a-fA-F]+\}|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|[pP]\{[^}]*\}|[^])/y;
const ESCAPE_LEGACY = /\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|[0-7]{1,3}|[^])/y;
const CLASS = /\[(?:\\[^]|[^\]\\])*\]/y;

class PatternReader {
  readonly #source: string;
  readonly #unicode: boolean;
  #at = 0;

  constructor(source: string, unicode: boolean) {
    this.#source = source;
    this.#unicode = unicode;
  }

  whole(): PatternTree {
    const tree = this.#choice();
    if (this.#at < this.#source.length) throw new PatternProblem('has a bracket that nothing opens');
    return tree;
  }

  #choice(): PatternTree {
    const branches = [this.#sequence()];
    while (this.#take('|')) branches.push(this.#sequence());
    const [only] = branches;
    return branches.length === 1 && only !== undefined ? only : { kind: 'choice', branches };
  }

  #sequence(): PatternTree {
    const parts: PatternTree[] = [];
    while (this.#at < this.#source.length && !/[|)]/.test(this.#source[this.#at] ?? '')) {
      parts.push(this.#repeated(this.#term()));
    }
    return { kind: 'sequence', parts };
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source) ?? undefined;
    if (found !== undefined) this.#at += found[0].length;
    return found;
  }

  #term(): PatternTree {
    if (this.#take('^')) return { kind: 'assertion', what: 'start' };
    if (this.#take('$')) return { kind: 'assertion', what: 'end' };
    if (this.#take(String.raw`\b`)) return { kind: 'assertion', what: 'word-edge' };
    if (this.#take(String.raw`\B`)) return { kind: 'assertion', what: 'no-word-edge' };
    if (this.#take('(')) return this.#group();
    const token = this.#match(CLASS)?.[0] ?? this.#escape() ?? this.#char();
    return { kind: 'char', token };
  }

  #group(): PatternTree {
    const look = this.#take('?=') ? 'yes' : this.#take('?!') ? 'no' : undefined;
    if (look === undefined && this.#take('?') && !this.#take(':')) {
      if (this.#match(/<(?![=!])[^>]*>/y) === undefined) {
        throw new PatternProblem('looks behind or changes flags, which cannot be matched in linear time');
      }
    }
    const part = this.#choice();
    if (!this.#take(')')) throw new PatternProblem('has a bracket that nothing closes');
    return look === undefined ? part : { kind: 'look', part, negative: look === 'no' };
  }

  #escape(): string | undefined {
    const text = this.#match(this.#unicode ? ESCAPE_UNICODE : ESCAPE_LEGACY)?.[0];
    // Also `\1` to `\377` of old patterns, which may be characters: nobody writes them so.
    if (text !== undefined && /^\\(?:[1-9]|k)/.test(text)) {
      throw new PatternProblem('refers back to what it matched, which cannot be matched in linear time');
    }
    return text;
  }

  #char(): string {
    const char = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
    const unit = this.#unicode ? char : char.charAt(0);
    this.#at += unit.length;
    return unit === '.' ? unit : escaped(unit);
  }

  #repeated(part: PatternTree): PatternTree {
    const found = this.#match(QUANTIFIER);
    if (found === undefined) return part;
    if (part.kind === 'look') throw new PatternProblem('repeats a look-ahead');
    const [, sign, least, comma, most] = found;
    if (sign !== undefined)
      return { kind: 'repeat', part, min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : Infinity };
    const min = Number(least);
    const max = comma === undefined ? min : most === '' ? Infinity : Number(most);
    return { kind: 'repeat', part, min, max };
  }
}

/** As a character class of its own, so that it means itself. */
function escaped(char: string): string {
  return /[\^\\\]]/.test(char) ? `\\${char}` : `[${char}]`;
}
