import { randomBytes } from 'node:crypto';
import { enableCompileCache } from 'node:module';
import type { Server } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type Log, createLog } from './logger.ts';
import { type Settings, readSettings } from './settings.ts';
import type { Store } from './store.ts';

/** The only place that reads the environment, the clock and the system's randomness, and that owns the process. */
async function main(): Promise<void> {
  const result = readSettings(process.env);
  if (!result.valid) return refuse(result.problems);
  try {
    await serve(result.settings);
  } catch (error) {
    refuse([error instanceof Error ? error.message : String(error)]);
  }
}

async function serve(settings: Settings): Promise<void> {
  // Saves a third of the start from the second time on. Where it cannot write it does nothing, which is fine.
  enableCompileCache();
  // Imported only now, so that the cache serves them and a wrong setting is told at once.
  const [{ buildApp }, { Contract }, { createDrain }, { readOpenApiDocument }, { seedUsers }, { openStore }] =
    await Promise.all([
      import('./app.ts'),
      import('./contract.ts'),
      import('./drain.ts'),
      import('./openapi-document.ts'),
      import('./seed.ts'),
      import('./store.ts'),
    ]);
  const { instance, logLevel: level, host, port } = settings;
  const log = createLog({ level, instance, now: Date.now, write: (line) => void process.stdout.write(line) });
  const document = readOpenApiDocument();
  const contract = new Contract(document.content);
  const store = openStore({ file: settings.databaseFile, now: Date.now, random: randomBytes });
  const seeded = settings.seed ? seedUsers(store) : 0;

  const state = { isDraining: false };
  const isDraining = (): boolean => state.isDraining;
  const app = buildApp({ store, document, contract, log, random: randomBytes, instance, isDraining });
  const drain = createDrain({
    server: app.server,
    close: () => app.close(),
    wait: (durationMs) => wait(durationMs, undefined, { ref: false }),
  });
  onStop((reason) => {
    if (state.isDraining) return;
    state.isDraining = true;
    log('info', 'stopping', { reason });
    void exitAfter(drain, store, log);
  });
  if (isDraining()) return;
  await app.listen({ host, port });
  const boundPort = portOf(app.server.address()) ?? port;
  log('info', 'listening', { host, port: boundPort, seeded, start_ms: Math.round(process.uptime() * 1000) });
  tellParent({ ready: true, port: boundPort });
}

function portOf(address: ReturnType<Server['address']>): number | undefined {
  return typeof address === 'object' ? address?.port : undefined;
}

/** A parent that is gone already need not be told, and failing to tell it is no error. */
function tellParent(message: { readonly ready: true; readonly port: number }): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Calls back for each sign that it is time to go; a second signal must not cut short what the first began. */
function onStop(stop: (reason: string) => void): void {
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('disconnect', () => stop('the parent is gone'));
  // The parent may have gone while this process was starting.
  if (process.send !== undefined && !process.connected) stop('the parent is gone');
  // The reader of the log goes with the parent, and a log that nobody reads must not end requests in flight.
  process.stdout.on('error', () => undefined);
}

async function exitAfter(drain: () => Promise<boolean>, store: Store, log: Log): Promise<void> {
  try {
    const isComplete = await drain();
    store.close();
    log(isComplete ? 'info' : 'warn', 'stopped', { is_complete: isComplete });
    process.exit(0);
  } catch (error) {
    refuse([`cannot stop in order: ${String(error)}`]);
  }
}

function refuse(problems: readonly string[]): void {
  for (const problem of problems) process.stderr.write(`users: ${problem}\n`);
  process.exit(1);
}

await main();
