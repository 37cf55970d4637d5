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
  ledgerMs: 3660 * DAY_MS,
  bytesMax: 20 * 1024 ** 3,
};

/** What a configuration has the observer do. How large the disk of a server is, is the server's own affair. */
export function observerSettings(snapshot: Snapshot | undefined, analytics: AnalyticsPlace): ObserverSettings {
  const keep = { ...KEEP, ...snapshot?.records };
  const { bytesMax } = analytics === 'embedded' ? keep : { bytesMax: Number.MAX_SAFE_INTEGER };
  return { keep: { ...keep, bytesMax }, telemetry: snapshot?.telemetry };
}
