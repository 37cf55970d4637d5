import type { ReadFrame } from './journal-frame.ts';

/** What journals of threads that have ended say of calls, and records perhaps do not. */
export interface LostCalls {
  /** Records, as lines: of calls that were over, and of calls that were under way. */
  readonly lines: readonly string[];
  /** Those that are recorded already were recorded after this, ms since the epoch. */
  readonly sinceMs: number;
}

export interface EndedJournal {
  readonly number: number;
  readonly frames: readonly ReadFrame[];
}

/** Undefined when there are none. */
export function lostCalls(journals: readonly EndedJournal[]): LostCalls | undefined {
  const continued = new Set(journals.flatMap(({ frames }) => frames.map(({ head }) => head.continues)));
  const found = journals.filter(({ number }) => !continued.has(number)).map(({ frames }) => lostOf(frames));
  const lines = found.flatMap((lost) => lost.lines);
  if (lines.length === 0) return undefined;
  return { lines, sinceMs: Math.min(...found.map(({ sinceMs }) => sinceMs)) };
}

/**
 * Calls that were over may have been recorded at any time after their frame was written. Calls under way can only have
 * been recorded by a start that died after it had done so, and so after the last frame.
 */
function lostOf(frames: readonly ReadFrame[]): LostCalls {
  const recorded = Math.max(0, ...frames.map(({ head }) => head.recorded));
  const open = new Map<number, string>();
  const ended: string[] = [];
  let sinceMs = frames.at(-1)?.head.writtenMs ?? Infinity;
  for (const { notes, head } of frames) {
    let { finals } = head;
    for (const { call, final, line } of notes()) {
      if (!final) open.set(call, line);
      else {
        open.delete(call);
        if (finals++ < recorded) continue;
        ended.push(line);
        sinceMs = Math.min(sinceMs, head.writtenMs);
      }
    }
  }
  const lines = [...ended, ...open.values()];
  return { lines, sinceMs: lines.length === 0 ? Infinity : sinceMs };
}
