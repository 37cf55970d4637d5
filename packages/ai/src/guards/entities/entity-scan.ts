import { slot } from '@gatehouse/kernel';
import { assignedSecretAt, flagSecretAt, urlPasswordAt } from './assigned-secret.ts';
import {
  CLASSES,
  DIGIT,
  escapeLength,
  isAsciiLetter,
  isBlank,
  isDigit,
  isUpper,
  isWordBefore,
  LETTER,
  MARK,
  OTHER,
} from './characters.ts';
import { emailAt, localStart } from './email.ts';
import { MORE, NONE, type Found, type Reading, type Span } from './entity.ts';
import { ibanAt } from './iban.ts';
import { letterLedIdAt } from './lettered-ids.ts';
import {
  botTokenAt,
  privateKeyAt,
  RUN_OVERLAP_CHARS,
  SECRET_CHARS_MAX,
  secretWordAt,
  type SecretRun,
} from './long-secrets.ts';
import { numberAt } from './numbers.ts';
import { mayBeginKey } from './vendor-keys.ts';

export interface EntityWishes {
  readonly pii: boolean;
  readonly secrets: boolean;
  /** Finds what was put in the place of something masked, at `[` or at a quote. */
  readonly tokenAt?: ((reading: Reading, at: number) => Found) | undefined;
}

/**
 * Finds personal data and secrets in one pass over a text that may come in pieces. Each place is decided once, from what
 * is near it, so that cutting the text elsewhere changes nothing; the time is linear whatever the text.
 */
export class EntityScan {
  readonly #wishes: EntityWishes;
  #run: (SecretRun & { at: number }) | undefined;
  /** Next to look at. */
  #at = 0;
  /** Behind the last span. */
  #free = 0;

  constructor(wishes: EntityWishes) {
    this.#wishes = wishes;
  }

  /** The text begins here; what stands in front of it is only looked back at. */
  begin(at: number): void {
    this.#at = this.#free = at;
  }

  /** Goes on where it was. Answers the place up to which all is decided; spans that begin in front of it are in `spans`. */
  scan(reading: Reading, spans: Span[]): number {
    const { text, final } = reading;
    if (this.#run !== undefined && this.#finish(reading, spans) === MORE) return this.#held(text);
    // What stands in front of an `@` is part of the address.
    const limit = this.#wishes.pii && !final ? localStart(text, text.length, this.#free) : text.length;
    let at = this.#at;
    let inWord = isWordBefore(text, at);
    while (at < limit) {
      const code = text.charCodeAt(at);
      const found = slot(CLASSES, code);
      if (found === OTHER) {
        at++;
        inWord = false;
        continue;
      }
      const looks = found === MARK || (!inWord && (found === DIGIT || mayMatter(text, at, code)));
      const looked = looks ? this.#look(reading, at, found) : NONE;
      if (looked === NONE) {
        at = found === MARK ? at + 1 : wordEnd(text, at, limit);
        inWord = found !== MARK;
        continue;
      }
      this.#at = at;
      const next = typeof looked === 'number' ? looked : this.#take(looked, reading, spans);
      if (next === MORE) return this.#held(text);
      at = next;
      inWord = isWordBefore(text, at);
    }
    this.#at = at;
    return Math.max(this.#free, Math.min(at, limit));
  }

  /** All places move to the left. */
  shift(chars: number): void {
    this.#at -= chars;
    this.#free = Math.max(0, this.#free - chars);
    if (this.#run === undefined) return;
    const { start, from, at, kind, until } = this.#run;
    this.#run = { kind, until, start: start - chars, from: from - chars, at: at - chars };
  }

  /** Where a number or a word begins, and at marks. */
  #look(reading: Reading, at: number, found: number): Found | SecretRun {
    if (found === DIGIT) return this.#lookAtDigit(reading, at);
    return found === LETTER ? this.#lookAtWord(reading, at) : this.#lookAtMark(reading, at);
  }

  #lookAtDigit(reading: Reading, at: number): Found {
    const { pii, secrets } = this.#wishes;
    const token = secrets ? botTokenAt(reading, at) : NONE;
    return token === NONE && pii ? numberAt(reading, at) : token;
  }

  #lookAtWord(reading: Reading, at: number): Found | SecretRun {
    const { pii, secrets } = this.#wishes;
    if (secrets) {
      const secret = secretWordAt(reading, at);
      if (secret !== NONE) return secret;
      const said = SAYS.has(reading.text.charCodeAt(at)) ? assignedSecretAt(reading, at, true) : NONE;
      if (said !== NONE) return said;
    }
    return pii ? lookAtLetters(reading, at) : NONE;
  }

  #lookAtMark(reading: Reading, at: number): Found | SecretRun {
    const { text } = reading;
    const { pii, secrets, tokenAt } = this.#wishes;
    switch (text.charCodeAt(at)) {
      case 0x40:
        return pii ? emailAt(reading, at, this.#free) : NONE;
      case 0x2b:
      case 0x28:
        return pii ? numberAt(reading, at) : NONE;
      case 0x2d:
        return secrets ? dashAt(reading, at) : NONE;
      case 0x5b:
      case 0x22:
        return tokenAt?.(reading, at) ?? NONE;
      case 0x5c:
        return tokenAt !== undefined && text.charCodeAt(at + 1) === 0x5b
          ? tokenAt(reading, at)
          : escapeEnd(reading, at);
      default:
        return secrets ? assignedAt(reading, at) : NONE;
    }
  }

  #take(found: Span | SecretRun, reading: Reading, spans: Span[]): number {
    if ('until' in found) {
      this.#run = { ...found, at: found.from };
      return this.#finish(reading, spans);
    }
    spans.push(found);
    return (this.#free = found.end);
  }

  /** Follows a secret that has begun to its end. */
  #finish(reading: Reading, spans: Span[]): number {
    const run = this.#run;
    if (run === undefined) return MORE;
    const { kind, start, from, at, until } = run;
    const end = until(reading, at, start + SECRET_CHARS_MAX);
    if (end === MORE) {
      this.#run = { ...run, at: Math.max(from, reading.text.length - RUN_OVERLAP_CHARS) };
      return MORE;
    }
    this.#run = undefined;
    spans.push({ kind, start, end });
    return (this.#at = this.#free = end);
  }

  /** Where that begins which needs more text. */
  #held(text: string): number {
    if (this.#run !== undefined) return this.#run.start;
    return text.charCodeAt(this.#at) === 0x40 ? localStart(text, this.#at, this.#free) : this.#at;
  }
}

/** Behind a word; at the latest at `limit`. */
function wordEnd(text: string, start: number, limit: number): number {
  let at = start + 1;
  while (at < limit) {
    const found = slot(CLASSES, text.charCodeAt(at));
    if (found === OTHER || found === MARK) break;
    at++;
  }
  return at;
}

/** Whether a word may begin something: most are told apart by two characters, and by digits close behind. */
function mayMatter(text: string, at: number, first: number): boolean {
  const second = text.charCodeAt(at + 1);
  if (first > 127 || !(second < 128)) return Number.isNaN(second) || first === 0xe9;
  if (slot(BEGINS, first * 128 + second) === 1) return true;
  return isDigit(text.charCodeAt(at + 2)) || isDigit(text.charCodeAt(at + 6));
}

const BEGINS = beginTable();

/** First two characters: of keys and tokens, of "is" in some languages, of numbers of states. */
function beginTable(): Uint8Array {
  const table = new Uint8Array(128 * 128);
  for (let first = 0; first < 128; first++) {
    for (let second = 0; second < 128; second++) {
      const two = String.fromCharCode(first, second);
      const number = /^[A-Za-z][-\d]|^[A-Z]{2}/.test(two);
      if (number || mayBeginKey(first, second) || /^(?:ey|is|es|la)/.test(two)) table[first * 128 + second] = 1;
    }
  }
  return table;
}

/** Numbers that begin with letters; most words are told apart by their first characters. */
function lookAtLetters(reading: Reading, at: number): Found {
  const { text, final } = reading;
  const second = text.charCodeAt(at + 1);
  const third = text.charCodeAt(at + 2);
  if (isDigit(second) || second === 0x2d) return letterLedIdAt(reading, at);
  if (isDigit(third)) {
    const iban = ibanAt(reading, at);
    return iban === NONE ? letterLedIdAt(reading, at) : iban;
  }
  const sixth = isAsciiLetter(text.charCodeAt(at + 5));
  if (sixth && isDigit(text.charCodeAt(at + 6)) && isDigit(text.charCodeAt(at + 7))) return letterLedIdAt(reading, at);
  if (!isUpper(second) || !isBlank(third)) return NONE;
  const fourth = text.charCodeAt(at + 3);
  if (Number.isNaN(fourth) && !final) return MORE;
  return isDigit(fourth) ? letterLedIdAt(reading, at) : NONE;
}

/** Of `is`, `est`, `lautet`, `é`. */
const SAYS: ReadonlySet<number> = new Set([0x69, 0x65, 0x6c, 0xe9]);

function dashAt(reading: Reading, at: number): Found | SecretRun {
  const second = reading.text.charCodeAt(at + 1);
  if (second !== 0x2d && !Number.isNaN(second)) return NONE;
  const key = privateKeyAt(reading, at);
  return key === NONE ? flagSecretAt(reading, at) : key;
}

function assignedAt(reading: Reading, at: number): Found | SecretRun {
  const { text, final } = reading;
  if (text.charCodeAt(at) === 0x3a) {
    const ahead = text.slice(at, at + 3);
    if (ahead === '://') return urlPasswordAt(reading, at);
    if (!final && (ahead === ':' || ahead === ':/')) return MORE;
  }
  return assignedSecretAt(reading, at, false);
}

/** A letter behind a backslash is an escape of JSON, not the begin of a word. */
function escapeEnd({ text, final }: Reading, at: number): number {
  if (!final && /^\\(?:u[0-9a-fA-F]{0,3})?$/.test(text.slice(at, at + 6))) return MORE;
  return at + 1 + escapeLength(text, at + 1);
}
