import { isObject } from '../../document/json-value.ts';
import { UnsupportedPath } from './unsupported-path.ts';

/** What a filter looks at. */
export interface Candidate {
  readonly value: unknown;
  readonly property: string | number;
  readonly parent: unknown;
}

export type Filter = (candidate: Candidate) => boolean;
type Term = (candidate: Candidate) => unknown;

/** Reads `( … )` from its bracket on: comparisons of `@`, `@property`, `@parent` and literals, with &&, || and !. */
export function readFilter(text: string, at: number): { readonly filter: Filter; readonly end: number } {
  const reader = new FilterReader(text, at + 1);
  const term = reader.any();
  const end = reader.close();
  return { filter: (candidate) => Boolean(term(candidate)), end };
}

const TOKENS: readonly (readonly [name: string, RegExp])[] = [
  ['blank', /\s+/y],
  ['operator', /===|!==|==|!=|<=|>=|<|>|&&|\|\||!|=~/y],
  ['number', /-?\d+(?:\.\d+)?/y],
  ['string', /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/y],
  ['regex', /\/(?:[^/\\\n]|\\.)+\/[imsu]*/y],
  ['at', /@(?:property|parent)?/y],
  ['step', /\.[\w$-]+|\[\s*(?:'[^']*'|"[^"]*"|\d+)\s*\]/y],
  ['word', /[A-Za-z]+/y],
  ['mark', /[()]/y],
];

interface Token {
  readonly kind: string;
  readonly text: string;
}

type Compare = (a: unknown, b: unknown) => boolean;

const NUMERIC = (compare: (a: number, b: number) => boolean): Compare => {
  return (a, b) => compare(numberOf(a), numberOf(b));
};
const COMPARISONS: Readonly<Record<string, Compare>> = {
  '===': (a, b) => a === b,
  '!==': (a, b) => a !== b,
  // Loose as in JavaScript as far as documents need it: `'200' == 200`.
  '==': (a, b) => a === b || isLooselyEqual(a, b),
  '!=': (a, b) => !(a === b || isLooselyEqual(a, b)),
  '<': NUMERIC((a, b) => a < b),
  '>': NUMERIC((a, b) => a > b),
  '<=': NUMERIC((a, b) => a <= b),
  '>=': NUMERIC((a, b) => a >= b),
};
const DEPTH_MAX = 50;

class FilterReader {
  readonly #text: string;
  #at: number;
  #depth = 0;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  any(): Term {
    const terms = [this.#every()];
    while (this.#take('||')) terms.push(this.#every());
    return terms.length === 1 ? this.#first(terms) : (candidate) => terms.some((term) => Boolean(term(candidate)));
  }

  close(): number {
    if (!this.#take(')')) throw this.#unknown();
    return this.#at;
  }

  #every(): Term {
    const terms = [this.#compared()];
    while (this.#take('&&')) terms.push(this.#compared());
    return terms.length === 1 ? this.#first(terms) : (candidate) => terms.every((term) => Boolean(term(candidate)));
  }

  #first(terms: readonly Term[]): Term {
    return terms[0] ?? (() => undefined);
  }

  #compared(): Term {
    const left = this.#term();
    const operator = this.#peek();
    if (operator?.kind !== 'operator') return left;
    if (operator.text === '=~') {
      this.#next();
      const pattern = this.#regex();
      return (candidate) => pattern.test(textOf(left(candidate)));
    }
    const compare = COMPARISONS[operator.text];
    if (compare === undefined) return left;
    this.#next();
    const right = this.#term();
    return (candidate) => compare(left(candidate), right(candidate));
  }

  #term(): Term {
    if (++this.#depth > DEPTH_MAX) throw this.#unknown();
    const token = this.#next();
    const term = this.#termOf(token);
    this.#depth--;
    return term;
  }

  #termOf(token: Token | undefined): Term {
    if (token?.text === '!') {
      const term = this.#term();
      return (candidate) => !term(candidate);
    }
    if (token?.text === '(') {
      const term = this.any();
      this.close();
      return term;
    }
    if (token?.kind === 'number') return constant(Number(token.text));
    if (token?.kind === 'string') return constant(unquoted(token.text));
    if (token?.kind === 'at') return this.#looked(token.text);
    const word = token?.kind === 'word' ? WORDS.get(token.text) : undefined;
    if (word === undefined) throw this.#unknown();
    return constant(word.value);
  }

  /** `@.a.b`, `@property.match(/x/)`, `@.tags.length`. */
  #looked(from: string): Term {
    const names: string[] = [];
    for (let token = this.#peek(); token?.kind === 'step'; token = this.#peek()) {
      this.#next();
      const name = token.text.startsWith('.') ? token.text.slice(1) : unquoted(token.text.slice(1, -1).trim());
      if (name === 'match' && this.#take('(')) return this.#match(from, names);
      names.push(name);
    }
    return (candidate) => lookedUp(candidate, from, names);
  }

  #match(from: string, names: readonly string[]): Term {
    const pattern = this.#regex();
    this.close();
    return (candidate) => pattern.test(textOf(lookedUp(candidate, from, names)));
  }

  #regex(): RegExp {
    const token = this.#next();
    const parts = token?.kind === 'regex' ? /^\/(.*)\/([a-z]*)$/s.exec(token.text) : null;
    if (parts === null) throw this.#unknown();
    try {
      return new RegExp(parts[1] ?? '', parts[2]);
    } catch {
      throw new UnsupportedPath(`${token?.text ?? ''} is no regular expression`);
    }
  }

  #take(text: string): boolean {
    if (this.#peek()?.text !== text) return false;
    this.#next();
    return true;
  }

  #peek(): Token | undefined {
    const at = this.#at;
    const token = this.#next();
    this.#at = at;
    return token;
  }

  #next(): Token | undefined {
    for (const [kind, pattern] of TOKENS) {
      pattern.lastIndex = this.#at;
      const found = pattern.exec(this.#text)?.[0];
      if (found === undefined) continue;
      this.#at += found.length;
      return kind === 'blank' ? this.#next() : { kind, text: found };
    }
    return undefined;
  }

  #unknown(): UnsupportedPath {
    return new UnsupportedPath(`the filter in \`${this.#text}\` is not supported near character ${this.#at}`);
  }
}

const WORDS: ReadonlyMap<string, { readonly value: unknown }> = new Map([
  ['true', { value: true }],
  ['false', { value: false }],
  ['null', { value: null }],
  ['undefined', { value: undefined }],
]);

function constant(value: unknown): Term {
  return () => value;
}

function unquoted(text: string): string {
  return /^['"]/.test(text) ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
}

function lookedUp(candidate: Candidate, from: string, names: readonly string[]): unknown {
  let value = from === '@property' ? candidate.property : from === '@parent' ? candidate.parent : candidate.value;
  for (const name of names) {
    if (name === 'length' && (typeof value === 'string' || Array.isArray(value))) value = value.length;
    else if ((isObject(value) || Array.isArray(value)) && Object.hasOwn(value, name)) value = Reflect.get(value, name);
    else return undefined;
  }
  return value;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : Number.NaN;
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function isLooselyEqual(a: unknown, b: unknown): boolean {
  if ((a ?? null) === null || (b ?? null) === null) return (a ?? null) === (b ?? null);
  return (typeof a === 'number' || typeof b === 'number') && numberOf(a) === numberOf(b);
}
