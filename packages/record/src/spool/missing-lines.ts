import { readBackwards } from './read-backwards.ts';

/** Those of the lines, with their newlines, that a folder does not hold, of what was written since. */
export function missingLines(dir: string, lines: readonly string[], sinceMs: number): readonly string[] {
  const missing = new Set(lines);
  if (missing.size === 0) return [];
  for (const batch of readBackwards(dir, sinceMs)) {
    for (const line of batch.lines) missing.delete(`${line}\n`);
    if (missing.size === 0) break;
  }
  return [...missing];
}
