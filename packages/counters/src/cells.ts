/**
 * One counter is a run of 64-bit cells in the shared buffer. The first two mean the same for every algorithm, the rest
 * is its own. Cells are written so that a thread may die between any two writes: what stands then is either the old
 * state or one that counts too much, never one that counts too little.
 */
export const SLOT_CELLS = 40;

/** Latest time at which somebody asked; what has been idle longest is given up first. */
export const TOUCHED = 0;
/** From this time on the slot holds nothing that matters. */
export const EXPIRES = 1;
/** First cell that belongs to the algorithm. */
export const OWN = 2;

/**
 * Reads a cell that exists. Not the kernel's `slot`: that one sees five kinds of typed array in a gateway, which makes
 * its reads three times as slow, and a take makes forty of them.
 */
export function cell(cells: Float64Array, index: number): number {
  return cells[index] ?? 0;
}

/** What is asked of a counter. */
export interface Ask<Rule> {
  readonly cost: number;
  readonly rule: Rule;
  readonly nowMs: number;
}

/** Beyond this, an earlier time is no slow thread any more: the clock was set back. */
const CLOCK_STEP_MS = 60_000;

/**
 * Threads read their clocks a little apart and may wait between reading and asking, so a slot's time never goes back:
 * an earlier time counts as the slot's latest one. When the clock was set back it does, or else the slot would stand
 * still until the clock has caught up; then the result is below `TOUCHED` and the algorithm moves its times along.
 */
export function steadyNow(touchedMs: number, nowMs: number): number {
  return nowMs < touchedMs && touchedMs - nowMs <= CLOCK_STEP_MS ? touchedMs : nowMs;
}
