import { doubtful, fine, wrong, type Verdict } from './finding.ts';
import type { ClockReading } from './http-date.ts';
import type { Scene } from './scene.ts';
import { durationText } from './sizes.ts';

/** When this was written: no clock that is right says less. */
const BUILT_MS = Date.UTC(2026, 0, 1);
/** What tokens and signatures commonly allow is a minute; callers of ours are told times to a second. */
const DRIFT_MS = 5000;
const DRIFT_FAILS_MS = 60_000;
/** So many have to say so before it is us who are wrong. */
const WITNESSES = 2;
const ADVICE = 'let this machine keep time by NTP (systemd-timesyncd, chrony)';

/** By itself, by what endpoints say of the time, and by the database. */
export async function clockVerdicts(scene: Scene): Promise<readonly Verdict[]> {
  const nowMs = scene.options.nowMs();
  const now = new Date(nowMs).toISOString().replace(/\.\d+/, '');
  if (nowMs < BUILT_MS) return [wrong(`${now} was before this program was written; ${ADVICE}`)];
  return [verdictOn(now, [...(await endpointClocks(scene)), ...(await databaseClock(scene))])];
}

async function endpointClocks(scene: Scene): Promise<readonly ClockReading[]> {
  return (await scene.probed()).flatMap(({ clock }) => (clock === undefined ? [] : [clock]));
}

async function databaseClock(scene: Scene): Promise<readonly ClockReading[]> {
  const { database, control, offline } = scene.options;
  if (offline || control === undefined || !database.includes('://')) return [];
  // What is wrong with it is told by the check of the store.
  const clock = await scene.store().then(
    ({ clock: read }) => read,
    () => undefined,
  );
  return clock === undefined ? [] : [clock];
}

/** The middle one: a single wrong clock among others does not make ours wrong. */
function verdictOn(now: string, readings: readonly ClockReading[]): Verdict {
  const sorted = readings.toSorted((a, b) => a.aheadMs - b.aheadMs);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) return fine(`${now}, which nobody else was asked about`);
  const { aheadMs, toleranceMs } = middle;
  const off = Math.max(0, Math.abs(aheadMs) - toleranceMs);
  const witnesses = readings.length === 1 ? '1 other clock' : `${readings.length} other clocks`;
  if (off < DRIFT_MS)
    return fine(`${now}, as ${witnesses} say${readings.length === 1 ? 's' : ''}, ± ${durationText(toleranceMs)}`);
  const direction = aheadMs > 0 ? 'behind' : 'ahead of';
  const said = `${now} is ${durationText(Math.abs(aheadMs))} ${direction} ${witnesses} (± ${durationText(toleranceMs)}); ${ADVICE}`;
  if (readings.length < WITNESSES) return doubtful(`${said}, or that one`);
  return off < DRIFT_FAILS_MS ? doubtful(said) : wrong(said);
}
