import { item } from '@gatehouse/kernel';
import {
  isDay,
  isResidentId,
  passesLuhn,
  passesMod11And10,
  passesVerhoeff,
  remainder,
  weightedSum,
} from './check-digits.ts';
import type { NationalIdKind } from './entity.ts';
import { nearText } from './left-context.ts';
import { digitsOf, endsWithGroup, goesOnFrom, hasGroups, type NumberShape } from './number-shape.ts';

interface Layout {
  readonly groups: readonly number[];
  /** Any of these may stand between; all the same. */
  readonly separators?: string;
  /** Between each two, where they differ. */
  readonly exactly?: readonly string[];
  /** Only where a word near by says what it is. */
  readonly named?: boolean;
  /** Not among other blocks of digits. */
  readonly alone?: boolean;
}

interface Rule {
  readonly kind: NationalIdKind;
  readonly layouts: readonly Layout[];
  readonly names?: RegExp;
  passes(digits: string): boolean;
}

export interface NationalId {
  readonly kind: NationalIdKind;
  readonly groups: number;
}

/** The national number that the first groups are. A bare number needs a name beside it, unless its own rules are strict. */
export function nationalIdIn(shape: NumberShape, text: string): NationalId | undefined {
  const first = item(shape.groups, 0);
  for (const { rule, layout } of BY_FIRST_GROUP.get(first.digits.length) ?? []) {
    if (!fits(shape, layout) || (layout.alone === true && !isAlone(shape, text, layout))) continue;
    if (layout.named === true && rule.names?.test(nearText(text, first.start)) !== true) continue;
    const { length } = layout.groups;
    if (rule.passes(digitsOf(shape, length))) return { kind: rule.kind, groups: length };
  }
  return undefined;
}

function isAlone(shape: NumberShape, text: string, { groups }: Layout): boolean {
  return shape.groups.length === groups.length && !goesOnFrom(text, item(shape.groups, 0).start, shape);
}

function fits(shape: NumberShape, { groups, separators = '', exactly }: Layout): boolean {
  const all = exactly === undefined ? separators : ' .-/';
  const same = exactly === undefined ? hasGroups(shape, groups, all) : hasExactly(shape, groups, exactly);
  return same && endsWithGroup(shape, groups.length);
}

function hasExactly({ groups }: NumberShape, lengths: readonly number[], separators: readonly string[]): boolean {
  return lengths.every((length, at) => {
    const group = groups[at];
    return group?.digits.length === length && (at === 0 || group.separator === separators[at - 1]);
  });
}

/** Whole words: short names are parts of other words. */
function named(...names: readonly string[]): RegExp {
  return new RegExp(`(?:^|[^\\p{L}])(?:${names.join('|')})(?![\\p{L}])`, 'u');
}

const num = (digits: string, start: number, length: number): number => Number(digits.slice(start, start + length));

const RULES: readonly Rule[] = [
  {
    kind: 'us_ssn',
    layouts: [
      { groups: [3, 2, 4], separators: '-' },
      { groups: [3, 2, 4], separators: ' .', named: true },
      { groups: [9], named: true },
    ],
    names: named('ssn', 'ssns', 'social security', 'socialsecurity(?:number)?', 'social', 'soc sec'),
    passes: (d) => !/^(?:000|666|9)|^\d{3}00|0000$/.test(d),
  },
  {
    kind: 'uk_nhs',
    layouts: [
      { groups: [3, 3, 4], separators: ' -', named: true },
      { groups: [10], named: true },
    ],
    names: named('nhs'),
    passes: (d) => weightedSum(d, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
  },
  {
    kind: 'de_tax_id',
    layouts: [
      { groups: [2, 3, 3, 3], separators: ' ' },
      { groups: [11], named: true },
    ],
    names: named(
      'steuer',
      'steuer-?id',
      'steuer-?idnr',
      'steuer-?identifikationsnummer',
      'identifikationsnummer',
      'idnr',
      'tin',
      'tax id',
      'steuernummer',
    ),
    passes: (d) => isTaxId(d),
  },
  {
    kind: 'fr_nir',
    layouts: [
      { groups: [15] },
      { groups: [13, 2], separators: ' ' },
      { groups: [1, 2, 2, 2, 3, 3, 2], separators: ' .-' },
    ],
    passes: (d) =>
      /^[1-478]\d\d(?:0[1-9]|1[0-2]|[2-9]\d)/.test(d) && remainder(d.slice(0, 13), 97) === 97 - num(d, 13, 2),
  },
  {
    kind: 'br_cpf',
    layouts: [
      { groups: [3, 3, 3, 2], exactly: ['.', '.', '-'] },
      { groups: [11], named: true },
    ],
    names: named('cpf'),
    passes: (d) => !/^(\d)\1{10}$/.test(d) && cpfDigit(d, 9) === num(d, 9, 1) && cpfDigit(d, 10) === num(d, 10, 1),
  },
  {
    kind: 'nl_bsn',
    layouts: [
      { groups: [9], named: true },
      { groups: [4, 2, 3], separators: '. ', named: true },
    ],
    names: named('bsn', 'burgerservicenummer', 'sofi-?nummer'),
    passes: (d) => weightedSum(d, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
  },
  {
    kind: 'pl_pesel',
    layouts: [{ groups: [11], named: true }],
    names: named('pesel'),
    passes: (d) =>
      isDay(num(d, 2, 2) % 20, num(d, 4, 2)) && weightedSum(d, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0,
  },
  {
    kind: 'se_personnummer',
    layouts: [
      { groups: [6, 4], separators: '-' },
      { groups: [8, 4], separators: '-' },
      { groups: [10], named: true },
      { groups: [12], named: true },
    ],
    names: named('personnummer', 'personnr', 'pnr', 'samordningsnummer'),
    passes: (d) => {
      const short = d.slice(-10);
      return isDay(num(short, 2, 2), num(short, 4, 2) % 60) && passesLuhn(short);
    },
  },
  {
    kind: 'no_fodselsnummer',
    layouts: [{ groups: [11] }, { groups: [6, 5], separators: ' -' }],
    passes: (d) =>
      isDay(num(d, 2, 2) % 40, num(d, 0, 2) % 40) &&
      weightedSum(d, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
      weightedSum(d, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
  },
  {
    kind: 'dk_cpr',
    layouts: [
      { groups: [6, 4], separators: '-', named: true },
      { groups: [10], named: true },
    ],
    names: named('cpr', 'cpr-?nr', 'cpr-?nummer', 'personnummer'),
    passes: (d) => isDay(num(d, 2, 2), num(d, 0, 2)),
  },
  {
    kind: 'be_national_number',
    layouts: [
      { groups: [2, 2, 2, 3, 2], exactly: ['.', '.', '-', '.'] },
      { groups: [11], named: true },
    ],
    names: named('rijksregisternummer', 'numéro national', 'insz', 'niss', 'registre national'),
    passes: (d) => {
      const key = 97 - num(d, 9, 2);
      const body = d.slice(0, 9);
      return (
        isDay(num(d, 2, 2) % 20, num(d, 4, 2)) && (remainder(body, 97) === key || remainder(`2${body}`, 97) === key)
      );
    },
  },
  {
    kind: 'ch_ahv',
    layouts: [{ groups: [3, 4, 4, 2], separators: '. ' }, { groups: [13] }],
    passes: (d) => d.startsWith('756') && weightedSum(d, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0,
  },
  {
    kind: 'cn_resident_id',
    layouts: [{ groups: [18] }],
    passes: (d) => isResidentId(d),
  },
  {
    kind: 'in_aadhaar',
    layouts: [
      { groups: [4, 4, 4], separators: ' -', alone: true },
      { groups: [12], named: true },
    ],
    names: /aadhaar|aadhar|आधार|\buid(?:ai)?\b/,
    passes: (d) => d >= '2' && passesVerhoeff(d),
  },
  {
    kind: 'kr_rrn',
    layouts: [{ groups: [6, 7], separators: '-' }],
    passes: (d) =>
      isDay(num(d, 2, 2), num(d, 4, 2)) &&
      /^\d{6}[1-8]/.test(d) &&
      (11 - (weightedSum(d, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10 === num(d, 12, 1),
  },
  {
    kind: 'ca_sin',
    layouts: [
      { groups: [3, 3, 3], separators: ' -', named: true },
      { groups: [9], named: true },
    ],
    names: named('sin', 'social insurance', 'social insurance number', 'nas', 'assurance sociale'),
    passes: (d) => !/^[08]/.test(d) && passesLuhn(d),
  },
  {
    kind: 'au_tfn',
    layouts: [
      { groups: [3, 3, 3], separators: ' -', named: true },
      { groups: [9], named: true },
    ],
    names: named('tfn', 'tax file', 'tax file number'),
    passes: (d) => weightedSum(d, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0,
  },
  {
    kind: 'tr_kimlik',
    layouts: [{ groups: [11], named: true }],
    names: named('kimlik', 'tckn', 'tc', 't\\.c\\.'),
    passes: (d) => {
      const odd = weightedSum(d, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
      const even = weightedSum(d, [0, 1, 0, 1, 0, 1, 0, 1]);
      const ten = (((odd * 7 - even) % 10) + 10) % 10;
      return d >= '1' && ten === num(d, 9, 1) && (odd + even + ten) % 10 === num(d, 10, 1);
    },
  },
];

const BY_FIRST_GROUP: ReadonlyMap<number, readonly { readonly rule: Rule; readonly layout: Layout }[]> = Map.groupBy(
  RULES.flatMap((rule) => rule.layouts.map((layout) => ({ rule, layout }))),
  ({ layout }) => item(layout.groups, 0),
);

/** Of the first ten digits one stands there twice or three times, the others at most once. */
function isTaxId(digits: string): boolean {
  const sorted = Array.from(digits.slice(0, 10)).toSorted().join('');
  const repeated = sorted.match(/(\d)\1+/g) ?? [];
  return digits >= '1' && repeated.length === 1 && (repeated[0] ?? '').length <= 3 && passesMod11And10(digits);
}

function cpfDigit(digits: string, length: number): number {
  let sum = 0;
  for (let at = 0; at < length; at++) sum += num(digits, at, 1) * (length + 1 - at);
  return ((sum * 10) % 11) % 10;
}
