import { ScimError } from './scim-error.ts';

export type Json = Readonly<Record<string, unknown>>;

/** One change of a PATCH: a path without its schema, and a value; `undefined`: taken away. */
export interface Operation {
  readonly op: 'add' | 'replace' | 'remove';
  /** In small letters: `active`, `members`, `members[value eq "…"]`. */
  readonly path: string;
  readonly value: unknown;
}

const OPERATIONS_MAX = 1000;

/** The operations of a PATCH, one path each, however the directory has put it. */
export function readOperations(body: unknown): readonly Operation[] {
  const list = member(body, 'Operations');
  if (!Array.isArray(list) || list.length === 0 || list.length > OPERATIONS_MAX) {
    throw new ScimError(400, `Operations is a list of 1 to ${OPERATIONS_MAX}`, 'invalidSyntax');
  }
  return list.flatMap((each: unknown) => {
    const op = opOf(member(each, 'op'));
    const path = member(each, 'path');
    const value = member(each, 'value');
    if (path === undefined && op !== 'remove') {
      return Object.entries(requireObject(value)).map(([name, item]) => ({ op, path: pathOf(name), value: item }));
    }
    if (typeof path !== 'string' || path === '') throw new ScimError(400, 'path is missing', 'noTarget');
    return [{ op, path: pathOf(path), value }];
  });
}

function opOf(value: unknown): Operation['op'] {
  const op = typeof value === 'string' ? value.toLowerCase() : '';
  if (op === 'add' || op === 'replace' || op === 'remove') return op;
  throw new ScimError(400, 'op is one of add, replace, remove', 'invalidSyntax');
}

function pathOf(text: string): string {
  if (text.length > 300) throw new ScimError(400, 'the path is too long', 'invalidPath');
  const bare = text.replace(/^urn:[\w:.-]*:(?:User|Group):/i, '');
  // The id in a filter keeps its capitals.
  return bare.replace(/^[\w.]+/, (name) => name.toLowerCase());
}

/** Without regard to capitals, as names of attributes are. */
export function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const wanted = name.toLowerCase();
  return Object.entries(value).find(([each]) => each.toLowerCase() === wanted)?.[1];
}

export function requireObject(value: unknown): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new ScimError(400, 'an object is expected', 'invalidSyntax');
}

export function textOf(value: unknown, what: string, charsMax = 254): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && value.length <= charsMax) return value;
  throw new ScimError(400, `${what} is a text of at most ${charsMax} characters`, 'invalidValue');
}

/** Entra writes `"False"`. */
export function flagOf(value: unknown, what: string): boolean {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  if (text === 'true' || text === 'false') return text === 'true';
  throw new ScimError(400, `${what} is true or false`, 'invalidValue');
}

/** The ids in a list of members. */
export function idsOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > OPERATIONS_MAX) throw new ScimError(400, `at most ${OPERATIONS_MAX} members at once`, 'tooMany');
  return list.map((each) => textOf(member(each, 'value'), 'the value of a member', 64) ?? '');
}
