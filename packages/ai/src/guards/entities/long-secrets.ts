import { CharSet, isDigit } from './characters.ts';
import { MORE, NONE, type Found, type Reading, type SecretKind } from './entity.ts';
import { vendorKeyAt } from './vendor-keys.ts';

/**
 * Secrets that may be longer than what is held back: once it is certain that one has begun, its end is looked for by a
 * run, which keeps its place between the pieces of a text.
 */
export interface SecretRun {
  readonly kind: SecretKind;
  readonly start: number;
  /** Up to here it is certain. */
  readonly from: number;
  readonly until: RunEnd;
}

/** Where the run ends that has come to `at`, at the latest at `limit`: MORE when the text ends first. */
type RunEnd = (reading: Reading, at: number, limit: number) => number;

/** Longer ones are cut; nothing that is known is as long. */
export const SECRET_CHARS_MAX = 8192;

/** A key or a token, where a word begins. */
export function secretWordAt(reading: Reading, at: number): SecretRun | typeof NONE | typeof MORE {
  const found = vendorKeyAt(reading, at);
  if (found === NONE) return jwtAt(reading, at);
  if (found === MORE) return MORE;
  const { from, set } = found;
  return { kind: 'api_key', start: at, from, until: (further, place, limit) => setEnd(further, place, { set, limit }) };
}

interface SetBounds {
  readonly set: CharSet;
  readonly limit: number;
}

function setEnd({ text, final }: Reading, from: number, { set, limit }: SetBounds): number {
  const max = Math.min(text.length, limit);
  let at = from;
  while (at < max && set.has(text.charCodeAt(at))) at++;
  return at === text.length && at < limit && !final ? MORE : at;
}

const JWT_HEADER_CHARS_MAX = 220;
const JWT_CHARS = new CharSet('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
const DOT = 0x2e;

/** RFC 7519: a header with `alg`, then at least two more parts. */
function jwtAt({ text, final }: Reading, at: number): SecretRun | typeof NONE | typeof MORE {
  if (!text.startsWith('eyJ', at)) return !final && 'eyJ'.startsWith(text.slice(at, at + 3)) ? MORE : NONE;
  const max = Math.min(text.length, at + JWT_HEADER_CHARS_MAX);
  let dot = at + 3;
  while (dot < max && JWT_CHARS.has(text.charCodeAt(dot))) dot++;
  if (dot - at >= JWT_HEADER_CHARS_MAX || (dot < text.length && text.charCodeAt(dot) !== DOT)) return NONE;
  if (text.length < dot + 12 && !final) return MORE;
  if (!/^\.[\w-]{10}/.test(text.slice(dot, dot + 12))) return NONE;
  const header = Buffer.from(text.slice(at, dot), 'base64url').toString('latin1');
  return header.includes('"alg"') ? { kind: 'jwt', start: at, from: dot + 1, until: jwtEnd } : NONE;
}

/** A dot belongs to the token when something follows it. */
function jwtEnd({ text, final }: Reading, from: number, limit: number): number {
  const max = Math.min(text.length, limit);
  let at = from;
  for (; at < max; at++) {
    const code = text.charCodeAt(at);
    if (JWT_CHARS.has(code)) continue;
    if (code !== DOT || !JWT_CHARS.has(text.charCodeAt(at + 1))) break;
  }
  return at >= text.length - 1 && at < limit && !final ? MORE : at;
}

const PEM_BEGIN = '-----BEGIN ';
const PEM_HEAD = /^-----BEGIN [A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?-----/;
/** What follows the head of a real one: base64, or header lines. Line ends may be spelt as JSON spells them. */
const PEM_BODY = /^(?:\\[nr]|\s){0,8}(?:[A-Za-z0-9+/]{24}|(?:Proc-Type|Version|Comment|DEK-Info):)/;
const PEM_HEAD_CHARS_MAX = 64;
const PEM_JUDGED_CHARS = 128;

/** A private key (RFC 7468), where `-` stands. */
export function privateKeyAt({ text, final }: Reading, at: number): SecretRun | typeof NONE | typeof MORE {
  if (!text.startsWith(PEM_BEGIN, at)) {
    return !final && text.length - at < PEM_BEGIN.length && PEM_BEGIN.startsWith(text.slice(at)) ? MORE : NONE;
  }
  const ahead = text.slice(at, at + PEM_JUDGED_CHARS);
  const cut = !final && ahead.length < PEM_JUDGED_CHARS;
  const [head] = PEM_HEAD.exec(ahead) ?? [];
  if (head === undefined) return cut && /^[A-Z0-9 -]*$/.test(ahead) && ahead.length < PEM_HEAD_CHARS_MAX ? MORE : NONE;
  const [body] = PEM_BODY.exec(ahead.slice(head.length)) ?? [];
  if (body === undefined) return cut ? MORE : NONE;
  return { kind: 'private_key', start: at, from: at + head.length, until: pemEnd };
}

const PEM_CHARS = new CharSet('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n\t :,.-\\()@<>_');
const PEM_END = '-----END ';

/** Behind its last line, or where something begins that no key holds. */
function pemEnd({ text, final }: Reading, from: number, limit: number): number {
  const max = Math.min(text.length, limit);
  for (let at = from; at < max; at++) {
    const code = text.charCodeAt(at);
    if (!PEM_CHARS.has(code)) return at;
    if (code !== 0x2d || !text.startsWith(PEM_END, at)) continue;
    const [last] = PEM_LAST_LINE.exec(text.slice(at, at + PEM_HEAD_CHARS_MAX)) ?? [];
    if (last !== undefined) return at + last.length;
  }
  return final || text.length >= limit ? max : MORE;
}

const PEM_LAST_LINE = /^-----END [A-Z0-9 ]{1,40}-----/;

/** So much in front of the place that a run has come to must be looked at again when more text comes. */
export const RUN_OVERLAP_CHARS = PEM_HEAD_CHARS_MAX;

const BOT_TOKEN = /^\d{8,10}:AA[\w-]{33}(?![\w-])/;
const BOT_TOKEN_CHARS_MAX = 48;
const COLON = 0x3a;

/** A bot's token of Telegram, where digits begin a word. */
export function botTokenAt({ text, final }: Reading, at: number): Found {
  let colon = at;
  while (colon - at <= 10 && isDigit(text.charCodeAt(colon))) colon++;
  if (colon - at < 8 || colon - at > 10 || text.charCodeAt(colon) !== COLON) {
    return colon === text.length && colon - at <= 10 && !final ? MORE : NONE;
  }
  const ahead = text.slice(at, at + BOT_TOKEN_CHARS_MAX);
  if (!final && ahead.length < BOT_TOKEN_CHARS_MAX && /^\d+:(?:A[\w-]*)?$/.test(ahead)) return MORE;
  const [token] = BOT_TOKEN.exec(ahead) ?? [];
  return token === undefined ? NONE : { kind: 'api_key', start: at, end: at + token.length };
}
