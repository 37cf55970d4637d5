import { ScimError } from './scim-error.ts';

export type Attributes = Readonly<Record<string, readonly (string | boolean)[]>>;

interface Comparison {
  readonly attribute: string;
  readonly operator: 'eq' | 'sw' | 'co';
  readonly value: string | boolean;
}

const CHARS_MAX = 1000;
const COMPARISONS_MAX = 20;
const COMPARISON = /\s*([A-Za-z][\w.:$-]{0,120})\s+(eq|sw|co)\s+("(?:[^"\\]|\\.)*"|true|false)\s*/iy;
const AND = /and\s+/iy;

/** Comparisons that all have to hold: `userName eq "a@b" and active eq true` (RFC 7644 §3.4.2.2, without `or` and `not`). */
export function parseScimFilter(text: string, known: ReadonlySet<string>): readonly Comparison[] {
  const refuse = (why: string): never => {
    throw new ScimError(400, `the filter ${why}`, 'invalidFilter');
  };
  if (text.length > CHARS_MAX) refuse(`is longer than ${CHARS_MAX} characters`);
  const comparisons: Comparison[] = [];
  let at = 0;
  while (true) {
    COMPARISON.lastIndex = at;
    const [all = '', name = '', operator = '', value = ''] = COMPARISON.exec(text) ?? [];
    if (all === '') refuse('is made of comparisons by eq, sw and co, joined by and');
    const attribute = attributeOf(name);
    if (!known.has(attribute)) refuse(`compares ${name}, which is none of ${[...known].join(', ')}`);
    comparisons.push({ attribute, operator: operatorOf(operator), value: valueOf(value) });
    at += all.length;
    if (at === text.length) return comparisons;
    AND.lastIndex = at;
    const [and = ''] = AND.exec(text) ?? [];
    if (and === '' || comparisons.length === COMPARISONS_MAX) refuse('cannot be read behind a comparison');
    at += and.length;
  }
}

/** `urn:…:User:userName` is `username`, `emails.value` is `emails`. */
function attributeOf(name: string): string {
  const bare = name.slice(name.lastIndexOf(':') + 1).toLowerCase();
  return bare.replace(/\.value$/, '');
}

function operatorOf(text: string): Comparison['operator'] {
  const operator = text.toLowerCase();
  return operator === 'sw' || operator === 'co' ? operator : 'eq';
}

function valueOf(text: string): string | boolean {
  if (!text.startsWith('"')) return text.toLowerCase() === 'true';
  try {
    return String(JSON.parse(text));
  } catch {
    throw new ScimError(400, 'the filter has a text that is no JSON', 'invalidFilter');
  }
}

/** Texts are compared without regard to capitals, as RFC 7643 has it for what we keep. */
export function matchesFilter(comparisons: readonly Comparison[], attributes: Attributes): boolean {
  return comparisons.every(({ attribute, operator, value }) =>
    attributes[attribute]?.some((each) => compare(operator, each, value)),
  );
}

function compare(operator: Comparison['operator'], has: string | boolean, wanted: string | boolean): boolean {
  if (typeof has !== 'string' || typeof wanted !== 'string') return operator === 'eq' && has === wanted;
  const [text, part] = [has.toLowerCase(), wanted.toLowerCase()];
  if (operator === 'eq') return text === part;
  return operator === 'sw' ? text.startsWith(part) : text.includes(part);
}
