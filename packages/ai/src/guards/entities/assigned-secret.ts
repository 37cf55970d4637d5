import { slot } from '@gatehouse/kernel';
import { isBlank, isDigit, isWord } from './characters.ts';
import { MORE, NONE, type Found, type Reading } from './entity.ts';
import type { SecretRun } from './long-secrets.ts';
import { isSample, vendorKeyAt } from './vendor-keys.ts';

/**
 * Secrets without a shape of their own: what stands behind a name such as `password` or `client_secret`. Behind names of
 * keys and tokens it must be long and look random; a password must hold a digit or a mark.
 */
const PASSWORDS =
  /(?:passw(?:or)?d|pwd|passphrase|passcode|passwort|kennwort|contrase[nñ]a|clave|senha|passe|wachtwoord|has[lł]o|пароль|密码|密碼|口令|パスワード)$/;
const TOKENS =
  /(?:secret|token|api_?key|access_?key(?:_?id)?|secret_?(?:access_?)?key|private_?key|account_?key|shared_?key|signing_?key|encryption_?key|master_?key|auth_?key|client_?secret|credentials?|authorization|secret_?key_?base|bearer|auth|passkey|apikey)$/;
/** Tokens that open nothing. */
const HARMLESS = /(?:page|next|prev|sync|continuation|cursor|csrf|xsrf|eos|bos|pad|stop)_?token$/;

const NAME_CHARS_MAX = 40;
const VALUE_CHARS_MAX = 160;
/** Signs, blanks, quotes and a word such as `Bearer` between name and value. */
const LEAD_CHARS_MAX = 20;

type Named = 'password' | 'credential';

/** At `:` or `=`, or at the first letter of "is" and its like: the value of what is named in front. */
export function assignedSecretAt(reading: Reading, at: number, said: boolean): Found | SecretRun {
  const named = nameBefore(reading.text, at, said);
  return named === undefined ? NONE : valueBehind(reading, at, { named, lead: said ? SAID : SIGNS });
}

const FLAG = /^--(?:[a-z]{1,16}-){0,3}(?:(token|secret|api-?key)|password|passwd|passphrase)(?= )/;
const FLAG_CHARS_MAX = 40;

/** `--token value` of a command line, at its first dash. */
export function flagSecretAt(reading: Reading, at: number): Found | SecretRun {
  const { text, final } = reading;
  const second = text.charCodeAt(at + 1);
  if (Number.isNaN(second) && !final) return MORE;
  if (second !== 0x2d || text.charCodeAt(at + 2) === 0x2d) return NONE;
  const ahead = text.slice(at, at + FLAG_CHARS_MAX);
  const [flag, token] = FLAG.exec(ahead) ?? [];
  if (flag === undefined) return !final && ahead.length < FLAG_CHARS_MAX && /^--[a-z-]*$/.test(ahead) ? MORE : NONE;
  const named = token === undefined ? 'password' : 'credential';
  return valueBehind(reading, at + flag.length, { named, lead: BLANKS });
}

/** What is called so. In prose only passwords are taken, as "the token is" says little. */
function nameBefore(text: string, at: number, said: boolean): Named | undefined {
  let end = at;
  while (end > 0 && at - end < 4 && isLead(text.charCodeAt(end - 1))) end--;
  const least = Math.max(0, end - NAME_CHARS_MAX);
  let start = end;
  while (start > least && isName(text.charCodeAt(start - 1))) start--;
  if (start === end || !mayEndName(text.charCodeAt(end - 2), text.charCodeAt(end - 1))) return undefined;
  const name = text.slice(start, end).toLowerCase().replaceAll('-', '_');
  if (PASSWORDS.test(name)) return 'password';
  return said || !TOKENS.test(name) || HARMLESS.test(name) ? undefined : 'credential';
}

/** Most names do not end with the last two letters of any that is looked for; other scripts are looked at whole. */
function mayEndName(first: number, second: number): boolean {
  return first > 127 || second > 127 || slot(NAME_ENDS, (first | 0x20) * 128 + (second | 0x20)) === 1;
}

const NAME_ENDS = new Uint8Array(128 * 128);
for (const [first, second] of 'rd wd se de rt na ve ha et en ey id ls al on er th'
  .split(' ')
  .map((end) => Buffer.from(end))) {
  NAME_ENDS[(first ?? 0) * 128 + (second ?? 0)] = 1;
}

function isName(code: number): boolean {
  return isWord(code) || code === 0x2d || code > 0x52f;
}

/** Blanks, quotes, and backslashes in front of quotes. */
function isLead(code: number): boolean {
  return isBlank(code) || code === 0x22 || code === 0x27 || code === 0x60 || code === 0x5c;
}

interface Assignment {
  readonly named: Named;
  /** What may stand between the name and the value. */
  readonly lead: RegExp;
}

function valueBehind(reading: Reading, at: number, { named, lead: leads }: Assignment): Found | SecretRun {
  const { text, final } = reading;
  const ahead = text.slice(at, at + LEAD_CHARS_MAX);
  const cut = !final && ahead.length < LEAD_CHARS_MAX;
  const [lead] = leads.exec(ahead) ?? [];
  if (lead === undefined) return cut ? MORE : NONE;
  if (cut && mayLead(ahead, lead)) return MORE;
  const start = at + lead.length;
  const known = isDigit(text.charCodeAt(start)) ? NONE : vendorKeyAt(reading, start);
  if (known === MORE) return MORE;
  if (known !== NONE || text.startsWith('eyJ', start)) return NONE;
  const end = valueEnd(text, start);
  if (end === text.length && !final && end - start < VALUE_CHARS_MAX) return MORE;
  const stop = punctuatedEnd(text, start, end);
  const value = text.slice(start, stop);
  if (CALLS.has(text.charCodeAt(end)) || isPlaceholder(value) || isSample(text, start, stop)) return NONE;
  if (!(named === 'password' ? isPassword(value) : isRandom(value))) return NONE;
  return end - start < VALUE_CHARS_MAX
    ? { kind: named, start, end: stop }
    : { kind: named, start, from: end, until: runEnd };
}

/** Of a value that is longer than what is judged. */
function runEnd({ text, final }: Reading, from: number, limit: number): number {
  const max = Math.min(text.length, limit);
  let at = from;
  while (at < max && !endsValue(text.charCodeAt(at))) at++;
  return at === text.length && at < limit && !final ? MORE : at;
}

const SIGNS = /^(?:===?|:?=>?|[:：])[ \t\u3000]{0,4}(?:\\?["'`])?(?:(?:Bearer|Basic|Token|bearer|token) )?/;
const BLANKS = /^ {1,2}["']?/;
const SAID = /^(?:is|ist|est|es|lautet|é)(?: now| jetzt)?:?[ \t]{1,2}["'`]?/;

/** More text could make the lead longer. */
function mayLead(ahead: string, lead: string): boolean {
  const rest = ahead.slice(lead.length);
  return (
    /^[\\:=> \t"'`]*$/.test(rest) ||
    /^(?:B|Be|Bea|Bear|Beare|Bearer|Ba|Bas|Basi|Basic|T|To|Tok|Toke|Token|b|be|bea|bear|beare|bearer|t|to|tok|toke|token|n|no|now|j|je|jet|jetz|jetzt)$/.test(
      rest,
    )
  );
}

function valueEnd(text: string, start: number): number {
  const max = Math.min(text.length, start + VALUE_CHARS_MAX);
  let at = start;
  while (at < max && !endsValue(text.charCodeAt(at))) at++;
  return at;
}

function endsValue(code: number): boolean {
  return VALUE_ENDS.has(code) || isBlank(code);
}

const codes = (chars: string): ReadonlySet<number> => new Set(Array.from(chars, (char) => char.charCodeAt(0)));
const VALUE_ENDS = codes('\n\r\t"\'`,;<>()[]{}\\|');
/** A value in front of these is the name of something that is called or looked up. */
const CALLS = codes('([{<');

/** A full stop or colon at the end belongs to the sentence. */
function punctuatedEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && '.:?'.includes(text.charAt(at - 1))) at--;
  return at;
}

function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value) || /^(?:https?|file):\/\//.test(value) || /^\$[A-Z_]+$|^%[A-Z_]+%$/.test(value);
}

const PLACEHOLDER =
  /\$\{|\{\{|process\.env|os\.environ|getenv|secrets?\.|env\.|^(?:your|my|the|some|enter)[-_]|placeholder|redacted|change_?me|^\[?removed|^x+$|^\.+$|^\*+/i;

/** Long, of base64's characters or the like, with letters and digits, none of them too often. */
function isRandom(value: string): boolean {
  if (value.length < 16 || !/^[\w+/=.~:-]+$/.test(value)) return false;
  return /\d/.test(value) && /[A-Za-z]/.test(value) && entropyBits(value) >= 3 && !WORDS.test(value);
}

/** Names in words, such as `cl100k_base_tokenizer`, and addresses. */
const WORDS = /^[a-z]+(?:[._/-][a-z]+\d{0,3})+$|^[\w-]+(?:\.[a-z]{2,10})+(?:[:/]|$)/;

function isPassword(value: string): boolean {
  if (value.length < 6 || !/\p{L}/u.test(value)) return false;
  return /\d|[!@#$%^&*+=?~]/.test(value) && !/^\d+[a-z]{1,2}$|^v?\d+(?:\.\d+)+/.test(value) && !WORDS.test(value);
}

/** Shannon's, per character. */
export function entropyBits(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

const AUTHORITY_CHARS_MAX = 160;

/** The password in an address, where `://` stands. */
export function urlPasswordAt({ text, final }: Reading, at: number): Found {
  const from = at + 3;
  const max = Math.min(text.length, from + AUTHORITY_CHARS_MAX);
  let colon = -1;
  let end = from;
  for (; end < max; end++) {
    const code = text.charCodeAt(end);
    if (code === 0x40) break;
    if (URL_ENDS.has(code)) return NONE;
    if (code === 0x3a && colon < 0) colon = end;
  }
  if (end === max) return end === text.length && !final && end - from < AUTHORITY_CHARS_MAX ? MORE : NONE;
  if (colon < 0 || end - colon < 4) return NONE;
  const value = text.slice(colon + 1, end);
  const telling = /\d|[A-Z].*[a-z]|[a-z].*[A-Z]|[!$%&*+=~-]/.test(value);
  return telling && !isPlaceholder(value) ? { kind: 'password', start: colon + 1, end } : NONE;
}

const URL_ENDS: ReadonlySet<number> = codes(' \n\r\t"\'`<>/?#\\(){}[]|,');
