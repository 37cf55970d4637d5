import { readBackwards } from './read-backwards.ts';
import { listSegments, segmentBytes } from './segments.ts';
import type { Position } from './spool-cursor.ts';

/** Behind the last frame there is: where a reader begins who wants only what is still to come. */
export function spoolEnd(dir: string): Position {
  for (const { next } of readBackwards(dir)) return next;
  return { sequence: 0, offset: 0 };
}

/** How much has been written behind a position; frames and headers count as they are. */
export function spoolBytesBehind(dir: string, { sequence, offset }: Position): number {
  let bytes = 0;
  for (const segment of listSegments(dir)) {
    if (segment.sequence < sequence) continue;
    const size = segmentBytes(segment.path);
    bytes += segment.sequence === sequence ? Math.max(0, size - offset) : size;
  }
  return bytes;
}
