import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';

/**
 * An object as Google's own parser reads it: `snake_case` members under their `camelCase` names, and without those that
 * are null. Only the object itself is opened: what is inside may be a tool's arguments, whose names are the caller's.
 * A member that stands there in both spellings is refused, because two readers could choose differently.
 */
export function camelFields(fields: JsonFields): JsonFields {
  let plain = true;
  for (const name in fields) if (fields[name] === null || name.includes('_')) plain = false;
  if (plain) return fields;
  const seen = new Map<string, Json>();
  for (const [spelt, value] of Object.entries(fields)) {
    const name = camelCase(spelt);
    if (seen.has(name)) throw new Untranslatable(`The member ${name} stands there twice, in two spellings.`, name);
    if (value !== null) seen.set(name, value);
  }
  return Object.fromEntries(seen);
}

/** The object that a member holds; refuses any other value. */
export function fieldsAt(fields: JsonFields, name: string, where = name): JsonFields | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (!isJsonFields(value) || isRawNumber(value)) throw new Untranslatable(`${where} must be an object.`, where);
  return camelFields(value);
}

/** The objects of a list. Google takes a single one in place of a list of one, and its documentation does so. */
export function listAt(fields: JsonFields, name: string, where = name): readonly JsonFields[] {
  const value = fields[name];
  if (value === undefined) return [];
  const list: readonly Json[] = isList(value) ? value : [value];
  return list.map((item, at) => {
    if (isJsonFields(item)) return camelFields(item);
    throw new Untranslatable(`${where}[${at}] must be an object.`, `${where}[${at}]`);
  });
}

export function textAt(fields: JsonFields, name: string, where = name): string | undefined {
  const value = fields[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new Untranslatable(`${where} must be a string.`, where);
}

/** Protobuf's JSON has numbers as strings too. */
export function numberAt(fields: JsonFields, name: string, where = name): number | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  const number = numberOf(value);
  if (number === undefined) throw new Untranslatable(`${where} must be a number.`, where);
  return number;
}

export function flagAt(fields: JsonFields, name: string, where = name): boolean | undefined {
  const value = fields[name];
  if (value === undefined || typeof value === 'boolean') return value;
  throw new Untranslatable(`${where} must be true or false.`, where);
}

export function textsAt(fields: JsonFields, name: string, where = name): readonly string[] | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  const list: readonly Json[] = isList(value) ? value : [value];
  return list.map((item) => {
    if (typeof item === 'string') return item;
    throw new Untranslatable(`${where} must be a list of strings.`, where);
  });
}

export function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  const text = typeof value === 'string' ? value : rawNumber(value);
  return text !== undefined && NUMBER.test(text) ? Number(text) : undefined;
}

const NUMBER = /^-?\d{1,400}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,3})?$/;

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The digits of a number that a double cannot hold: `JSON.rawJSON` makes frozen objects without a prototype. */
function rawNumber(value: Json | undefined): string | undefined {
  if (!isJsonFields(value) || !isRawNumber(value)) return undefined;
  const digits = value['rawJSON'];
  return typeof digits === 'string' ? digits : undefined;
}

function isRawNumber(value: JsonFields): boolean {
  return Object.getPrototypeOf(value) === null && Object.isFrozen(value);
}

const SNAKE_CASE = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/;

export function camelCase(name: string): string {
  return SNAKE_CASE.test(name) ? name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()) : name;
}
