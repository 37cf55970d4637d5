import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';

/**
 * Members of a caller's request that must have their type if they are there at all; null is absent (reference T42).
 * `where` is the path of the parent, '' at the top.
 */
export function expectFields(parent: JsonFields, name: string, where: string): JsonFields | undefined {
  const value = parent[name] ?? undefined;
  if (value === undefined) return undefined;
  if (isJsonFields(value)) return value;
  throw wrong(name, where, 'an object');
}

export function expectList(parent: JsonFields, name: string, where: string): readonly Json[] | undefined {
  const value = parent[name] ?? undefined;
  if (value === undefined) return undefined;
  if (isList(value)) return value;
  throw wrong(name, where, 'a list');
}

export function expectText(parent: JsonFields, name: string, where: string): string | undefined {
  const value = parent[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === 'string') return value;
  throw wrong(name, where, 'a text');
}

export function expectNumber(parent: JsonFields, name: string, where: string): number | undefined {
  const value = parent[name] ?? undefined;
  if (value === undefined) return undefined;
  const number = asNumber(value);
  if (number !== undefined) return number;
  throw wrong(name, where, 'a number');
}

export function expectBoolean(parent: JsonFields, name: string, where: string): boolean | undefined {
  const value = parent[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === 'boolean') return value;
  throw wrong(name, where, 'true or false');
}

/** Also of a number with so many digits that `parseExact` kept it as it was sent. */
export function asNumber(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  // Only the raw numbers of the parser are frozen.
  if (!isJsonFields(value) || !Object.isFrozen(value)) return undefined;
  const number = Number(JSON.stringify(value));
  return Number.isFinite(number) ? number : undefined;
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function wrong(name: string, where: string, what: string): Untranslatable {
  const param = where === '' ? name : `${where}.${name}`;
  return new Untranslatable(`\`${param}\` must be ${what}.`, param);
}
