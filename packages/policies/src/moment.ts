/** ms since the epoch of a date (its beginning in UTC) or a time with a zone; undefined for anything else. */
export function momentIn(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  // `Date` would take the 31st of February for the 3rd of March.
  const real = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day && month >= 1 && month <= 12;
  const ms = Date.parse(text);
  return real && !Number.isNaN(ms) ? ms : undefined;
}
