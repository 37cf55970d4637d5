import { readdirSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

export interface ProcessFacts {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** Since the epoch. */
  readonly startedSeconds: number;
  /** Of the thread that asks. */
  readonly loopActiveSeconds: number;
  /** Undefined where the system does not say. */
  readonly openFiles: number | undefined;
  readonly maxFiles: number | undefined;
}

/** What the system says of this process. */
export function processFacts(): ProcessFacts {
  const { user, system } = process.cpuUsage();
  return {
    cpuSeconds: (user + system) / 1e6,
    residentBytes: process.memoryUsage.rss(),
    startedSeconds: performance.timeOrigin / 1000,
    loopActiveSeconds: performance.eventLoopUtilization().active / 1000,
    openFiles: openFiles(),
    maxFiles: maxFiles(),
  };
}

function openFiles(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return undefined; // not Linux
  }
}

/** What this process may have open, or one that it starts. */
export function maxFiles(): number | undefined {
  try {
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? undefined : soft === 'unlimited' ? Infinity : Number(soft);
  } catch {
    return undefined; // not Linux
  }
}
