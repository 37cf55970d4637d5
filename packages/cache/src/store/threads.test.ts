import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { randomFrom } from '@gatehouse/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import { createCacheMemory } from '../cache-memory.ts';
import { Flights } from '../flights/flights.ts';
import type { CacheTask } from '../testing/cache-worker.ts';
import { isIntact, madeValue } from '../testing/made-value.ts';
import { SharedStore } from './shared-store.ts';

const NOW = 1_750_000_000_000;
const workers: Worker[] = [];

afterEach(async () => {
  await Promise.all(workers.splice(0).map(async (worker) => worker.terminate()));
});

/** A thread that has said its first word about the task. */
async function started(task: CacheTask): Promise<{ readonly worker: Worker; readonly word: unknown }> {
  const worker = new Worker(new URL('../testing/cache-worker.ts', import.meta.url), { execArgv: [] });
  workers.push(worker);
  const said: Promise<unknown[]> = once(worker, 'message');
  worker.postMessage(task);
  const [word] = await said;
  return { worker, word };
}

/** Every entry that can be read is whole, and the store can be written to. */
function check(store: SharedStore): void {
  for (let index = 0; index < 200; index++) {
    const key = `key ${index}`;
    const value = store.get(key);
    if (value !== undefined && !isIntact(key, value)) throw new Error(`the value of ${key} is torn`);
  }
  const labels: string[] = [];
  store.removeWhere((key, label) => {
    labels.push(`${key}: ${label}`);
    return false;
  });
  for (const label of labels) expect(label).toMatch(/^(key \d+): label of \1$/);
  for (let round = 0; round < 300; round++) {
    const key = `key ${round % 200}`;
    const value = madeValue(key, round, round * 13);
    expect(store.put(key, `label of ${key}`, value)).toBe(true);
    expect(store.get(key)?.equals(value)).toBe(true);
  }
}

describe('a store that threads share', () => {
  it('never gives half of a value, or that of another key', async () => {
    const memory = createCacheMemory({ bytes: 256 * 1024, entries: 128 });
    const owners = [1, 2, 3];
    const threads = await Promise.all(
      owners.map(async (owner) => started({ do: 'churn', memory, owner, calls: 30_000 })),
    );
    const ends = await Promise.all(threads.map(async ({ worker }): Promise<unknown[]> => once(worker, 'message')));
    expect(ends.flat()).toEqual([0, 0, 0]);
    check(new SharedStore(memory, 0));
  }, 60_000);

  it('stays whole when threads are ended in the middle of what they do', async () => {
    const memory = createCacheMemory({ bytes: 256 * 1024, entries: 128 });
    const main = new SharedStore(memory, 0);
    const random = randomFrom(3);
    for (let round = 1; round <= 12; round++) {
      const { worker } = await started({ do: 'churn', memory, owner: round, calls: Infinity });
      // A different moment each time.
      for (let spin = 0; spin < random() * 200_000; spin++) Atomics.pause();
      await worker.terminate();
      main.ownerDied(round);
      check(main);
    }
  }, 60_000);

  it('lets those go on who waited for a thread that was ended', async () => {
    const memory = createCacheMemory({ bytes: 4096 });
    const main = new Flights(memory, 0);
    const { worker, word } = await started({ do: 'lead', memory, owner: 1, key: 'k', nowMs: NOW });
    const flight = main.begin('k', NOW, 60_000);
    expect([word, flight.kind]).toEqual(['lead', 'wait']);
    await worker.terminate();
    main.ownerDied(1);
    if (flight.kind === 'wait') await flight.over;
    expect(main.begin('k', NOW, 1000).kind).toBe('lead');
  }, 30_000);
});
