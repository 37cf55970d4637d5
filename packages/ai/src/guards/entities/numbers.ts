import { item } from '@gatehouse/kernel';
import { isDigit, isWord } from './characters.ts';
import { isDay } from './check-digits.ts';
import { MORE, NONE, type EntityKind, type Found, type Reading } from './entity.ts';
import { digitLedIdAt } from './lettered-ids.ts';
import { nationalIdIn } from './national-ids.ts';
import { isSeparator, mayBeginNumber, numberShapeAt, SEPARATOR_CHARS_MAX, type NumberShape } from './number-shape.ts';
import { cardGroups } from './payment-card.ts';
import { phoneGroups } from './phone.ts';

/** A number of people: of a card, a telephone, or one that a state has given. At a digit, `+` or `(`. */
export function numberAt(reading: Reading, at: number): Found {
  const { text, final } = reading;
  if (!isDigit(text.charCodeAt(at))) {
    const digits = text.charCodeAt(at) === PLUS ? 1 : 2;
    for (let next = at + 1; next <= at + digits; next++) {
      const code = text.charCodeAt(next);
      if (!isDigit(code)) return Number.isNaN(code) && !final ? MORE : NONE;
    }
  }
  if (!mayBeginNumber(text, at)) return NONE;
  const short = shortNumberEnd(reading, at);
  if (short !== NONE) return short;
  const shape = numberShapeAt(reading, at);
  if (typeof shape === 'number') return shape;
  return shape.plus || shape.bracket ? phoneIn(shape, text, at) : plainNumberIn(shape, reading, at);
}

/** Most numbers in a text are too short to be anything, and stand alone. */
function shortNumberEnd({ text, final }: Reading, at: number): number {
  let end = at;
  while (end - at < SHORT_DIGITS && isDigit(text.charCodeAt(end))) end++;
  if (end === at || end - at === SHORT_DIGITS) return NONE;
  let next = end;
  while (next - end < SEPARATOR_CHARS_MAX && isSeparator(text.charCodeAt(next))) next++;
  const code = text.charCodeAt(next);
  if (Number.isNaN(code)) return final ? end : MORE;
  if (!isDigit(code)) return (next === end && isWord(code)) || code === PLUS ? NONE : end;
  // Single digits in a row are a list.
  if (end - at > 1) return NONE;
  const second = text.charCodeAt(next + 1);
  if (Number.isNaN(second)) return final ? end : MORE;
  return isDigit(second) ? NONE : end;
}

const PLUS = 0x2b;

const SHORT_DIGITS = 7;

function phoneIn(shape: NumberShape, text: string, at: number): Found {
  return spanOf('phone', shape, { at, count: phoneGroups(shape, text) });
}

function plainNumberIn(shape: NumberShape, reading: Reading, at: number): Found {
  const { text } = reading;
  const first = item(shape.groups, 0);
  if (LETTERED.has(first.digits.length)) {
    const found = digitLedIdAt(reading, at);
    if (found !== NONE) return found;
  }
  if (shape.groups.length === 1 && isWord(shape.next)) return first.end;
  const day = first.digits.length === 4 ? dateEnd(shape) : NONE;
  if (day !== NONE) return day;
  const cards = cardGroups(shape, text);
  if (cards > 0) return spanOf('card', shape, { at, count: cards });
  const id = nationalIdIn(shape, text);
  if (id !== undefined) return spanOf(id.kind, shape, { at, count: id.groups });
  const past = dateEnd(shape);
  if (past !== NONE) return past;
  const phone = phoneIn(shape, text, at);
  return phone === NONE ? dottedEnd(shape) : phone;
}

const LETTERED: ReadonlySet<number> = new Set([6, 8, 17]);

interface Extent {
  readonly at: number;
  /** Of groups. */
  readonly count: number;
}

function spanOf(kind: EntityKind, { groups }: NumberShape, { at, count }: Extent): Found {
  return count === 0 ? NONE : { kind, start: at, end: item(groups, count - 1).end };
}

/** Behind 2026-11-26 or 26.11.2026; NONE when it is no date. */
function dateEnd({ groups }: NumberShape): number {
  const [first, second, third, fourth] = groups;
  if (first === undefined || second === undefined || third === undefined) return NONE;
  const { separator } = second;
  if (separator !== third.separator || separator === fourth?.separator || !'-./'.includes(separator)) return NONE;
  const yearFirst = first.digits.length === 4;
  const year = yearFirst ? first.digits : third.digits;
  const [month, day] = yearFirst ? [second.digits, third.digits] : [second.digits, first.digits];
  if (month.length > 2 || day.length > 2 || !/^(?:(?:19|20)\d\d|\d\d)$/.test(year)) return NONE;
  return isDay(Number(month), Number(day)) || isDay(Number(day), Number(month)) ? third.end : NONE;
}

/** Behind a decimal or a version such as 1.2.3; else behind the first group, as another number may follow a blank. */
function dottedEnd({ groups }: NumberShape): number {
  let end = item(groups, 0).end;
  for (const group of groups.slice(1)) {
    if (group.separator !== '.') break;
    end = group.end;
  }
  return end;
}
