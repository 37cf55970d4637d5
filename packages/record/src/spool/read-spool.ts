import { setImmediate } from 'node:timers/promises';
import { FolderChanges } from './folder-changes.ts';
import { SpoolCursor } from './spool-cursor.ts';
import type { Position, SpoolBatch } from './spool-cursor.ts';

export interface ReadOptions {
  /** Wait for more at the end instead of returning. */
  readonly follow?: boolean;
  /** Ends the reading without an error. */
  readonly signal?: AbortSignal;
  /** Longest wait between two looks when the system reports no change. */
  readonly pollMs?: number;
}

/**
 * What the recorder has written, in order, from a position or from the oldest there is. Any number of readers may read
 * while it is being written; none of them takes anything away.
 *
 * ```ts
 * for await (const { lines, next } of readSpool(dir, kept)) { await store.insert(lines); kept = next; }
 * ```
 */
export async function* readSpool(
  dir: string,
  from?: Position,
  options: ReadOptions = {},
): AsyncGenerator<SpoolBatch, void> {
  const { follow = false, signal, pollMs = 250 } = options;
  const cursor = new SpoolCursor(dir, from);
  const changes = follow ? new FolderChanges(dir, pollMs) : undefined;
  try {
    let reads = 0;
    for (;;) {
      if (signal?.aborted === true) return;
      const batch = cursor.next();
      if (batch !== undefined) yield batch;
      else if (changes === undefined) return;
      else await changes.next(signal);
      if (cursor.reads !== reads) await setImmediate();
      reads = cursor.reads;
    }
  } finally {
    cursor.close();
    changes?.close();
  }
}
