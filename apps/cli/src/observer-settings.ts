import type { AnalyticsPlace, Keep } from '@gatehouse/analytics';
import type { Snapshot } from '@gatehouse/config';
import type { ObserverSettings } from '@gatehouse/observer';

const DAY_MS = 86_400_000;

/** As the reference says; what a configuration says goes before. */
const KEEP: Keep = {
  recordsMs: 30 * DAY_MS,
  bodiesMs: 7 * DAY_MS,
  minutesMs: 40 * DAY_MS,
  hoursMs: 366 * DAY_MS,
  daysMs: 3650 * DAY_MS,
  bytesMax: 20 * 1024 ** 3,
};

/** What a configuration has the observer do. How large the disk of a server is, is the server's own affair. */
export function observerSettings(snapshot: Snapshot | undefined, place: AnalyticsPlace): ObserverSettings {
  const keep = { ...KEEP, ...snapshot?.records };
  const bounded = place === 'embedded' ? keep : { ...keep, bytesMax: Number.MAX_SAFE_INTEGER };
  return { keep: bounded, telemetry: snapshot?.telemetry };
}
