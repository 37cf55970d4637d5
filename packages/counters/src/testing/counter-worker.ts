/* oxlint-disable unicorn/require-post-message-target-origin -- the ports here are threads', not windows' */
import { parentPort } from 'node:worker_threads';
import { BucketLock } from '../bucket-lock.ts';
import { lockIndex, TAKEOVERS, type CounterMemory } from '../counter-memory.ts';
import type { Limit } from '../counters.ts';
import { openCounters } from '../shared-counters.ts';

/** What a test asks of a worker thread. */
export type WorkerTask =
  | {
      /** Waits at the barrier, makes `takes` takes at one moment, answers how many were allowed. */
      readonly do: 'hammer';
      readonly memory: CounterMemory;
      readonly owner: number;
      readonly key: { readonly high: number; readonly low: number };
      readonly limit: Limit;
      readonly takes: number;
      /** [threads still to come] */
      readonly barrier: Int32Array<SharedArrayBuffer>;
    }
  | {
      /** Takes the lock of a bucket, answers, and keeps it. */
      readonly do: 'hold';
      readonly memory: CounterMemory;
      readonly owner: number;
      readonly bucket: number;
    }
  | {
      /** Takes the lock of a bucket, answers, and holds it so many times for 2 ms, letting go for a moment in between. */
      readonly do: 'hold-in-turns';
      readonly memory: CounterMemory;
      readonly owner: number;
      readonly bucket: number;
      readonly turns: number;
    }
  | {
      /** Answers, and takes for ever. */
      readonly do: 'take-for-ever';
      readonly memory: CounterMemory;
      readonly owner: number;
      readonly key: { readonly high: number; readonly low: number };
      readonly limit: Limit;
    };

const NOW = 1_750_000_000_000;

function hold(
  { memory, owner, bucket }: { memory: CounterMemory; owner: number; bucket: number },
  turns: number,
): void {
  const words = new Int32Array(memory.buffer);
  const lock = new BucketLock(words, { owner, takeoversAt: TAKEOVERS });
  let held = lock.acquire(lockIndex(bucket));
  parentPort?.postMessage('held');
  for (let turn = 0; turn < turns; turn++) {
    Atomics.wait(words, lockIndex(bucket), held, 2);
    lock.release(lockIndex(bucket), held);
    if (turn + 1 < turns) held = lock.acquire(lockIndex(bucket));
  }
}

function run(task: WorkerTask): void {
  if (task.do === 'hold') {
    hold(task, 0);
    return;
  }
  if (task.do === 'hold-in-turns') {
    hold(task, task.turns);
    return;
  }
  const counters = openCounters(task.memory, task.owner);
  if (task.do === 'take-for-ever') {
    parentPort?.postMessage('started');
    for (let calls = 0; ; calls++) counters.take(task.key, 1, task.limit, NOW + (calls >> 10));
  }
  Atomics.sub(task.barrier, 0, 1);
  while (Atomics.load(task.barrier, 0) > 0) Atomics.pause();
  let allowed = 0;
  for (let i = 0; i < task.takes; i++) if (counters.take(task.key, 1, task.limit, NOW).allowed) allowed++;
  parentPort?.postMessage(allowed);
}

parentPort?.on('message', run);
