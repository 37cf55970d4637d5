import type { AnalyticsPlace, Keep } from '@gatehouse/analytics';

const DAY_MS = 86_400_000;
/** For how long records and their sums are kept, and how much of the disk they may take. */
const KEEP: Keep = {
  recordsMs: 30 * DAY_MS,
  bodiesMs: 7 * DAY_MS,
  minutesMs: 40 * DAY_MS,
  hoursMs: 400 * DAY_MS,
  daysMs: 3650 * DAY_MS,
  bytesMax: 20 * 1024 ** 3,
};

/** How large the disk of a server is, is the server's own affair. */
export function keepIn(place: AnalyticsPlace): Keep {
  return place === 'embedded' ? KEEP : { ...KEEP, bytesMax: Number.MAX_SAFE_INTEGER };
}
