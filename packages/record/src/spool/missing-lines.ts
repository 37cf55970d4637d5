import { readBackwards } from './read-backwards.ts';

/** Clocks are set back now and then: so much further is looked. */
const SLACK_MS = 60_000;

/** Those of the lines, with their newlines, that a folder does not hold, of what was written since. */
export function missingLines(dir: string, lines: readonly string[], sinceMs: number): readonly string[] {
  const missing = new Set(lines);
  if (missing.size === 0) return [];
  for (const batch of readBackwards(dir, sinceMs - SLACK_MS)) {
    for (const line of batch.lines) missing.delete(`${line}\n`);
    if (missing.size === 0) break;
  }
  return [...missing];
}
