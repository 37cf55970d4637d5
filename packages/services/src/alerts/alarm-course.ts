import type { Labels, Reading } from './reading.ts';

/** How it stands with one key of a rule, from look to look. */
export interface Alarm {
  readonly labels: Labels;
  readonly status: 'pending' | 'firing' | 'resolved';
  /** Since when it has this status. */
  readonly sinceMs: number;
  readonly value: number | null;
  readonly note: string;
  /** Looks in a row that found it so; the other count is 0. */
  readonly breaches: number;
  readonly calm: number;
  /** When it began to fire, within the last hour. */
  readonly firedMs: readonly number[];
  /** When people were last told that it fires; left out: they do not know. */
  readonly toldMs?: number | undefined;
  /** The name of the silence that keeps it from being told. */
  readonly silencedBy?: string | undefined;
}

export interface CourseRules {
  readonly evaluations: number;
  readonly clearEvaluations: number;
}

/** What fires this often in the memory below comes and goes, */
export const FLAPS = 3;
const FLAP_MEMORY_MS = 3_600_000;
/** and is over only when it has been so for this many looks. */
export const FLAP_CALM = 15;

/** One look further. `reading` undefined: the key was not there. Undefined: there is nothing to be remembered. */
export function advance(
  before: Alarm | undefined,
  reading: Reading | undefined,
  { rules, nowMs }: { readonly rules: CourseRules; readonly nowMs: number },
): Alarm | undefined {
  if (reading?.isBreached === true) return breached(before, reading, { rules, nowMs });
  if (before === undefined || before.status === 'pending') return remembered(before, nowMs);
  const seen = {
    ...before,
    breaches: 0,
    calm: before.calm + 1,
    ...(reading && { value: reading.value, note: reading.note }),
  };
  if (before.status === 'resolved') return remembered(seen, nowMs);
  const needed = isFlapping(before, nowMs) ? Math.max(rules.clearEvaluations, FLAP_CALM) : rules.clearEvaluations;
  return seen.calm < needed ? seen : { ...seen, status: 'resolved', sinceMs: nowMs };
}

function breached(
  before: Alarm | undefined,
  { labels, value, note }: Reading,
  { rules, nowMs }: { readonly rules: CourseRules; readonly nowMs: number },
): Alarm {
  const breaches = (before?.breaches ?? 0) + 1;
  const seen = { labels, value, note, breaches, calm: 0 };
  if (before?.status === 'firing') return { ...before, ...seen };
  const firedMs = recent(before, nowMs);
  const sinceMs = before?.status === 'pending' ? before.sinceMs : nowMs;
  if (breaches < rules.evaluations) return { ...seen, status: 'pending', sinceMs, firedMs };
  return { ...seen, status: 'firing', sinceMs: nowMs, firedMs: [...firedMs, nowMs] };
}

/** What has fired lately is kept, so that its coming and going is noticed. */
function remembered(alarm: Alarm | undefined, nowMs: number): Alarm | undefined {
  if (alarm === undefined) return undefined;
  const firedMs = recent(alarm, nowMs);
  if (firedMs.length === 0) return undefined;
  return { ...alarm, status: 'resolved', breaches: 0, firedMs, ...(alarm.status === 'pending' && { sinceMs: nowMs }) };
}

function recent(alarm: Alarm | undefined, nowMs: number): readonly number[] {
  return (alarm?.firedMs ?? []).filter((atMs) => nowMs - atMs < FLAP_MEMORY_MS);
}

export function isFlapping(alarm: Alarm, nowMs: number): boolean {
  return recent(alarm, nowMs).length >= FLAPS;
}

export type Told = 'fired' | 'repeated' | 'resolved';

export interface TellRules {
  /** 0: never. */
  readonly repeatMs: number;
  /** Of a silence that holds for it now. */
  readonly silencedBy: string | undefined;
  readonly nowMs: number;
}

/** Whether people are told of it now. Each beginning is told once, and its end to whoever was told of the beginning. */
export function tellOf(alarm: Alarm, rules: TellRules): { readonly alarm: Alarm; readonly told?: Told } {
  const { silencedBy: _before, ...loud } = alarm;
  const { nowMs, repeatMs, silencedBy } = rules;
  if (alarm.status === 'resolved') {
    // Whoever was told that it fires is not left with that by a silence that came later.
    const { toldMs, ...over } = loud;
    return toldMs === undefined ? { alarm: over } : { alarm: over, told: 'resolved' };
  }
  if (silencedBy !== undefined) return { alarm: { ...loud, silencedBy } };
  if (alarm.status === 'pending') return { alarm: loud };
  if (alarm.toldMs === undefined) return { alarm: { ...loud, toldMs: nowMs }, told: 'fired' };
  const isDue = repeatMs > 0 && nowMs - alarm.toldMs >= repeatMs;
  return isDue ? { alarm: { ...loud, toldMs: nowMs }, told: 'repeated' } : { alarm: loud };
}
