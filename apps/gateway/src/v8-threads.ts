import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';

const TASKS = '/proc/self/task';
const HELPER = 'node-V8Worker';
const NICE = 10;

/**
 * V8 compiles and marks on four helper threads, each with the same claim to a core as a worker. Where cores are few,
 * they take turns with it in slices of 4 ms and callers wait for tens of milliseconds; this lets them give way. Linux
 * only, where a thread has a priority of its own.
 */
export function letHelpersGiveWay(): void {
  if (process.platform !== 'linux') return;
  for (const thread of readdirSync(TASKS)) {
    try {
      if (readFileSync(`${TASKS}/${thread}/comm`, 'utf8').startsWith(HELPER)) os.setPriority(Number(thread), NICE);
    } catch {
      // The thread has ended, or the system does not let us: latency is what it was.
    }
  }
}
