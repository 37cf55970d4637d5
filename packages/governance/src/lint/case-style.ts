import type { Case } from './options.ts';

const PATTERNS: Readonly<Record<Case, RegExp>> = {
  snake_case: /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/,
  camelCase: /^[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)*$/,
  PascalCase: /^[A-Z][a-z0-9]*(?:[A-Z][a-z0-9]*)*$/,
  'kebab-case': /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/,
  SCREAMING_SNAKE_CASE: /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/,
};

export function isCase(name: string, style: Case): boolean {
  return PATTERNS[style].test(name);
}

/** A name as its words, in lower case: `userID2Name`, `user_id`, `User-Id`. */
export function wordsOf(name: string): readonly string[] {
  return (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g) ?? []).map((word) => word.toLowerCase());
}

const WRITERS: Readonly<Record<Case, (words: readonly string[]) => string>> = {
  snake_case: (words) => words.join('_'),
  camelCase: (words) => words.map((word, i) => (i === 0 ? word : capital(word))).join(''),
  PascalCase: (words) => words.map(capital).join(''),
  'kebab-case': (words) => words.join('-'),
  SCREAMING_SNAKE_CASE: (words) => words.join('_').toUpperCase(),
};

export function inCase(name: string, style: Case): string {
  return WRITERS[style](wordsOf(name));
}

/** The styles that a name may be meant in: `id` is three of them. */
export function casesOf(name: string): readonly Case[] {
  return CASES_IN_ORDER.filter((style) => isCase(name, style));
}

const CASES_IN_ORDER: readonly Case[] = ['snake_case', 'camelCase', 'PascalCase', 'kebab-case', 'SCREAMING_SNAKE_CASE'];

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
