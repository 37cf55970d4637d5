import { item } from '@gatehouse/kernel';
import { wordsBefore } from './left-context.ts';
import { digitsOf, endsWithGroup, goesOnFrom, hasGroups, type NumberShape } from './number-shape.ts';

const GROUPS_MAX = 7;

/** How many of the first groups are a telephone number; 0 for none. */
export function phoneGroups(shape: NumberShape, text: string): number {
  const { groups, plus, bracket } = shape;
  const first = item(groups, 0);
  if (plus) return internationalGroups(shape);
  if (goesOnFrom(text, first.start, shape)) return 0;
  if (first.digits.startsWith('00')) return dialledGroups(shape);
  if (bracket && !(shape.groups[1]?.separator ?? '').startsWith(')')) return 0;
  const american = americanGroups(shape);
  if (american > 0) return american;
  const trunk = first.digits.startsWith('0') && groups.length > 1 ? trunkGroups(shape) : 0;
  if (trunk > 0) return trunk;
  const said = bracket ? 0 : saidGroups(shape);
  return said > 0 && isSaidToBePhone(text, first.start) ? said : 0;
}

/** 00 instead of `+`. */
function dialledGroups(shape: NumberShape): number {
  const count = internationalGroups(shape);
  return count === shape.groups.length ? count : 0;
}

/** ITU-T E.164: at most fifteen digits, country first, which no country begins with 0. */
function internationalGroups(shape: NumberShape): number {
  const count = wholeGroups(shape);
  const digits = digitsOf(shape, count).replace(/^00/, '');
  if (digits.startsWith('0')) return 0;
  const trunk = shape.groups.some(({ digits: group, separator }) => group === '0' && separator.includes('('));
  const length = digits.length - (trunk ? 1 : 0);
  return length >= (count > 1 ? 8 : 9) && length <= 15 ? count : 0;
}

/** (415) 555-2671, 415-555-2671 and 1-800-555-2671; neither area nor exchange begins with 0 or 1. */
function americanGroups(shape: NumberShape): number {
  const { groups, bracket } = shape;
  const [first, second, third, fourth] = groups;
  const country = first?.digits === '1' && !bracket;
  const [area, exchange, line] = country ? [second, third, fourth] : [first, second, third];
  if (area === undefined || exchange === undefined || line === undefined) return 0;
  if (area.digits.length !== 3 || exchange.digits.length !== 3 || line.digits.length !== 4) return 0;
  if (area.digits < '200' || exchange.digits < '200' || !SHORT.has(line.separator)) return 0;
  const joined = bracket ? /^\) ?-?$/.test(exchange.separator) : /^[-. ]$|^\) ?$/.test(exchange.separator);
  const count = country ? 4 : 3;
  return joined && endsWithGroup(shape, count) ? count : 0;
}

const SHORT: ReadonlySet<string> = new Set(['-', '.', ' ']);

/** Within a country: 0 and an area, such as 030 901820, 0711/2345678, 01 42 68 53 00, (06) 1234 5678. */
function trunkGroups(shape: NumberShape): number {
  const { groups } = shape;
  const count = wholeGroups(shape);
  const digits = digitsOf(shape, count);
  if (digits.length < 9 || digits.length > 12 || count < 2) return 0;
  const second = item(groups, 1).separator;
  if (!/^(?:[-./ ]| ?[-/] |\) ?)$/.test(second)) return 0;
  const even = groups.slice(2, count).every(({ separator }) => SHORT.has(separator));
  const long = groups.slice(0, count).every(({ digits: group }) => group.length >= 2 && group.length <= 8);
  return even && long && !hasGroups(shape, [2, 2, 4], '-./') ? count : 0;
}

/** Behind a word such as "phone" anything of the right length. */
function saidGroups(shape: NumberShape): number {
  const count = wholeGroups(shape);
  const { length } = digitsOf(shape, count);
  return length >= 7 && length <= 15 ? count : 0;
}

/** As many groups as belong together; one that is joined by other than a blank must come along. */
function wholeGroups(shape: NumberShape): number {
  const { groups } = shape;
  let count = 0;
  let digits = 0;
  for (const [at, group] of groups.entries()) {
    const parted = at > 0 && /^[ ]$/.test(group.separator);
    if (count > 0 && parted && (digits + group.digits.length > 15 || at >= GROUPS_MAX)) break;
    digits += group.digits.length;
    count = at + 1;
  }
  return endsWithGroup(shape, count) ? count : 0;
}

function isSaidToBePhone(text: string, at: number): boolean {
  for (const word of wordsBefore(text, at)) {
    if (PHONES.test(word)) return true;
    if (!FILLERS.has(word)) return false;
  }
  return false;
}

const PHONES =
  /^(?:tel|tels|phone|phones|telephone|mobile|mobil|cell|cellphone|handy|handynummer|telefon|telefonnummer|telefono|teléfono|telefone|móvil|movil|celular|téléphone|tél|portable|gsm|fax|call|calling|ring|dial|text|sms|whatsapp|signal|rufnummer|rückruf|phonenumber|mobilenumber|msisdn|номер|телефон|тел)$|电话|手机|電話|手機|携帯|전화/;
const FILLERS: ReadonlySet<string> = new Set(
  'number numbers no nr num nummer n is was are ist lautet es the at on me us him her them my your our his under unter contact line home work office or oder and und a an auf 1'.split(
    ' ',
  ),
);
