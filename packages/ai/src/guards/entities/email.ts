import { CharSet, classOf, DIGIT, escapeLength, isDigit, LETTER, OTHER } from './characters.ts';
import { MORE, NONE, type Found, type Reading } from './entity.ts';

/** RFC 5321 §4.5.3.1.1: what stands before the `@` is no longer. */
export const LOCAL_CHARS_MAX = 64;
/** Domains may be longer; those of people are not. */
const DOMAIN_CHARS_MAX = 160;

const LOCAL_MARKS = new CharSet("._%+-'");

function isLocal(code: number): boolean {
  const found = classOf(code);
  return (found !== OTHER && found <= 3) || LOCAL_MARKS.has(code);
}

/** Where the part that could stand before an `@` at `end` begins; never before `from`. */
export function localStart(text: string, end: number, from: number): number {
  const least = Math.max(from, end - LOCAL_CHARS_MAX);
  let start = end;
  while (start > least && isLocal(text.charCodeAt(start - 1))) start--;
  return start;
}

/** The address around the `@` at `at`, which does not reach back before `from`. */
export function emailAt({ text, final }: Reading, at: number, from: number): Found {
  const start = trimmedStart(text, localStart(text, at, from), at);
  if (start === at || text.charCodeAt(at - 1) === DOT || isRepository(text, start, at)) return NONE;
  const end = domainEnd(text, at + 1);
  if (end === text.length && !final && end - at <= DOMAIN_CHARS_MAX) return MORE;
  const stop = validDomainEnd(text, at + 1, end);
  return stop === NONE ? NONE : { kind: 'email', start, end: stop };
}

const DOT = 0x2e;
const DASH = 0x2d;

/** Marks in front are punctuation, and what follows a backslash is an escape of JSON (`\n`, `\u00e9`). */
function trimmedStart(text: string, from: number, at: number): number {
  let start = from;
  if (text.charCodeAt(start - 1) === 0x5c) start += escapeLength(text, start);
  while (start < at && LOCAL_MARKS.has(text.charCodeAt(start))) start++;
  return Math.min(start, at);
}

/** `git@host:path` names a repository. */
function isRepository(text: string, start: number, at: number): boolean {
  return at - start === 3 && text.startsWith('git', start);
}

function domainEnd(text: string, start: number): number {
  const max = Math.min(text.length, start + DOMAIN_CHARS_MAX);
  let at = start;
  while (at < max && isDomain(text.charCodeAt(at))) at++;
  return at;
}

function isDomain(code: number): boolean {
  const found = classOf(code);
  return found === LETTER || found === DIGIT || code === DOT || code === DASH;
}

/** The longest part that is a domain with a name at its top; NONE for `pkg@1.2.3`, `icon@2x.png` and `user@host`. */
function validDomainEnd(text: string, start: number, limit: number): number {
  const labels = text.slice(start, limit).split('.');
  const [first = '', second = ''] = labels;
  if (!isLabel(first) || RETINA.test(first) || (DIGITS.test(first) && DIGITS.test(second))) return NONE;
  let end = NONE;
  let at = start;
  for (const label of labels) {
    const whole = isLabel(label) ? label : label.replace(/-.*$/, '');
    if (whole === '') break;
    at += whole.length;
    if (at > start + first.length && isTop(whole)) end = at;
    if (whole !== label) break;
    at++;
  }
  return end;
}

const RETINA = /^\dx$/i;
const DIGITS = /^\d+$/;

function isLabel(label: string): boolean {
  return label !== '' && label.length <= 63 && !label.startsWith('-') && !label.endsWith('-');
}

function isTop(label: string): boolean {
  if (label.startsWith('xn--')) return true;
  if (label.length < 2 || label.length > 24) return false;
  for (let at = 0; at < label.length; at++) {
    if (isDigit(label.charCodeAt(at)) || label.charCodeAt(at) === DASH) return false;
  }
  return true;
}
