import { createDirectoryMemory, DirectoryReader } from '@gatehouse/directory';
import { createCacheMemory, HttpCache } from '@gatehouse/cache';
import {
  createBudgetMemory,
  createCounterMemory,
  createKeptMemory,
  openBudgetLedger,
  openCounters,
  openKeptReplies,
} from '@gatehouse/counters';
import type { Snapshot } from '@gatehouse/config';
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
  /** Lines of the log, from warnings up. */
  readonly logged: readonly string[];
  /** Where callers come in by TLS, when the configuration has certificates. */
  readonly tlsPort: number;
  readonly listener: Listener;
  /** Goes on with another configuration. */
  readonly publish: (text: string) => void;
  /** Lets so much time pass at once; it passes by itself as well. */
  readonly advance: (ms: number) => void;
}

export type ClockedHouse = Pick<ClockedGate, 'house' | 'records' | 'logged' | 'advance'>;

/** What one worker keeps, in the thread of the test and with a clock that can be put forward. Lives as long as the test. */
export function clockedHouse(): ClockedHouse {
  let ahead = 0;
  const records: unknown[] = [];
  const logged: string[] = [];
  const clock = { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead };
  const house = new House({
    clock,
    log: createLogger({ level: 'warn', write: (line) => logged.push(line), now: clock.now }),
    worker: 0,
    pseudonym: 'gatehouse-test',
    counters: openCounters(createCounterMemory(), 1),
    kept: openKeptReplies(createKeptMemory({ entries: 64, bytes: 65_536 }), 1),
    budgets: openBudgetLedger(createBudgetMemory({ owners: 2 }), { owner: 1 }),
    secret: new Uint8Array(32),
    ticketKeys: new Uint8Array(48),
    cache: new HttpCache(createCacheMemory(), 1),
    directory: new DirectoryReader(createDirectoryMemory()),
    records: { add: (line) => records.push(JSON.parse(line)), addSpare: () => false },
  });
  onTestFinished(() => {
    for (const line of logged) if (line.includes('"level":"error"')) process.stderr.write(line);
    house.pools.close();
    house.wheel.close();
  });
  const advance = (ms: number): void => {
    ahead += ms;
    house.wheel.tick();
  };
  return { house, records, logged, advance };
}

/** One such worker that serves; `own` policies stand before those of the file on every route. */
export async function clockedGate(text: string, own: readonly PolicyDefinition[] = []): Promise<ClockedGate> {
  const { house, records, logged, advance } = clockedHouse();
  const specs = own.map(({ name }) => ({ name, config: {}, scope: `test#${name}.0` }));
  const programOf = (snapshot: Snapshot): Program => {
    const routes = snapshot.routes.map((route) => ({ ...route, policies: [...specs, ...route.policies] }));
    return new Program({ ...snapshot, routes }, house, {
      health: { isHealthy: () => true, generation: () => 0 },
      policies: (name) => own.find((each) => each.name === name) ?? policyByName(name),
    });
  };
  const program = programOf(compile(text));
  const listener = new Listener(house, program);
  const anywhere = { host: '127.0.0.1', port: 0 };
  const port = await listener.listen(anywhere);
  const tlsPort = program.snapshot.gateway?.tls === undefined ? 0 : await listener.listenTls(anywhere);
  onTestFinished(async () => listener.drain(0));
  const publish = (next: string): void => listener.use(programOf(compile(next)));
  const url = `http://127.0.0.1:${port}`;
  return { port, tlsPort, url, program, listener, house, records, logged, advance, publish };
}
