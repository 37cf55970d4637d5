/** Milliseconds since 1970 of an `x-sunset`, a date of RFC 3339 with or without time; `undefined` for anything else. */
export function sunsetAt(sunset: string | undefined): number | undefined {
  if (sunset === undefined || !/^\d{4}-\d\d-\d\d(?:[Tt ].*)?$/.test(sunset)) return undefined;
  const at = Date.parse(sunset);
  return Number.isNaN(at) ? undefined : at;
}

export function isPast(sunset: string | undefined, now: number): boolean {
  const at = sunsetAt(sunset);
  return at !== undefined && at <= now;
}
