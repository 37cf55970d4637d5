import { item } from '@gatehouse/kernel';
import { isBlank, isDash, isDigit, isWord, isWordBefore } from './characters.ts';
import { MORE, NONE, type Reading } from './entity.ts';

export interface DigitGroup {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
  /** What stands in front of it, blanks and dashes as ` ` and `-`: `''` for the first group. */
  readonly separator: string;
}

/** Digits as people print them: in groups, with blanks, dashes, dots, slashes or brackets between. */
export interface NumberShape {
  readonly plus: boolean;
  /** It begins with a bracket. */
  readonly bracket: boolean;
  /** Never empty. */
  readonly groups: readonly DigitGroup[];
  /** The character behind the last group of `groups`, or NaN. */
  readonly next: number;
}

const GROUPS_MAX = 12;
const GROUP_DIGITS_MAX = 24;
const CHARS_MAX = 56;
export const SEPARATOR_CHARS_MAX = 3;

/**
 * Reads the number that begins at `at`, at a digit, `+` or `(`. A group that runs on into letters is no part of it,
 * unless it is the first. NONE for runs of digits too long to be anything.
 */
export function numberShapeAt({ text, final }: Reading, at: number): NumberShape | typeof NONE | typeof MORE {
  const groups: DigitGroup[] = [];
  const plus = text.charCodeAt(at) === PLUS;
  let start = at;
  let separator = '';
  while (start < text.length && !isDigit(text.charCodeAt(start))) start++;
  for (;;) {
    const end = digitsEnd(text, start);
    if (end - start > GROUP_DIGITS_MAX) return groups.length === 0 ? NONE : { ...shape(text, at, groups), plus };
    if (end === text.length && !final) return MORE;
    const runsOn = isWord(text.charCodeAt(end));
    if (runsOn && groups.length > 0) break;
    groups.push({ start, end, digits: text.slice(start, end), separator });
    if (runsOn || groups.length === GROUPS_MAX || end - at > CHARS_MAX) break;
    const next = separatorEnd(text, end);
    if (next === text.length && !final) return MORE;
    if (next === end || !isDigit(text.charCodeAt(next))) break;
    separator = plain(text, end, next);
    start = next;
  }
  return { ...shape(text, at, groups), plus };
}

function shape(text: string, at: number, groups: readonly DigitGroup[]): Omit<NumberShape, 'plus'> {
  const last = item(groups, groups.length - 1);
  return { bracket: text.charCodeAt(at) === BRACKET_OPEN, groups, next: text.charCodeAt(last.end) };
}

const PLUS = 0x2b;
const BRACKET_OPEN = 0x28;
const BRACKET_CLOSE = 0x29;
const DOT = 0x2e;
const SLASH = 0x2f;

function digitsEnd(text: string, start: number): number {
  const max = Math.min(text.length, start + GROUP_DIGITS_MAX + 1);
  let at = start;
  while (at < max && isDigit(text.charCodeAt(at))) at++;
  return at;
}

function separatorEnd(text: string, start: number): number {
  const max = Math.min(text.length, start + SEPARATOR_CHARS_MAX);
  let at = start;
  while (at < max && isSeparator(text.charCodeAt(at))) at++;
  return at;
}

export function isSeparator(code: number): boolean {
  const bracket = code === BRACKET_OPEN || code === BRACKET_CLOSE;
  return isBlank(code) || isDash(code) || code === DOT || code === SLASH || bracket;
}

function plain(text: string, start: number, end: number): string {
  let separator = '';
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    separator += isBlank(code) ? ' ' : isDash(code) ? '-' : text.charAt(at);
  }
  return separator;
}

/** All digits of the first `count` groups. */
export function digitsOf({ groups }: NumberShape, count: number): string {
  let digits = '';
  for (let at = 0; at < count; at++) digits += item(groups, at).digits;
  return digits;
}

/** Whether the first groups have these lengths, with this separator between each two; it may be any of several. */
export function hasGroups({ groups }: NumberShape, lengths: readonly number[], separators: string): boolean {
  if (groups.length < lengths.length) return false;
  const second = groups[1]?.separator ?? '';
  for (const [at, length] of lengths.entries()) {
    const { digits, separator } = item(groups, at);
    if (digits.length !== length) return false;
    if (at > 0 && (separator !== second || !separators.includes(separator))) return false;
  }
  return true;
}

/** Whether the number is over with this group: the next would belong to it if it were joined by more than a blank. */
export function endsWithGroup({ groups, next }: NumberShape, count: number): boolean {
  const behind = groups[count];
  return behind === undefined ? !isWord(next) && next !== AT : behind.separator.startsWith(' ');
}

const AT = 0x40;

/** Where a number may begin: not inside a word, a decimal, a code such as `SN-2024`, a path, or an amount of money. */
export function mayBeginNumber(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = text.charCodeAt(at - 1);
  if (isWordBefore(text, at) || isDash(before) || before === SLASH || before === AT) return false;
  if (before === 0x24 || before === 0xa3 || before === 0xa5 || before === 0x20ac) return false;
  const joins = before === DOT || before === 0x3a;
  return !joins || at === 1 || !isDigit(text.charCodeAt(at - 2));
}

/** A group that goes on what stands in front of it: thousands behind a comma, or more blocks behind a blank. */
export function goesOnFrom(text: string, at: number, { groups }: NumberShape): boolean {
  if (at < 2 || !isDigit(text.charCodeAt(at - 2))) return false;
  const before = text.charCodeAt(at - 1);
  return isBlank(before) || (before === 0x2c && item(groups, 0).digits.length === 3);
}
