import { parentPort } from 'node:worker_threads';
import { randomFrom } from '@gatehouse/kernel';
import type { CacheMemory } from '../cache-memory.ts';
import { Flights } from '../flights/flights.ts';
import { SharedStore } from '../store/shared-store.ts';
import { isIntact, madeValue } from './made-value.ts';

/** What a test asks of a worker thread. */
export type CacheTask =
  | {
      /** Puts, gets and removes so many times (answers how many values were torn), or for ever. */
      readonly do: 'churn';
      readonly memory: CacheMemory;
      readonly owner: number;
      readonly calls: number;
    }
  | {
      /** Leads a flight, says so, and never ends it. */
      readonly do: 'lead';
      readonly memory: CacheMemory;
      readonly owner: number;
      readonly key: string;
      readonly nowMs: number;
    };

const KEYS = 200;
const BYTES_MAX = 12_000;

function churn({ memory, owner, calls }: Extract<CacheTask, { do: 'churn' }>): void {
  const store = new SharedStore(memory, owner);
  const random = randomFrom(owner);
  let torn = 0;
  parentPort?.postMessage('started');
  for (let call = 0; call < calls; call++) {
    const key = `key ${Math.floor(KEYS ** random())}`;
    const what = random();
    const value = what < 0.4 ? undefined : store.get(key);
    if (value !== undefined && !isIntact(key, value)) torn++;
    if (what < 0.4) store.put(key, `label of ${key}`, madeValue(key, call, Math.floor(BYTES_MAX * random() ** 4)));
    else if (what > 0.95) store.remove(key);
  }
  parentPort?.postMessage(torn);
}

function run(task: CacheTask): void {
  if (task.do === 'churn') {
    churn(task);
    return;
  }
  const { kind } = new Flights(task.memory, task.owner).begin(task.key, task.nowMs, 1000);
  parentPort?.postMessage(kind);
}

parentPort?.on('message', run);
