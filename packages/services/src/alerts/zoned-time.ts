/** A moment as clocks on a wall show it. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const MINUTE_MS = 60_000;

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  formats.set(timeZone, made);
  return made;
}

export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

export function wallTimeOf(atMs: number, timeZone: string): WallTime {
  const parts = formatOf(timeZone).formatToParts(atMs);
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((each) => each.type === type)?.value ?? Number.NaN);
  return { year: part('year'), month: part('month'), day: part('day'), hour: part('hour'), minute: part('minute') };
}

/** As if those clocks stood in Greenwich: for counting days and weekdays. */
export function plainMs({ year, month, day, hour, minute }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute);
}

/** When clocks there show it. A time that they leap over is the moment of the leap or just behind; of two, the first. */
export function momentOf(wall: WallTime, timeZone: string): number {
  const wanted = plainMs(wall);
  const offsetAt = (atMs: number): number =>
    plainMs(wallTimeOf(atMs, timeZone)) - Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
  // Offsets half a day before and behind are those on both sides of a change.
  const offsets = [offsetAt(wanted - 43_200_000), offsetAt(wanted + 43_200_000)];
  const moments = offsets.map((offset) => wanted - offset).toSorted((a, b) => a - b);
  const exact = moments.find((moment) => plainMs(wallTimeOf(moment, timeZone)) === wanted);
  return exact ?? moments.at(-1) ?? wanted;
}
