import { isUtf8 } from 'node:buffer';
import { slot } from '@gatehouse/kernel';

/** Byte ranges of one top-level member; the value's range holds no surrounding space. */
export interface Member {
  readonly keyStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

export type Members = ReadonlyMap<string, Member>;

/** Containers inside containers; JSON parsers of providers overflow far above this. */
export const JSON_DEPTH_MAX = 128;
/** Top-level members; real requests have a few dozen. */
export const JSON_MEMBERS_MAX = 512;

/**
 * Finds the top-level members of a JSON object without building the values.
 *
 * What it accepts has one reading: UTF-8 without a byte order mark, the RFC 8259 grammar outside strings, no key twice
 * (however it is escaped), nothing behind the object. Two parsers that differ on any of these would let the gate
 * authorise one model and the provider serve another. Inside skipped strings it looks for the end only: a bad escape
 * or a raw control character there moves no member, so the provider may judge it.
 */
export function scanObject(body: Uint8Array): { readonly members: Members } | { readonly problem: string } {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (slot(bytes, 0) === 0xef && slot(bytes, 1) === 0xbb) return { problem: 'begins with a byte order mark' };
  if (!isUtf8(bytes)) return { problem: 'is not UTF-8' };
  const open = spaceEnd(bytes, 0);
  if (slot(bytes, open) !== BRACE_OPEN) return { problem: 'is not a JSON object' };
  const collector = new Collector(bytes);
  const end = objectEnd(bytes, open, { depth: JSON_DEPTH_MAX - 1, collector });
  if (collector.problem !== undefined) return { problem: collector.problem };
  if (end === TOO_DEEP) return { problem: `is nested deeper than ${JSON_DEPTH_MAX} levels` };
  if (end === MALFORMED) return { problem: 'is not valid JSON' };
  if (spaceEnd(bytes, end) !== bytes.length) return { problem: 'has something after the JSON object' };
  return { members: collector.members };
}

class Collector {
  readonly members = new Map<string, Member>();
  problem: string | undefined;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** False ends the scan. */
  add(member: Member, keyEnd: number): boolean {
    const name = keyText(this.#bytes, member.keyStart, keyEnd);
    if (name === undefined) this.problem = 'has a key that is not a valid JSON string';
    else if (this.members.has(name)) this.problem = `has the key ${JSON.stringify(name)} twice`;
    else if (this.members.size === JSON_MEMBERS_MAX) this.problem = `has more than ${JSON_MEMBERS_MAX} members`;
    else this.members.set(name, member);
    return this.problem === undefined;
  }
}

/** Keys decide what the gate sees, so they are read as strictly as a parser reads them. */
function keyText(bytes: Buffer, start: number, end: number): string | undefined {
  try {
    const text: unknown = JSON.parse(bytes.toString('utf8', start, end));
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;
const BRACKET_OPEN = 0x5b;
const BRACKET_CLOSE = 0x5d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;

/**
 * The functions below answer with the index behind what they skipped, or with one of these. A read past the end gives
 * `undefined`, which equals nothing, so that a torn document falls out as malformed. The loops over spaces and digits
 * bound themselves all the same: one read past the end in them costs the optimised code a third of its speed.
 */
const MALFORMED = -1;
const TOO_DEEP = -2;

interface Nesting {
  /** Levels that may still open below this one. */
  readonly depth: number;
  readonly collector?: Collector;
}

function objectEnd(bytes: Buffer, open: number, { depth, collector }: Nesting): number {
  let at = spaceEnd(bytes, open + 1);
  if (slot(bytes, at) === BRACE_CLOSE) return at + 1;
  for (;;) {
    if (slot(bytes, at) !== QUOTE) return MALFORMED;
    const keyEnd = stringEnd(bytes, at);
    if (keyEnd < 0) return keyEnd;
    const colon = spaceEnd(bytes, keyEnd);
    if (slot(bytes, colon) !== COLON) return MALFORMED;
    const valueStart = spaceEnd(bytes, colon + 1);
    const valueEnd = skipValue(bytes, valueStart, depth);
    if (valueEnd < 0) return valueEnd;
    if (collector?.add({ keyStart: at, valueStart, valueEnd }, keyEnd) === false) return MALFORMED;
    const next = spaceEnd(bytes, valueEnd);
    if (slot(bytes, next) === BRACE_CLOSE) return next + 1;
    if (slot(bytes, next) !== COMMA) return MALFORMED;
    at = spaceEnd(bytes, next + 1);
  }
}

function arrayEnd(bytes: Buffer, open: number, depth: number): number {
  let at = spaceEnd(bytes, open + 1);
  if (slot(bytes, at) === BRACKET_CLOSE) return at + 1;
  for (;;) {
    const valueEnd = skipValue(bytes, at, depth);
    if (valueEnd < 0) return valueEnd;
    const next = spaceEnd(bytes, valueEnd);
    if (slot(bytes, next) === BRACKET_CLOSE) return next + 1;
    if (slot(bytes, next) !== COMMA) return MALFORMED;
    at = spaceEnd(bytes, next + 1);
  }
}

function skipValue(bytes: Buffer, at: number, depth: number): number {
  switch (slot(bytes, at)) {
    case QUOTE:
      return stringEnd(bytes, at);
    case BRACE_OPEN:
      return depth === 0 ? TOO_DEEP : objectEnd(bytes, at, { depth: depth - 1 });
    case BRACKET_OPEN:
      return depth === 0 ? TOO_DEEP : arrayEnd(bytes, at, depth - 1);
    case 0x74:
      return literalEnd(bytes, at, 'true');
    case 0x66:
      return literalEnd(bytes, at, 'false');
    case 0x6e:
      return literalEnd(bytes, at, 'null');
    default:
      return numberEnd(bytes, at);
  }
}

/** Up to here a loop beats the call into the native search; above, the search runs at memory speed. */
const NEAR_BYTES = 24;

function stringEnd(bytes: Buffer, open: number): number {
  let at = open + 1;
  for (;;) {
    const near = Math.min(at + NEAR_BYTES, bytes.length);
    while (at < near) {
      const byte = slot(bytes, at);
      if (byte === QUOTE) return at + 1;
      at += byte === BACKSLASH ? 2 : 1;
    }
    const quote = bytes.indexOf(QUOTE, at);
    if (quote < 0) return MALFORMED;
    if (!isEscaped(bytes, at, quote)) return quote + 1;
    at = quote + 1;
  }
}

/** Counts the backslashes in front of a quote, back to `from`, which is the first byte of a character or an escape. */
function isEscaped(bytes: Buffer, from: number, quote: number): boolean {
  let back = quote;
  while (back > from && slot(bytes, back - 1) === BACKSLASH) back--;
  return (quote - back) % 2 === 1;
}

function literalEnd(bytes: Buffer, at: number, literal: string): number {
  for (let i = 0; i < literal.length; i++) if (slot(bytes, at + i) !== literal.charCodeAt(i)) return MALFORMED;
  return at + literal.length;
}

function numberEnd(bytes: Buffer, start: number): number {
  let at = slot(bytes, start) === 0x2d ? start + 1 : start;
  const whole = at;
  at = digitsEnd(bytes, at);
  if (at === whole || (at > whole + 1 && slot(bytes, whole) === 0x30)) return MALFORMED;
  if (slot(bytes, at) === 0x2e) {
    const fraction = at + 1;
    at = digitsEnd(bytes, fraction);
    if (at === fraction) return MALFORMED;
  }
  if ((slot(bytes, at) | 0x20) !== 0x65) return at;
  const sign = slot(bytes, at + 1);
  const exponent = sign === 0x2b || sign === 0x2d ? at + 2 : at + 1;
  at = digitsEnd(bytes, exponent);
  return at === exponent ? MALFORMED : at;
}

function digitsEnd(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && slot(bytes, at) >= 0x30 && slot(bytes, at) <= 0x39) at++;
  return at;
}

function spaceEnd(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length) {
    const byte = slot(bytes, at);
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at++;
  }
  return at;
}
