import os from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/** How this worker is, read twice a second at most. */
export interface OverloadSignals {
  /** Calls under way at all places that shed. */
  underWay: number;
  /** How late the event loop was, 99 times out of 100, since it was read last. */
  loopDelayMs(nowMs: number): number;
  /** Share of the memory that there is, 0 to 1: of the process's or of this thread's heap, whichever is fuller. */
  memoryShare(nowMs: number): number;
}

const READ_MS = 500;
const RESOLUTION_MS = 20;

/** What `monitorEventLoopDelay` gives, as far as it is read here; in ns. */
export interface DelayHistogram {
  percentile(percent: number): number;
  reset(): void;
}

function measuring(): DelayHistogram {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return histogram;
}

/** Begins to measure: one is made for each worker, when it is first asked. */
export function overloadSignals(histogram: DelayHistogram = measuring()): OverloadSignals {
  const memoryBytes = memoryLimit();
  const reading = { atMs: -Infinity, loopDelayMs: 0, memoryShare: 0 };
  const read = (nowMs: number): typeof reading => {
    if (nowMs - reading.atMs < READ_MS) return reading;
    reading.atMs = nowMs;
    // It says how long a timer of this resolution took, so what is late is what is longer.
    reading.loopDelayMs = Math.max(0, histogram.percentile(99) / 1e6 - RESOLUTION_MS);
    histogram.reset();
    const heap = getHeapStatistics();
    reading.memoryShare = Math.max(process.memoryUsage.rss() / memoryBytes, heap.used_heap_size / heap.heap_size_limit);
    return reading;
  };
  return {
    underWay: 0,
    loopDelayMs: (nowMs) => read(nowMs).loopDelayMs,
    memoryShare: (nowMs) => read(nowMs).memoryShare,
  };
}

/** Of the control group where it has one, else of the machine. */
function memoryLimit(): number {
  const machine = os.totalmem();
  const group = process.constrainedMemory();
  return group > 0 && group < machine ? group : machine;
}
