import { isIPv4, isIPv6 } from 'node:net';

type Format =
  | { readonly kind: 'text'; readonly holds: (value: string) => boolean }
  | { readonly kind: 'number'; readonly holds: (value: number) => boolean };

const text = (holds: (value: string) => boolean): Format => ({ kind: 'text', holds });
const number = (holds: (value: number) => boolean): Format => ({ kind: 'number', holds });

/** JSON Schema Validation §7.3 and the registry of OpenAPI. Others say something to people only. No pattern goes back. */
export const FORMATS: Readonly<Record<string, Format>> = {
  date: text(isDate),
  time: text(isTime),
  'date-time': text(isDateTime),
  duration: text((value) =>
    /^P(?!$)(?:\d{1,9}W|(?:\d{1,9}Y)?(?:\d{1,9}M)?(?:\d{1,9}D)?(?:T(?=\d)(?:\d{1,9}H)?(?:\d{1,9}M)?(?:\d{1,9}S)?)?)$/.test(
      value,
    ),
  ),
  email: text(isEmail),
  hostname: text(isHostname),
  ipv4: text((value) => isIPv4(value)),
  ipv6: text((value) => isIPv6(value) && !value.includes('%')),
  uuid: text((value) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(value)),
  uri: text((value) => /^[a-z][a-z0-9+.-]*:/i.test(value) && isUriText(value)),
  'uri-reference': text(isUriText),
  'json-pointer': text((value) => value === '' || (value.startsWith('/') && !/~(?![01])/.test(value))),
  byte: text(isBase64),
  regex: text(isRegex),
  int32: number((value) => Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31),
  // As near as a double comes to it.
  int64: number((value) => Number.isInteger(value) && Math.abs(value) <= 2 ** 63),
  float: number((value) => Math.abs(value) <= 3.402_823_466_385_288_6e38),
  double: number(Number.isFinite),
};

function isDate(value: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value) ?? [];
  if (year === undefined) return false;
  const date = new Date(Date.UTC(2000, Number(month) - 1, Number(day)));
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

/** RFC 3339 §5.6; a leap second stands at the end of a day in UTC. */
function isTime(value: string): boolean {
  const found = /^(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,30})?(?:z|([+-])(\d{2}):(\d{2}))$/i.exec(value);
  if (found === null) return false;
  const [hour, minute, second] = [found[1], found[2], found[3]].map(Number);
  const [offsetHour, offsetMinute] = [Number(found[5] ?? 0), Number(found[6] ?? 0)];
  if (hour === undefined || minute === undefined || second === undefined) return false;
  if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59) return false;
  const offset = (offsetHour * 60 + offsetMinute) * (found[4] === '-' ? -1 : 1);
  return second < 60 || (hour * 60 + minute - offset + 1440 * 2) % 1440 === 1439;
}

function isDateTime(value: string): boolean {
  return /^.{10}[t ]/i.test(value) && isDate(value.slice(0, 10)) && isTime(value.slice(11));
}

function isEmail(value: string): boolean {
  const at = value.lastIndexOf('@');
  if (at < 1 || at > 64 || value.length > 254) return false;
  const local = value.slice(0, at);
  return !/(?:^|\.)(?:\.|$)/.test(local) && /^[\w!#$%&'*+/=?^`{|}~.-]+$/.test(local) && isHostname(value.slice(at + 1));
}

function isHostname(value: string): boolean {
  const name = value.endsWith('.') ? value.slice(0, -1) : value;
  return name.length <= 253 && name.split('.').every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(label));
}

function isUriText(value: string): boolean {
  return /^[\w\-.~:/?#[\]@!$&'()*+,;=%]*$/.test(value) && !/%(?![0-9a-f]{2})/i.test(value);
}

function isBase64(value: string): boolean {
  return value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
}

function isRegex(value: string): boolean {
  try {
    return RegExp(value, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
