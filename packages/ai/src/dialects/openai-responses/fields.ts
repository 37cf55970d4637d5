import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';

export function fieldsOf(value: unknown): JsonFields | undefined {
  return isJsonFields(value) ? value : undefined;
}

export function listOf(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** What an item, a part or an event is. */
export function typeOf(fields: JsonFields): string {
  return stringOf(fields['type']) ?? '';
}

/** A string, which may be empty. */
export function stringOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Python writes 0.1 + 0.2 with 17 digits, which `parseExact` keeps as they are. */
export function numberOf(value: Json | undefined): number | undefined {
  const raw = fieldsOf(value)?.['rawJSON'];
  const number = typeof raw === 'string' ? Number(raw) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

type Kind = 'string' | 'number' | 'boolean' | 'object' | 'array';

interface Kinds {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
  readonly object: JsonFields;
  readonly array: readonly Json[];
}

const READERS: { readonly [K in Kind]: (value: Json) => Kinds[K] | undefined } = {
  string: stringOf,
  number: numberOf,
  boolean: (value) => (typeof value === 'boolean' ? value : undefined),
  object: fieldsOf,
  array: (value) => (isList(value) ? value : undefined),
};

/** A member of a request: null is absent, another kind than the one named is refused. */
export function member<K extends Kind>(fields: JsonFields, name: string, kind: K): Kinds[K] | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  const read = READERS[kind](value);
  if (read === undefined) throw new Untranslatable(`'${name}' must be ${kind === 'array' ? 'an' : 'a'} ${kind}.`, name);
  return read;
}

type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Leaves out what is undefined: optional members are absent, as the canonical form wants them. */
export function given<const T extends object>(members: T): Given<T> {
  const there = Object.entries(members).filter(([, value]) => value !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same members without those that are undefined
  return Object.fromEntries(there) as Given<T>;
}
