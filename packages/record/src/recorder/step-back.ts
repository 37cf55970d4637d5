import { readlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const NICENESS = 10;

/**
 * Gives way to the threads that answer callers, where they share a core. Linux knows the priority of a thread, under
 * its own number; elsewhere, and where it is not allowed, nothing changes.
 */
export function stepBack(): void {
  try {
    const thread = Number(path.basename(readlinkSync('/proc/thread-self')));
    if (Number.isInteger(thread) && thread > 0) os.setPriority(thread, NICENESS);
  } catch {
    // The records are written all the same.
  }
}
