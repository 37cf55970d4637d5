const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const IMF = /^(?:mon|tue|wed|thu|fri|sat|sun), (\d{2}) ([a-z]{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) gmt$/i;
const RFC850 =
  /^(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday), (\d{2})-([a-z]{3})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) gmt$/i;
const ASCTIME = /^(?:mon|tue|wed|thu|fri|sat|sun) ([a-z]{3}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/i;

/** A reply that is kept says the same date each time that it is given. */
const READ_MAX = 1000;
const read = new Map<string, number>();

/** An HTTP date in any of its three forms (RFC 9110 §5.6.7), as ms since the epoch; undefined for anything else. */
export function httpTime(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const known = read.get(text);
  if (known !== undefined) return known;
  const imf = IMF.exec(text);
  if (imf !== null) {
    const ms = moment(imf[3], imf[2], imf[1], imf.slice(4, 7));
    if (read.size >= READ_MAX) read.clear();
    if (ms !== undefined) read.set(text, ms);
    return ms;
  }
  const old = RFC850.exec(text);
  if (old !== null) return moment(String(century(Number(old[3]), nowMs)), old[2], old[1], old.slice(4, 7));
  const asc = ASCTIME.exec(text);
  return asc === null ? undefined : moment(asc[6], asc[1], asc[2], asc.slice(3, 6));
}

// oxlint-disable-next-line max-params -- the parts of a date
function moment(year = '', month = '', day = '', time: readonly string[] = []): number | undefined {
  const index = MONTHS.indexOf(month.toLowerCase());
  const [hour = NaN, minute = NaN, second = NaN] = time.map(Number);
  if (index < 0 || hour > 23 || minute > 59 || second > 60) return undefined;
  const ms = Date.UTC(Number(year), index, Number(day), hour, minute, second);
  return new Date(ms).getUTCDate() === Number(day) ? ms : undefined;
}

/** Two digits that seem to be more than 50 years ahead mean the last year that ended with them. */
function century(year: number, nowMs: number): number {
  const now = new Date(nowMs).getUTCFullYear();
  const guess = now - (now % 100) + year;
  return guess > now + 50 ? guess - 100 : guess;
}
