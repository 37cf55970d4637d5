import { ALPHANUMERIC, CharSet, HEXADECIMAL, isDigit, UPPER_ALPHANUMERIC, URL_SAFE } from './characters.ts';
import { MORE, NONE, type Reading } from './entity.ts';

/** How a vendor's keys look: a prefix, then characters of a set. */
interface KeyShape {
  readonly prefix: string;
  readonly set: CharSet;
  readonly least: number;
  /** Exactly so many as `least`. */
  readonly exact?: boolean;
  /** Without a digit among the first of them it is prose, as in `sk-your-key-here`. */
  readonly digit?: boolean;
}

const key = (
  prefix: string,
  set: CharSet,
  least: number,
  rule: Omit<KeyShape, 'prefix' | 'set' | 'least'> = {},
): KeyShape => ({
  prefix,
  set,
  least,
  ...rule,
});
const digit = { digit: true };
const exact = { exact: true };
const DOTTED = new CharSet('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.');
const PATHS = new CharSet('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_/');

const SHAPES: readonly KeyShape[] = [
  key('sk-', URL_SAFE, 20, digit),
  key('sk_live_', ALPHANUMERIC, 16),
  key('sk_test_', ALPHANUMERIC, 16),
  key('rk_live_', ALPHANUMERIC, 16),
  key('rk_test_', ALPHANUMERIC, 16),
  key('whsec_', ALPHANUMERIC, 24, digit),
  key('ghp_', ALPHANUMERIC, 36),
  key('gho_', ALPHANUMERIC, 36),
  key('ghu_', ALPHANUMERIC, 36),
  key('ghs_', ALPHANUMERIC, 36),
  key('ghr_', ALPHANUMERIC, 36),
  key('github_pat_', URL_SAFE, 40, digit),
  key('glpat-', URL_SAFE, 20),
  key('AKIA', UPPER_ALPHANUMERIC, 16, exact),
  key('ASIA', UPPER_ALPHANUMERIC, 16, exact),
  key('ABIA', UPPER_ALPHANUMERIC, 16, exact),
  key('AIza', URL_SAFE, 35, exact),
  key('ya29.', URL_SAFE, 30),
  key('GOCSPX-', URL_SAFE, 28),
  key('xoxb-', URL_SAFE, 20, digit),
  key('xoxp-', URL_SAFE, 20, digit),
  key('xoxa-', URL_SAFE, 20, digit),
  key('xoxr-', URL_SAFE, 20, digit),
  key('xoxs-', URL_SAFE, 20, digit),
  key('xapp-', URL_SAFE, 20, digit),
  key('https://hooks.slack.com/services/T', PATHS, 38, digit),
  key('SG.', DOTTED, 60),
  key('npm_', ALPHANUMERIC, 36),
  key('pypi-AgE', URL_SAFE, 40),
  key('hf_', ALPHANUMERIC, 30),
  key('gsk_', ALPHANUMERIC, 40),
  key('xai-', ALPHANUMERIC, 60),
  key('pplx-', ALPHANUMERIC, 40),
  key('r8_', ALPHANUMERIC, 36),
  key('nvapi-', URL_SAFE, 50),
  key('csk-', ALPHANUMERIC, 40),
  key('fw_', ALPHANUMERIC, 22, digit),
  key('tgp_v1_', URL_SAFE, 30),
  key('dapi', HEXADECIMAL, 32, digit),
  key('dop_v1_', HEXADECIMAL, 60),
  key('doo_v1_', HEXADECIMAL, 60),
  key('lin_api_', ALPHANUMERIC, 32),
  key('ntn_', ALPHANUMERIC, 40),
  key('shpat_', HEXADECIMAL, 32),
  key('shpss_', HEXADECIMAL, 32),
  key('hvs.', URL_SAFE, 24, digit),
  key('dp.pt.', ALPHANUMERIC, 40),
  key('dckr_pat_', URL_SAFE, 24),
  key('sbp_', HEXADECIMAL, 40),
  key('PMAK-', URL_SAFE, 50),
  key('NRAK-', UPPER_ALPHANUMERIC, 27),
  key('glsa_', URL_SAFE, 40),
  key('glc_', ALPHANUMERIC, 40),
  key('sntrys_', URL_SAFE, 40),
  key('key-', HEXADECIMAL, 32, exact),
  key('AGE-SECRET-KEY-1', UPPER_ALPHANUMERIC, 58),
];

const BY_BEGIN: ReadonlyMap<number, readonly KeyShape[]> = Map.groupBy(SHAPES, ({ prefix }) =>
  beginOf(prefix.charCodeAt(0), prefix.charCodeAt(1)),
);
const BEGINS = new Uint8Array(128 * 128);
for (const begin of BY_BEGIN.keys()) BEGINS[begin] = 1;

function beginOf(first: number, second: number): number {
  return first * 128 + second;
}

/** Whether a vendor's key may begin with these two characters. */
export function mayBeginKey(first: number, second: number): boolean {
  return first < 128 && second < 128 && BEGINS[beginOf(first, second)] === 1;
}

/** So much of a key is looked at to tell whether it is one. */
const JUDGED_CHARS = 64;

/** Of what a key consists behind `from`, where it has been recognised. */
export interface KeyRun {
  readonly from: number;
  readonly set: CharSet;
}

/** The key that begins at `at`, where a word begins. */
export function vendorKeyAt(reading: Reading, at: number): KeyRun | typeof NONE | typeof MORE {
  const { text, final } = reading;
  const second = text.charCodeAt(at + 1);
  if (!(second < 128)) return second >= 128 || final ? NONE : MORE;
  const begin = beginOf(text.charCodeAt(at), second);
  if (BEGINS[begin] !== 1) return NONE;
  let open = false;
  for (const shape of BY_BEGIN.get(begin) ?? []) {
    const found = keyOf(shape, reading, at);
    if (found === MORE) open = true;
    else if (found !== NONE) return found;
  }
  return open ? MORE : NONE;
}

function keyOf(shape: KeyShape, { text, final }: Reading, at: number): KeyRun | typeof NONE | typeof MORE {
  const { prefix, set, least } = shape;
  if (!text.startsWith(prefix, at)) return !final && isCutPrefix(text, at, prefix) ? MORE : NONE;
  const from = at + prefix.length;
  const max = Math.min(text.length, from + JUDGED_CHARS);
  let end = from;
  let digits = 0;
  for (; end < max && set.has(text.charCodeAt(end)); end++) if (isDigit(text.charCodeAt(end))) digits++;
  const length = end - from;
  if (end === text.length && !final && length < JUDGED_CHARS) return MORE;
  if (length < least || (shape.exact === true && length !== least)) return NONE;
  if ((shape.digit === true && digits === 0) || isSample(text, at, end)) return NONE;
  return { from: end, set };
}

/** The text ends inside the prefix. */
function isCutPrefix(text: string, at: number, prefix: string): boolean {
  const left = text.length - at;
  return left < prefix.length && prefix.startsWith(text.slice(at));
}

/** What documentation prints in the place of a key. */
export function isSample(text: string, start: number, end: number): boolean {
  return /EXAMPLE|X{8}|x{8}|\*{4}/.test(text.slice(start, end));
}
