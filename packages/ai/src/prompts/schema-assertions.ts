import type { Json } from '../canonical/json.ts';
import { sortedText } from '../cache/sorted-text.ts';
import { countChars } from './count-chars.ts';
import { kindOf, listOf, numberOf, objectOf } from './json-kind.ts';

/** A keyword of JSON Schema (2020-12) that looks at one value alone. */
export interface Assertion {
  /** Is this what the keyword takes? */
  takes(wanted: Json): boolean;
  /** Values of a kind that the keyword does not speak of hold. */
  holds(value: Json, wanted: Json): boolean;
  says(wanted: Json): string;
}

const isNumber = (wanted: Json): boolean => numberOf(wanted) !== undefined;
const isCount = (wanted: Json): boolean => Number.isSafeInteger(wanted) && (numberOf(wanted) ?? -1) >= 0;
const isNames = (wanted: Json): boolean => listOf(wanted)?.every((name) => typeof name === 'string') === true;

function compares(words: string, holds: (value: number, wanted: number) => boolean, takes = isNumber): Assertion {
  return {
    takes,
    holds: (value, wanted) => {
      const [number, bound] = [numberOf(value), numberOf(wanted)];
      return number === undefined || bound === undefined || holds(number, bound);
    },
    says: (wanted) => `must be ${words} ${JSON.stringify(wanted)}`,
  };
}

interface Counting {
  readonly what: string;
  readonly count: (value: Json) => number | undefined;
}

const CHARACTERS: Counting = {
  what: 'characters',
  count: (value) => (typeof value === 'string' ? countChars(value) : undefined),
};
const ITEMS: Counting = { what: 'items', count: (value) => listOf(value)?.length };
const MEMBERS: Counting = {
  what: 'members',
  count: (value) => {
    const fields = objectOf(value);
    return fields === undefined ? undefined : Object.keys(fields).length;
  },
};

function counts({ what, count }: Counting, bound: 'least' | 'most'): Assertion {
  return {
    takes: isCount,
    holds: (value, wanted) => {
      const [found, limit] = [count(value), numberOf(wanted)];
      if (found === undefined || limit === undefined) return true;
      return bound === 'least' ? found >= limit : found <= limit;
    },
    says: (wanted) => `must have at ${bound} ${JSON.stringify(wanted)} ${what}`,
  };
}

const TYPES: ReadonlySet<Json> = new Set(['null', 'boolean', 'number', 'string', 'array', 'object', 'integer']);

function isOfType(value: Json, type: Json): boolean {
  return type === 'integer' ? Number.isInteger(numberOf(value)) : kindOf(value) === type;
}

/** Without what a double cannot say exactly: 0.3 is a multiple of 0.1. */
function isMultiple(value: number, of: number): boolean {
  const times = value / of;
  return Math.abs(times - Math.round(times)) <= Number.EPSILON * Math.max(1, Math.abs(times));
}

export function asPattern(pattern: Json): RegExp | undefined {
  try {
    return typeof pattern === 'string' ? new RegExp(pattern, 'u') : undefined;
  } catch {
    return undefined;
  }
}

function has(value: Json, name: Json): boolean {
  return typeof name === 'string' && Object.hasOwn(objectOf(value) ?? {}, name);
}

/** For messages: bounded, as lists may be long. */
function listed(all: readonly Json[]): string {
  const named = all.slice(0, LISTED_MAX).map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  return named.join(', ') + (all.length > LISTED_MAX ? ', …' : '');
}

const LISTED_MAX = 20;

export const ASSERTIONS: ReadonlyMap<string, Assertion> = new Map<string, Assertion>([
  [
    'type',
    {
      takes: (wanted) => TYPES.has(wanted) || listOf(wanted)?.every((type) => TYPES.has(type)) === true,
      holds: (value, wanted) => (listOf(wanted) ?? [wanted]).some((type) => isOfType(value, type)),
      says: (wanted) => `must be of type ${listed(listOf(wanted) ?? [wanted])}`,
    },
  ],
  [
    'enum',
    {
      takes: (wanted) => listOf(wanted) !== undefined,
      holds: (value, wanted) => listOf(wanted)?.some((one) => sortedText(one) === sortedText(value)) === true,
      says: (wanted) => `must be one of ${listed(listOf(wanted) ?? [])}`,
    },
  ],
  [
    'const',
    {
      takes: () => true,
      holds: (value, wanted) => sortedText(value) === sortedText(wanted),
      says: (wanted) => `must be ${JSON.stringify(wanted)}`,
    },
  ],
  ['minimum', compares('at least', (value, least) => value >= least)],
  ['maximum', compares('at most', (value, most) => value <= most)],
  ['exclusiveMinimum', compares('more than', (value, least) => value > least)],
  ['exclusiveMaximum', compares('less than', (value, most) => value < most)],
  ['multipleOf', compares('a multiple of', isMultiple, (wanted) => (numberOf(wanted) ?? 0) > 0)],
  ['minLength', counts(CHARACTERS, 'least')],
  ['maxLength', counts(CHARACTERS, 'most')],
  ['minItems', counts(ITEMS, 'least')],
  ['maxItems', counts(ITEMS, 'most')],
  ['minProperties', counts(MEMBERS, 'least')],
  ['maxProperties', counts(MEMBERS, 'most')],
  [
    'pattern',
    {
      takes: (wanted) => asPattern(wanted) !== undefined,
      holds: (value, wanted) => typeof value !== 'string' || asPattern(wanted)?.test(value) === true,
      says: () => 'has not the right form',
    },
  ],
  [
    'uniqueItems',
    {
      takes: (wanted) => typeof wanted === 'boolean',
      holds: (value, wanted) => {
        const items = wanted === true ? (listOf(value) ?? []) : [];
        return new Set(items.map((item) => sortedText(item))).size === items.length;
      },
      says: () => 'must not hold the same twice',
    },
  ],
  [
    'required',
    {
      takes: isNames,
      holds: (value, wanted) =>
        objectOf(value) === undefined || listOf(wanted)?.every((name) => has(value, name)) === true,
      says: (wanted) => `must have ${listed(listOf(wanted) ?? [])}`,
    },
  ],
  [
    'dependentRequired',
    {
      takes: (wanted) => Object.values(objectOf(wanted) ?? { none: false }).every(isNames),
      holds: (value, wanted) =>
        Object.entries(objectOf(wanted) ?? {}).every(([name, others]) => {
          return !has(value, name) || listOf(others)?.every((other) => has(value, other)) === true;
        }),
      says: () => 'lacks members that others need',
    },
  ],
]);
