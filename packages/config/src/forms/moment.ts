import type { TStringOptions } from 'typebox';
import { meaning, parsedText, type Parse } from './parsed.ts';

const MOMENT = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}))?(?:Z|[+-](\d{2}):(\d{2})))?$/;

/** RFC 3339 as people write it: seconds may be left out, and a date alone is its beginning in UTC. */
const parseMoment: Parse<number> = (text) => {
  const found = MOMENT.exec(text);
  if (found === null) return { wrong: 'is not a time, write one such as 2027-01-31 or 2027-01-31T18:00:00Z' };
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, zoneHour = 0, zoneMinute = 0] = found
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  // `Date` takes the 30th of February for the 2nd of March.
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
  const isTime = hour < 24 && minute < 60 && second < 60 && zoneHour < 24 && zoneMinute < 60;
  return isDate && isTime ? { value: Date.parse(text) } : { wrong: 'is no time that there is, correct it' };
};

export const momentText = (options: TStringOptions) =>
  parsedText(parseMoment, {
    title: 'a time',
    pattern: MOMENT.source,
    examples: ['2027-01-31', '2027-01-31T18:00:00Z'],
    ...options,
  });

/** ms since the epoch. */
export const momentMs = (text: string): number => meaning(parseMoment, text);
