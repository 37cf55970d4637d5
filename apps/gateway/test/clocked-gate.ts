import { createCacheMemory, HttpCache } from '@gatehouse/cache';
import {
  createBudgetMemory,
  createCounterMemory,
  createKeptMemory,
  openBudgetLedger,
  openCounters,
  openKeptReplies,
} from '@gatehouse/counters';
import { createLogger } from '@gatehouse/kernel';
import { policyByName, type PolicyDefinition } from '@gatehouse/policies';
import { onTestFinished } from 'vitest';
import { House } from '../src/house.ts';
import { Listener } from '../src/listener.ts';
import { Program } from '../src/program.ts';
import { compile } from './harness.ts';

export interface ClockedGate {
  readonly port: number;
  readonly url: string;
  readonly program: Program;
  readonly house: House;
  /** Parsed lines of the record. */
  readonly records: readonly unknown[];
  /** Lets so much time pass at once; it passes by itself as well. */
  readonly advance: (ms: number) => void;
}

export type ClockedHouse = Pick<ClockedGate, 'house' | 'records' | 'advance'>;

/** What one worker keeps, in the thread of the test and with a clock that can be put forward. Lives as long as the test. */
export function clockedHouse(): ClockedHouse {
  let ahead = 0;
  const records: unknown[] = [];
  const clock = { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead };
  const house = new House({
    clock,
    log: createLogger({ level: 'error', write: (line) => process.stderr.write(line), now: clock.now }),
    worker: 0,
    pseudonym: 'gatehouse-test',
    counters: openCounters(createCounterMemory(), 1),
    kept: openKeptReplies(createKeptMemory({ entries: 64, bytes: 65_536 }), 1),
    budgets: openBudgetLedger(createBudgetMemory({ owners: 2 }), { owner: 1 }),
    secret: new Uint8Array(32),
    ticketKeys: new Uint8Array(48),
    cache: new HttpCache(createCacheMemory(), 1),
    records: { add: (line) => records.push(JSON.parse(line)) },
  });
  onTestFinished(() => {
    house.pools.close();
    house.wheel.close();
  });
  const advance = (ms: number): void => {
    ahead += ms;
    house.wheel.tick();
  };
  return { house, records, advance };
}

/** One such worker that serves; `own` policies stand before those of the file on every route. */
export async function clockedGate(text: string, own: readonly PolicyDefinition[] = []): Promise<ClockedGate> {
  const { house, records, advance } = clockedHouse();
  const specs = own.map(({ name }) => ({ name, config: {}, scope: `test#${name}.0` }));
  const snapshot = compile(text);
  const routes = snapshot.routes.map((route) => ({ ...route, policies: [...specs, ...route.policies] }));
  const program = new Program({ ...snapshot, routes }, house, {
    health: { isHealthy: () => true, generation: () => 0 },
    policies: (name) => own.find((each) => each.name === name) ?? policyByName(name),
  });
  const listener = new Listener(house, program);
  const port = await listener.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => listener.drain(0));
  return { port, url: `http://127.0.0.1:${port}`, program, house, records, advance };
}
