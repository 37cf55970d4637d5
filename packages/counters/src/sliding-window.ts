import { cell, EXPIRES, OWN, steadyNow, TOUCHED, type Ask } from './cells.ts';
import type { Limit, Verdict } from './counters.ts';

/** Where the ring begins and how long it is, in one cell so that both change at once: `head * 32 + length`. */
const RING = OWN;
/** Time of the first event in the newest step. */
const FIRST = OWN + 1;
const STEPS_AT = OWN + 2;
/** A step holds the units in it and the time of its LAST event. */
const COUNT = 0;
const LAST = 1;

/** Steps per window: a unit is free again between one window and one window and a sixteenth after it was taken. */
const SHARE = 16;
/** 17 steps can be live at once (16 whole ones and the one that is leaving); one to spare. */
export const STEPS = 18;

/**
 * Never more than `limit` units in any window of `windowMs`, wherever it starts: readers of "100 per minute" expect at
 * most 100 in any minute. GCRA with a burst of the whole limit lets almost twice that through in the first window, and
 * so does a fixed window across its edge; a log of every event would be exact to the ms but grows with the limit.
 * Here events are gathered in steps of a sixteenth of the window, and a step leaves when its last event has left, so
 * the count is never too low; a burst, being one step, is free again exactly one window later.
 */
export function takeSlidingWindow(cells: Float64Array, at: number, ask: Ask<Limit>): Verdict {
  const left = unitsLeft(cells, at, ask);
  if (ask.cost === 0 || !fits(ask, left)) return answer(cells, at, ask, left);
  count(cells, at, ask);
  return { allowed: true, remaining: left - ask.cost, resetMs: ask.rule.windowMs, retryMs: 0 };
}

export function askSlidingWindow(cells: Float64Array, at: number, ask: Ask<Limit>): Verdict {
  return answer(cells, at, ask, unitsLeft(cells, at, ask));
}

/** Brings the slot to now. */
function unitsLeft(cells: Float64Array, at: number, { rule, nowMs }: Ask<Limit>): number {
  dropExpired(cells, at, arrive(cells, at, nowMs) - rule.windowMs);
  return rule.limit - unitsUsed(cells, at);
}

function fits({ cost }: Ask<Limit>, left: number): boolean {
  return cost >= 0 && cost <= left;
}

/** What is said where nothing is taken. */
// oxlint-disable-next-line max-params -- a slot of the shared memory and what is asked of it, once a call
function answer(cells: Float64Array, at: number, ask: Ask<Limit>, left: number): Verdict {
  const { limit, windowMs } = ask.rule;
  // what lies this far back has left
  const gone = cell(cells, at + TOUCHED) - windowMs;
  if (fits(ask, left)) {
    const resetMs = Math.max(0, newest(cells, at) - gone);
    return { allowed: true, remaining: left - ask.cost, resetMs, retryMs: 0 };
  }
  const resetMs = Math.max(0, waitFor(cells, at, 1) - gone);
  const retryMs = ask.cost > limit ? Infinity : waitFor(cells, at, ask.cost - left) - gone;
  return { allowed: false, remaining: Math.max(0, left), resetMs, retryMs };
}

/** Counts, whatever the limit; a negative cost is given back. */
export function adjustSlidingWindow(cells: Float64Array, at: number, ask: Ask<Limit>): void {
  const now = arrive(cells, at, ask.nowMs);
  dropExpired(cells, at, now - ask.rule.windowMs);
  if (ask.cost > 0) count(cells, at, ask);
  else giveBack(cells, at, -ask.cost);
}

/** What is asked for happens now, which the slot has arrived at. */
function count(cells: Float64Array, at: number, { cost, rule: { windowMs } }: Ask<Limit>): void {
  const now = cell(cells, at + TOUCHED);
  record(cells, at, { cost, now, widthMs: windowMs / SHARE });
  cells[at + EXPIRES] = now + windowMs;
}

/** From the oldest step on: later ones may hold what others took meanwhile, and would be free before their time. */
function giveBack(cells: Float64Array, at: number, units: number): void {
  const head = headOf(cells, at);
  const end = head + lengthOf(cells, at);
  let left = units;
  for (let index = head; index < end && left > 0; index++) {
    const step = stepCell(at, index) + COUNT;
    const given = Math.min(left, cell(cells, step));
    cells[step] = cell(cells, step) - given;
    left -= given;
  }
}

function headOf(cells: Float64Array, at: number): number {
  return cell(cells, at + RING) >> 5;
}

function lengthOf(cells: Float64Array, at: number): number {
  return cell(cells, at + RING) & 31;
}

/** The cell of the step that stands `index` places after the head. */
function stepCell(at: number, index: number): number {
  return at + STEPS_AT + (index < STEPS ? index : index - STEPS) * 2;
}

/** Brings the slot's time to now and says what it is. */
function arrive(cells: Float64Array, at: number, nowMs: number): number {
  const touched = cell(cells, at + TOUCHED);
  const now = steadyNow(touched, nowMs);
  if (now < touched) moveTimes(cells, at, now - touched);
  cells[at + TOUCHED] = now;
  return now;
}

function moveTimes(cells: Float64Array, at: number, byMs: number): void {
  for (let index = 0; index < STEPS; index++) {
    const last = stepCell(at, index) + LAST;
    cells[last] = cell(cells, last) + byMs;
  }
  cells[at + FIRST] = cell(cells, at + FIRST) + byMs;
}

/** Lets go of the steps whose last event was at `horizonMs` or before. */
function dropExpired(cells: Float64Array, at: number, horizonMs: number): void {
  let head = headOf(cells, at);
  let length = lengthOf(cells, at);
  while (length > 0 && cell(cells, stepCell(at, head) + LAST) <= horizonMs) {
    head = head + 1 < STEPS ? head + 1 : 0;
    length--;
  }
  cells[at + RING] = head * 32 + length;
}

function unitsUsed(cells: Float64Array, at: number): number {
  const head = headOf(cells, at);
  const end = head + lengthOf(cells, at);
  let used = 0;
  for (let index = head; index < end; index++) used += cell(cells, stepCell(at, index) + COUNT);
  return used;
}

/** Last event of the step with whose leaving `units` are free, 0 when nothing is held. */
function waitFor(cells: Float64Array, at: number, units: number): number {
  const head = headOf(cells, at);
  const end = head + lengthOf(cells, at);
  let freed = 0;
  for (let index = head; index < end; index++) {
    const step = stepCell(at, index);
    freed += cell(cells, step + COUNT);
    if (freed >= units) return cell(cells, step + LAST);
  }
  return 0;
}

function newest(cells: Float64Array, at: number): number {
  const length = lengthOf(cells, at);
  return length === 0 ? 0 : cell(cells, stepCell(at, headOf(cells, at) + length - 1) + LAST);
}

interface Event {
  readonly cost: number;
  readonly now: number;
  readonly widthMs: number;
}

function record(cells: Float64Array, at: number, event: Event): void {
  const length = lengthOf(cells, at);
  if (length > 0 && event.now - cell(cells, at + FIRST) < event.widthMs) {
    const step = stepCell(at, headOf(cells, at) + length - 1);
    cells[step + LAST] = event.now;
    cells[step + COUNT] = cell(cells, step + COUNT) + event.cost;
    return;
  }
  if (length === STEPS) joinOldest(cells, at);
  const head = headOf(cells, at);
  const joined = lengthOf(cells, at);
  const step = stepCell(at, head + joined);
  cells[step + COUNT] = event.cost;
  cells[step + LAST] = event.now;
  cells[at + FIRST] = event.now;
  cells[at + RING] = head * 32 + joined + 1;
}

/** Happens only when the window was made longer while steps of the shorter one are live: the oldest two become one. */
function joinOldest(cells: Float64Array, at: number): void {
  const head = headOf(cells, at);
  const next = stepCell(at, head + 1) + COUNT;
  cells[next] = cell(cells, next) + cell(cells, stepCell(at, head) + COUNT);
  cells[at + RING] = (head + 1 < STEPS ? head + 1 : 0) * 32 + STEPS - 1;
}
