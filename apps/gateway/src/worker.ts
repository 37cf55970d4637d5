import { parentPort, workerData } from 'node:worker_threads';
import { HttpCache } from '@gatehouse/cache';
import { BudgetJournal, openBudgetLedger, openCounters, openKeptReplies } from '@gatehouse/counters';
import { DirectoryReader, type DirectoryMemory } from '@gatehouse/directory';
import { createLogger, systemClock } from '@gatehouse/kernel';
import { connectRecorder } from '@gatehouse/record';
import { HealthTable } from '@gatehouse/upstream';
import { House } from './house.ts';
import { Listener } from './listener.ts';
import { policyTable } from './policy-table.ts';
import { Program } from './program.ts';
import { fromMain, workerStart, type FoundEndpoints, type FromWorker, type Publication } from './protocol.ts';

const RECORD_TICK_MS = 50;
/** Large enough that waking the recorder costs next to nothing a call; the tick bounds the wait. */
const RECORD_BATCH_BYTES = 512 * 1024;
const STATS_MS = 500;
const BUDGET_FLUSH_MS = 1000;

/** The entry of a gateway worker: one listener, one program at a time, told what to do by the main thread. */
const start = workerStart(workerData);
const clock = systemClock;
const log = createLogger({
  level: start.logLevel,
  write: (line) => process.stderr.write(line),
  now: clock.now,
  base: { worker: start.worker },
});
const health = new HealthTable(start.health);
const recorder = connectRecorder(start.recorder, {
  worker: start.worker,
  now: clock.now,
  batchBytesMax: RECORD_BATCH_BYTES,
});
const owner = start.worker + 1;
const { memory, dir } = start.budgets;
const journal = new BudgetJournal({ dir, memory, owner, log, now: clock.now, records: recorder.batcher });
const budgets = openBudgetLedger(memory, { owner, journal });
const house = new House({
  clock,
  log,
  worker: start.worker,
  pseudonym: start.pseudonym,
  counters: openCounters(start.counters, owner),
  kept: openKeptReplies(start.kept, owner),
  budgets,
  records: recorder.batcher,
  secret: start.secret,
  ticketKeys: start.ticketKeys,
  cache: new HttpCache(start.cache, owner),
  directory: new DirectoryReader(start.directory),
  onRest: (rest) => say({ kind: 'rest', rest }),
});
let program = await compile(start.publication);
let next: Program | undefined;
const listener = new Listener(house, program);

function say(message: FromWorker): void {
  parentPort?.postMessage(message);
}

async function compile({ snapshot, healthSlots }: Publication): Promise<Program> {
  const policies = await policyTable(snapshot);
  return new Program(snapshot, house, { health: health.view(healthSlots), policies });
}

async function load(publication: Publication): Promise<void> {
  const { version } = publication.snapshot;
  try {
    next = await compile(publication);
    say({ kind: 'loaded', version });
  } catch (error) {
    say({ kind: 'refused', version, reason: String(error) });
  }
}

function switchTo(version: string): void {
  if (next?.snapshot.version === version) {
    program = next;
    listener.use(program);
    forget();
    next = undefined;
  }
  say({ kind: 'switched', version: program.snapshot.version });
}

function useEndpoints({ endpoints, healthSlots }: FoundEndpoints): void {
  program.useEndpoints(endpoints, health.view(healthSlots));
  forget();
}

/** Callers who are stored have outgrown their memory: they are found in another one from now on. */
function useDirectory(taken: DirectoryMemory): void {
  house.directory.reader = new DirectoryReader(taken);
  say({ kind: 'directory-taken' });
}

/** Drops runtime state that the new snapshot no longer names. */
function forget(): void {
  const { upstreams, snapshot } = program;
  const { ai } = snapshot;
  house.endpoints.retain(upstreams);
  house.questions.retain(program.semanticPlaces);
  const providers = Object.values(ai?.providers ?? {}).map(({ endpoint }) => endpoint);
  house.pools.retain([...Object.values(upstreams).flatMap(({ endpoints }) => endpoints), ...providers]);
}

async function drain(deadlineMs: number): Promise<void> {
  await listener.drain(deadlineMs);
  budgets.flush();
  recorder.close();
  journal.close();
  house.pools.close();
  say({ kind: 'drained' });
}

// A fault of ours ends this worker, not the others: what it was doing is recorded, then it is replaced.
process.on('uncaughtException', (error) => {
  log.error('worker failed', { error: error.stack ?? String(error) });
  house.recordLost();
  recorder.close();
  process.exit(1);
});

parentPort?.on('message', (raw: unknown) => {
  const message = fromMain(raw);
  if (message.kind === 'load') void load(message.publication);
  else if (message.kind === 'switch') switchTo(message.version);
  else if (message.kind === 'endpoints') useEndpoints(message.found);
  else if (message.kind === 'directory') useDirectory(message.memory);
  else if (message.kind === 'recorder') recorder.reconnect(message.port);
  else if (message.kind === 'rest') house.routing.rest(message.rest, clock.monotonic());
  else void drain(message.deadlineMs);
});

setInterval(() => recorder.batcher.tick(), RECORD_TICK_MS);
setInterval(() => {
  budgets.flush();
  journal.mark();
}, BUDGET_FLUSH_MS);
setInterval(() => say({ kind: 'stats', stats: listener.stats() }), STATS_MS);
const tlsPort = start.listenTls === undefined ? undefined : await listener.listenTls(start.listenTls);
say({ kind: 'listening', port: await listener.listen(start.listen), tlsPort });
