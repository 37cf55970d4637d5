/* oxlint-disable unicorn/require-post-message-target-origin -- the ports here are threads', not windows' */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { BucketLock } from './bucket-lock.ts';
import { createCounterMemory, lockIndex, TAKEOVERS, type CounterMemory } from './counter-memory.ts';
import { openCounters } from './shared-counters.ts';
import type { WorkerTask } from './testing/counter-worker.ts';

const NOW = 1_750_000_000_000;
const LIMIT = { limit: 10, windowMs: 60_000, algorithm: 'sliding-window' } as const;

function lockOf(memory: CounterMemory, owner: number): BucketLock {
  return new BucketLock(new Int32Array(memory.buffer), { owner, takeoversAt: TAKEOVERS, patienceSteps: 50 });
}

describe('BucketLock', () => {
  it('changes the word with every acquisition, so that waiters see that time goes on', () => {
    const memory = createCounterMemory({ slots: 1 });
    const lock = lockOf(memory, 3);
    const words = new Set<number>();
    for (let i = 0; i < 100; i++) {
      const held = lock.acquire(lockIndex(0));
      words.add(held);
      lock.release(lockIndex(0), held);
    }
    expect(words.size).toBe(100);
  });

  it('goes on when the count of acquisitions wraps around', () => {
    const memory = createCounterMemory({ slots: 1 });
    const words = new Int32Array(memory.buffer);
    words[lockIndex(0)] = 0x7ffffc00;
    const lock = lockOf(memory, 1022);
    for (let i = 0; i < 3; i++) lock.release(lockIndex(0), lock.acquire(lockIndex(0)));
    expect((words[lockIndex(0)] ?? -1) & 1023).toBe(0);
  });

  it('takes the lock over when its holder has not moved for as long as its patience lasts, and counts it', () => {
    const memory = createCounterMemory({ slots: 1 });
    const dead = lockOf(memory, 1);
    const late = dead.acquire(lockIndex(0));
    const mine = lockOf(memory, 2).acquire(lockIndex(0));
    expect(openCounters(memory, 0).stats().takeovers).toBe(1);
    dead.release(lockIndex(0), late); // it was alive after all: what it lost is not its own to release
    expect(new Int32Array(memory.buffer)[lockIndex(0)]).toBe(mine);
  });

  it.each([-1, 1023, 0.5, NaN])('refuses the owner number %d', (owner) => {
    expect(() => lockOf(createCounterMemory({ slots: 1 }), owner)).toThrow(RangeError);
  });
});

describe('threads', () => {
  const start = async (task: WorkerTask): Promise<Worker> => {
    const worker = new Worker(new URL('testing/counter-worker.ts', import.meta.url), { execArgv: [] });
    worker.postMessage(task);
    await once(worker, 'message');
    return worker;
  };

  it('wait for one that comes and goes, however long it takes', async () => {
    const memory = createCounterMemory({ slots: 1 });
    const busy = await start({ do: 'hold-in-turns', memory, owner: 1, bucket: 0, turns: 60 });
    openCounters(memory, 0).take({ high: 1, low: 2 }, 1, LIMIT, NOW);
    await busy.terminate();
    expect(openCounters(memory, 0).stats().takeovers).toBe(0);
  });

  it('go on with the lock of one that was terminated once somebody has said so, with the counts intact', async () => {
    const memory = createCounterMemory({ slots: 1 });
    const counters = openCounters(memory, 0);
    const key = { high: 1, low: 2 };
    counters.take(key, 9, LIMIT, NOW);
    const holder = await start({ do: 'hold', memory, owner: 1, bucket: 0 });
    await holder.terminate();
    counters.ownerDied(1);
    const begunMs = performance.now();
    expect(counters.take(key, 1, LIMIT, NOW)).toMatchObject({ allowed: true, remaining: 0 });
    expect(counters.take(key, 1, LIMIT, NOW).allowed).toBe(false);
    expect(performance.now() - begunMs).toBeLessThan(1000);
    expect(counters.stats().takeovers).toBe(0);
  });

  it('never find a count that allows too much, wherever another one was terminated', async () => {
    const memory = createCounterMemory({ slots: 1 });
    const counters = openCounters(memory, 0);
    for (let round = 0; round < 10; round++) {
      const key = { high: 1, low: round };
      counters.take(key, 1e6, { ...LIMIT, limit: 1e6 }, NOW);
      const limit = { ...LIMIT, limit: 1e6 + 1000 };
      const worker = await start({ do: 'take-for-ever', memory, owner: 1, key, limit });
      await worker.terminate();
      counters.ownerDied(1);
      const verdict = counters.take(key, 1001, limit, NOW);
      expect(verdict.allowed).toBe(false);
      expect(verdict.remaining).toBeLessThanOrEqual(1000);
    }
  });
});
