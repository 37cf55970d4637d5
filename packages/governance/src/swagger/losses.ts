import { below, type JsonMap } from '../tree/json-tree.ts';

/** Something that could not be carried over as it was. */
export interface Loss {
  /** JSON Pointer into what was read. */
  readonly pointer: string;
  /** The predicate of a sentence about it. */
  readonly what: string;
}

/** More are of no use to a reader. */
const LOSSES_MAX = 1000;

export class Losses {
  readonly #found: Loss[] = [];
  #more = 0;

  name(pointer: string, what: string): void {
    if (this.#found.length < LOSSES_MAX) this.#found.push({ pointer, what });
    else this.#more++;
  }

  all(): readonly Loss[] {
    if (this.#more === 0) return this.#found;
    return [...this.#found, { pointer: '', what: `loses ${this.#more} things besides, which are not listed` }];
  }
}

/** What becomes of one member: the members that stand for it, or what is lost with it. */
export type Rule = (value: unknown, pointer: string) => JsonMap | string;
export type Rules = Readonly<Record<string, Rule>>;

const KINDS = {
  text: (value: unknown) => typeof value === 'string',
  number: (value: unknown) => typeof value === 'number' && Number.isFinite(value),
  count: (value: unknown) => typeof value === 'number' && Number.isInteger(value) && value >= 0,
  boolean: (value: unknown) => typeof value === 'boolean',
  map: (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value),
  list: (value: unknown) => Array.isArray(value),
  texts: (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  anything: () => true,
} as const;
export type ValueKind = keyof typeof KINDS;

export function isOf(kind: ValueKind, value: unknown): boolean {
  return KINDS[kind](value);
}

const A: Readonly<Record<ValueKind, string>> = {
  text: 'a text',
  number: 'a number',
  count: 'a whole number from 0',
  boolean: 'true or false',
  map: 'a map',
  list: 'a list',
  texts: 'a list of texts',
  anything: 'a value',
};

export function isNot(kind: ValueKind): string {
  return `is not ${A[kind]}, left out`;
}

/** Means the same in OpenAPI 3.1, under the same name or another. */
export function kept(name: string, kind: ValueKind): Rule {
  return (value) => (isOf(kind, value) ? { [name]: value } : isNot(kind));
}

/** Dealt with together with others. */
export const elsewhere: Rule = () => ({});

/** Takes a map over by a table; extensions stay, what no table knows is named. */
export function carried(map: JsonMap, rules: Rules, { pointer, losses }: { pointer: string; losses: Losses }): JsonMap {
  const members = new Map<string, unknown>();
  for (const [name, value] of Object.entries(map)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : name.startsWith('x-') ? kept(name, 'anything') : undefined;
    const at = below(pointer, name);
    const outcome = rule === undefined ? 'is not known here, left out' : rule(value, at);
    if (typeof outcome === 'string') losses.name(at, outcome);
    else for (const [key, member] of Object.entries(outcome)) members.set(key, member);
  }
  return Object.fromEntries(members);
}
