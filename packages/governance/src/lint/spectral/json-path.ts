import { readFilter, type Filter } from './filter.ts';
import { UnsupportedPath } from './unsupported-path.ts';

/** One step of a path; `deep` looks at every level below. */
export interface JsonPathStep {
  readonly deep: boolean;
  readonly select: Select;
}

export type Select =
  | { readonly kind: 'names'; readonly names: readonly (string | number)[] }
  | { readonly kind: 'all' }
  | { readonly kind: 'filter'; readonly filter: Filter }
  | { readonly kind: 'keys' }
  | { readonly kind: 'parent' };

export type JsonPath = readonly JsonPathStep[];

const CHARS_MAX = 2000;

/**
 * A subset of JSONPath as Spectral's rulesets use it: names, unions, `*`, `..`, filters that compare, `~` for keys and
 * `^` for the parent. Scripts and slices are refused. Throws `UnsupportedPath`.
 */
export function parseJsonPath(text: string): JsonPath {
  if (text.length > CHARS_MAX) throw new UnsupportedPath(`the path has more than ${CHARS_MAX} characters`);
  if (!text.startsWith('$')) throw new UnsupportedPath(`\`${text}\` does not begin with $`);
  return new PathReader(text).steps();
}

const NAME = /[^.[\]()*~^@?'"\s,]+/y;

class PathReader {
  readonly #text: string;
  #at = 1;

  constructor(text: string) {
    this.#text = text;
  }

  steps(): JsonPath {
    const steps: JsonPathStep[] = [];
    while (this.#at < this.#text.length) steps.push(this.#step());
    return steps;
  }

  #step(): JsonPathStep {
    if (this.#skip('~')) return { deep: false, select: { kind: 'keys' } };
    if (this.#skip('^')) return { deep: false, select: { kind: 'parent' } };
    const deep = this.#skip('..');
    const dotted = deep || this.#skip('.');
    if (this.#text.charAt(this.#at) === '[') return { deep, select: this.#bracket() };
    if (dotted && this.#skip('*')) return { deep, select: { kind: 'all' } };
    if (!dotted) throw this.#unknown();
    return { deep, select: { kind: 'names', names: [this.#name()] } };
  }

  #bracket(): Select {
    this.#at++;
    this.#blanks();
    if (this.#skip('*')) return this.#closed({ kind: 'all' });
    if (this.#text.startsWith('?(', this.#at)) {
      this.#at += 1;
      const { filter, end } = readFilter(this.#text, this.#at);
      this.#at = end;
      return this.#closed({ kind: 'filter', filter });
    }
    const names: (string | number)[] = [];
    do {
      this.#blanks();
      names.push(this.#quoted() ?? this.#bare());
      this.#blanks();
    } while (this.#skip(','));
    return this.#closed({ kind: 'names', names });
  }

  #closed(select: Select): Select {
    this.#blanks();
    if (!this.#skip(']')) throw this.#unknown();
    return select;
  }

  #quoted(): string | undefined {
    const quote = this.#text.charAt(this.#at);
    if (quote !== "'" && quote !== '"') return undefined;
    let value = '';
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const char = this.#text.charAt(at);
      if (char === quote) {
        this.#at = at + 1;
        return value;
      }
      value += char === '\\' ? this.#text.charAt(++at) : char;
    }
    throw this.#unknown();
  }

  #bare(): string | number {
    const name = this.#name();
    return /^\d+$/.test(name) ? Number(name) : name;
  }

  #name(): string {
    NAME.lastIndex = this.#at;
    const found = NAME.exec(this.#text)?.[0];
    if (found === undefined || found.includes(':')) throw this.#unknown();
    this.#at += found.length;
    return found;
  }

  #blanks(): void {
    while (this.#text.charAt(this.#at) === ' ') this.#at++;
  }

  #skip(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #unknown(): UnsupportedPath {
    return new UnsupportedPath(`\`${this.#text}\` is not supported from character ${this.#at + 1} on`);
  }
}
