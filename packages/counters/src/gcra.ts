import { cell, EXPIRES, OWN, steadyNow, TOUCHED, type Ask } from './cells.ts';
import type { Limit, Verdict } from './counters.ts';

/** How far the theoretical arrival time lies ahead of `TOUCHED`, in ms × limit. */
const AHEAD = OWN;
/** The window that `AHEAD` was counted with. */
const WINDOW = OWN + 1;

/**
 * Generic cell rate algorithm: one unit every `windowMs / limit`, and a burst of the whole limit. Smoother than a
 * window, and it lets up to twice the limit through in the first one.
 *
 * The arrival time is kept as its distance from the last call and multiplied by the limit, so that every value is a
 * whole number and nothing is ever rounded; an absolute time has a quarter of a microsecond's grain in a double, which
 * adds up to two thousand units at a million a minute.
 */
export function takeGcra(cells: Float64Array, at: number, ask: Ask<Limit>): Verdict {
  return weigh(cells, at, ask, true);
}

/** What `takeGcra` would say, and nothing is taken. */
export function askGcra(cells: Float64Array, at: number, ask: Ask<Limit>): Verdict {
  return weigh(cells, at, ask, false);
}

function weigh(cells: Float64Array, at: number, ask: Ask<Limit>, taking: boolean): Verdict {
  const { limit, windowMs } = ask.rule;
  const touched = cell(cells, at + TOUCHED);
  const now = steadyNow(touched, ask.nowMs);
  const elapsed = Math.max(0, now - touched); // none when the clock was set back
  const ahead = Math.max(0, aheadInWindow(cells, at, windowMs) - elapsed * limit);
  const room = limit * windowMs - ahead;
  const asked = ask.cost * windowMs;
  const allowed = ask.cost >= 0 && asked <= room;
  const taken = allowed ? ahead + asked : ahead;
  cells[at + TOUCHED] = now;
  cells[at + WINDOW] = windowMs;
  const kept = taking ? taken : ahead;
  cells[at + AHEAD] = kept;
  const toMs = (units: number): number => (limit > 0 ? Math.ceil(units / limit) : 0);
  cells[at + EXPIRES] = now + toMs(kept);
  const remaining = Math.max(0, Math.floor((limit * windowMs - taken) / windowMs));
  if (allowed) return { allowed, remaining, resetMs: toMs(taken), retryMs: 0 };
  const nextUnit = Math.min(ahead, (remaining + 1) * windowMs - room);
  return { allowed, remaining, resetMs: toMs(nextUnit), retryMs: ask.cost > limit ? Infinity : toMs(asked - room) };
}

/** The units in use stay when a new configuration changes the window. */
function aheadInWindow(cells: Float64Array, at: number, windowMs: number): number {
  const ahead = cell(cells, at + AHEAD);
  const window = cell(cells, at + WINDOW);
  return window === windowMs || window === 0 ? ahead : (ahead / window) * windowMs;
}
