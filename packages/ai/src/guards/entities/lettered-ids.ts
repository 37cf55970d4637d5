import { isDay, isResidentId, weightedSum } from './check-digits.ts';
import { MORE, NONE, type Found, type NationalIdKind, type Reading } from './entity.ts';

/** A national number with letters in it: how it looks, and whether its check is right. */
interface Rule {
  readonly kind: NationalIdKind;
  /** Anchored; bounded in length. */
  readonly looks: RegExp;
  /** Gets what was found without blanks and dashes, in upper case. */
  passes(id: string): boolean;
}

const ID_CHARS_MAX = 24;

const DNI_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE';

const BEGINS_WITH_DIGIT: readonly Rule[] = [
  {
    kind: 'es_dni',
    looks: /^\d{8}-?[A-HJ-NP-TV-Z](?![\w@])/,
    passes: (id) => DNI_LETTERS.charAt(Number(id.slice(0, 8)) % 23) === id.charAt(8),
  },
  {
    kind: 'fi_hetu',
    looks: /^\d{6}[-+A-FU-Y]\d{3}[\dA-FHJ-NPR-Y](?![\w@])/,
    passes: (id) => {
      const [, day = '', month = '', number = '', check = ''] = /^(\d\d)(\d\d)\d\d\D?(\d{3})(.)$/.exec(id) ?? [];
      const rest = Number(id.slice(0, 6) + number) % 31;
      return isDay(Number(month), Number(day)) && '0123456789ABCDEFHJKLMNPRSTUVWXY'.charAt(rest) === check;
    },
  },
  { kind: 'cn_resident_id', looks: /^\d{17}[Xx](?![\w@])/, passes: isResidentId },
];

const BEGINS_WITH_LETTER: readonly Rule[] = [
  {
    kind: 'es_nie',
    looks: /^[XYZxyz]-?\d{7}-?[A-HJ-NP-TV-Za-hj-np-tv-z](?![\w@])/,
    passes: (id) =>
      DNI_LETTERS.charAt(Number(String('XYZ'.indexOf(id.charAt(0))) + id.slice(1, 8)) % 23) === id.charAt(8),
  },
  {
    kind: 'it_fiscal_code',
    looks:
      /^(?:[A-Z]{6}|[a-z]{6})[\dL-NP-Vl-np-v]{2}[A-EHLMPR-Ta-ehlmpr-t][\dL-NP-Vl-np-v]{2}[A-Za-z][\dL-NP-Vl-np-v]{3}[A-Za-z](?![\w@])/,
    passes: (id) => fiscalCheck(id) === id.charAt(15),
  },
  {
    kind: 'uk_nino',
    looks: /^[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D](?![\w@])/,
    passes: (id) => !/^(?:BG|GB|NK|KN|TN|NT|ZZ)/.test(id),
  },
  { kind: 'sg_nric', looks: /^[STFG]\d{7}[A-Z](?![\w@])/, passes: (id) => nricCheck(id) === id.charAt(8) },
];

/** Where digits begin a word. */
export function digitLedIdAt(reading: Reading, at: number): Found {
  return firstOf(BEGINS_WITH_DIGIT, reading, at);
}

/** Where a letter begins a word; whoever calls has seen digits close behind. */
export function letterLedIdAt(reading: Reading, at: number): Found {
  return firstOf(BEGINS_WITH_LETTER, reading, at);
}

function firstOf(rules: readonly Rule[], { text, final }: Reading, at: number): Found {
  const ahead = text.slice(at, at + ID_CHARS_MAX);
  if (!final && ahead.length < ID_CHARS_MAX && !ENDS.test(ahead)) return MORE;
  for (const rule of rules) {
    const [id] = rule.looks.exec(ahead) ?? [];
    if (id === undefined || !rule.passes(id.replaceAll(/[- ]/g, '').toUpperCase())) continue;
    return { kind: rule.kind, start: at, end: at + id.length };
  }
  return NONE;
}

/** No number goes on behind this. */
const ENDS = /[^\w +-]/;

/** By place (odd ones by a table of their own), modulo 26. */
function fiscalCheck(code: string): string {
  let sum = 0;
  for (let at = 0; at < 15; at++) {
    const value = Number.parseInt(code.charAt(at), 36);
    const place = value > 9 ? value - 10 : value;
    sum += at % 2 === 0 ? (FISCAL_ODD[place] ?? 0) : place;
  }
  return String.fromCharCode(0x41 + (sum % 26));
}

const FISCAL_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

function nricCheck(id: string): string {
  const series = id.charAt(0);
  const offset = series === 'T' || series === 'G' ? 4 : 0;
  const rest = (weightedSum(id.slice(1, 8), [2, 7, 6, 5, 4, 3, 2]) + offset) % 11;
  return (series === 'S' || series === 'T' ? 'JZIHGFEDCBA' : 'XWUTRQPNMLK').charAt(rest);
}
