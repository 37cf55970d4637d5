import type { Keep } from '@gatehouse/analytics';
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
  ledgerMs: 3660 * DAY_MS,
  bytesMax: 20 * 1024 ** 3,
};

/** What a configuration has the observer do. */
export function observerSettings(snapshot: Snapshot | undefined): ObserverSettings {
  return { keep: { ...KEEP, ...snapshot?.records }, telemetry: snapshot?.telemetry };
}
