import { isObject } from './raw-value.ts';

/** `number` is two kinds here, so that `integer` is a subset of it like any other. */
export type Kind = 'null' | 'boolean' | 'object' | 'array' | 'string' | 'integer' | 'fraction';

export const ALL_KINDS: ReadonlySet<Kind> = new Set([
  'null',
  'boolean',
  'object',
  'array',
  'string',
  'integer',
  'fraction',
]);

const KINDS_OF: ReadonlyMap<unknown, readonly Kind[]> = new Map<unknown, readonly Kind[]>([
  ['null', ['null']],
  ['boolean', ['boolean']],
  ['object', ['object']],
  ['array', ['array']],
  ['string', ['string']],
  ['integer', ['integer']],
  ['number', ['integer', 'fraction']],
]);

/** Of the `type` of a schema, one or a list; `undefined` when it names none that we know. */
export function kindsOfType(type: unknown): ReadonlySet<Kind> | undefined {
  const names: readonly unknown[] = Array.isArray(type) ? type : [type];
  const kinds = names.flatMap((name) => KINDS_OF.get(name) ?? []);
  return kinds.length === 0 ? undefined : new Set(kinds);
}

export function kindOfValue(value: unknown): Kind {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (isObject(value)) return 'object';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'fraction';
  return typeof value === 'boolean' ? 'boolean' : 'string';
}

/** As a document would write them: `integer or string`. */
export function kindsText(kinds: ReadonlySet<Kind>): string {
  if (kinds.size === ALL_KINDS.size) return 'anything';
  const names = [...kinds].filter((kind) => kind !== 'null' && !(kind === 'integer' && kinds.has('fraction')));
  const written = names.map((kind) => (kind === 'fraction' ? 'number' : kind)).toSorted();
  return written.length === 0 ? (kinds.has('null') ? 'null' : 'nothing') : written.join(' or ');
}
