import { Errors } from 'typebox/schema';
import { isObject, listOf, textOf, type JsonObject, type Path } from '../../document/json-value.ts';
import { unreferencedReusableObject } from './unreferenced.ts';

export interface Target {
  readonly value: unknown;
  readonly path: Path;
}

export interface Problem {
  readonly message: string;
  /** Below the target. */
  readonly path: Path;
}

/** One of Spectral's core functions: what is wrong with a target. */
export type CoreFunction = (target: Target, options: JsonObject, root: unknown) => readonly Problem[];

function problem(message: string, path: Path = []): readonly Problem[] {
  return [{ message, path }];
}

const FINE: readonly Problem[] = [];

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function pattern({ value }: Target, options: JsonObject): readonly Problem[] {
  if (typeof value !== 'string') return FINE;
  const match = regexOf(options['match']);
  const notMatch = regexOf(options['notMatch']);
  if (match !== undefined && !match.test(value)) return problem(`${shown(value)} does not match ${String(match)}`);
  if (notMatch?.test(value) === true) return problem(`${shown(value)} matches ${String(notMatch)}`);
  return FINE;
}

/** `abc`, or `/abc/i`. Throws `SyntaxError`. */
export function regexOf(source: unknown): RegExp | undefined {
  const text = textOf(source);
  if (text === undefined) return undefined;
  const parts = /^\/(.+)\/([a-z]*)$/s.exec(text);
  return parts === null ? new RegExp(text) : new RegExp(parts[1] ?? '', parts[2]);
}

const DIGITS = '0-9';
const CASINGS: Readonly<Record<string, (digits: string) => string>> = {
  flat: (digits) => `[a-z][a-z${digits}]*`,
  camel: (digits) => `[a-z][a-z${digits}]*(?:[A-Z${digits}](?:[a-z${digits}]+|$))*`,
  pascal: (digits) => `[A-Z][a-z${digits}]*(?:[A-Z${digits}](?:[a-z${digits}]+|$))*`,
  kebab: (digits) => `[a-z][a-z${digits}]*(?:-[a-z${digits}]+)*`,
  cobol: (digits) => `[A-Z][A-Z${digits}]*(?:-[A-Z${digits}]+)*`,
  snake: (digits) => `[a-z][a-z${digits}]*(?:_[a-z${digits}]+)*`,
  macro: (digits) => `[A-Z][A-Z${digits}]*(?:_[A-Z${digits}]+)*`,
};

function casing({ value }: Target, options: JsonObject): readonly Problem[] {
  const type = textOf(options['type']) ?? '';
  const make = Object.hasOwn(CASINGS, type) ? CASINGS[type] : undefined;
  if (typeof value !== 'string' || value === '' || make === undefined) return FINE;
  const part = make(options['disallowDigits'] === true ? '' : DIGITS);
  const separator = isObject(options['separator']) ? options['separator'] : {};
  const char = textOf(separator['char'])?.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&') ?? '';
  const leading = separator['allowLeading'] === true ? `${char}?` : '';
  const whole = char === '' ? part : `${leading}(?:${part})(?:${char}(?:${part}))*`;
  const isAllowed = value === textOf(separator['char']) && separator['allowLeading'] === true;
  return isAllowed || new RegExp(`^(?:${whole})$`).test(value)
    ? FINE
    : problem(`${shown(value)} is not in ${type} case`);
}

function length({ value }: Target, options: JsonObject): readonly Problem[] {
  const size =
    typeof value === 'number'
      ? value
      : typeof value === 'string' || Array.isArray(value)
        ? value.length
        : isObject(value)
          ? Object.keys(value).length
          : undefined;
  if (size === undefined) return FINE;
  const { min, max } = options;
  if (typeof min === 'number' && size < min) return problem(`is ${size}, less than ${min}`);
  if (typeof max === 'number' && size > max) return problem(`is ${size}, more than ${max}`);
  return FINE;
}

function enumeration({ value }: Target, options: JsonObject): readonly Problem[] {
  const values = listOf(options['values']);
  if (value === undefined || typeof value === 'object' || values.includes(value)) return FINE;
  return problem(`${shown(value)} is none of ${values.map(shown).join(', ')}`);
}

function alphabetical({ value }: Target, options: JsonObject): readonly Problem[] {
  const keyedBy = textOf(options['keyedBy']);
  const items = Array.isArray(value) ? listOf(value) : isObject(value) ? Object.keys(value) : [];
  const keys = items.map((item) => (keyedBy !== undefined && isObject(item) ? item[keyedBy] : item));
  for (let i = 1; i < keys.length; i++) {
    const [before, after] = [keys[i - 1], keys[i]];
    if (isAfter(before, after)) return problem(`${shown(after)} stands behind ${shown(before)}`);
  }
  return FINE;
}

function isAfter(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a > b;
  return typeof a === 'string' && typeof b === 'string' && a.localeCompare(b, 'en', { numeric: true }) > 0;
}

const PROBLEMS_MAX = 100;

function schema({ value }: Target, options: JsonObject): readonly Problem[] {
  const wanted = options['schema'];
  if (value === undefined || !(isObject(wanted) || typeof wanted === 'boolean')) return FINE;
  const [fits, errors] = Errors(wanted, value);
  if (fits) return FINE;
  return errors.slice(0, options['allErrors'] === true ? PROBLEMS_MAX : 1).map(({ message, instancePath }) => ({
    message,
    path: instancePath
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')),
  }));
}

function present(value: unknown, options: JsonObject): { readonly names: string; readonly count: number } {
  const properties = listOf(options['properties']).filter((name) => typeof name === 'string');
  const count = properties.filter((name) => isObject(value) && value[name] !== undefined).length;
  return { names: properties.map((name) => `\`${name}\``).join(', '), count };
}

function xor({ value }: Target, options: JsonObject): readonly Problem[] {
  if (!isObject(value)) return FINE;
  const { names, count } = present(value, options);
  return count === 1 ? FINE : problem(`needs exactly one of ${names}`);
}

function or({ value }: Target, options: JsonObject): readonly Problem[] {
  if (!isObject(value)) return FINE;
  const { names, count } = present(value, options);
  return count > 0 ? FINE : problem(`needs at least one of ${names}`);
}

/** By name. */
export const CORE_FUNCTIONS: Readonly<Record<string, CoreFunction>> = {
  truthy: ({ value }) => (value ? FINE : problem('is missing or empty')),
  falsy: ({ value }) => (value ? problem('must not be there') : FINE),
  defined: ({ value }) => (value === undefined ? problem('is missing') : FINE),
  undefined: ({ value }) => (value === undefined ? FINE : problem('must not be there')),
  pattern,
  casing,
  length,
  enumeration,
  alphabetical,
  schema,
  xor,
  or,
  unreferencedReusableObject,
};
