import { parentPort, workerData } from 'node:worker_threads';
import { createLogger, systemClock } from '@gatehouse/kernel';
import {
  allCallers,
  Cipher,
  composeConfig,
  mintSetupToken,
  deliver,
  evaluateAlerts,
  seedHouse,
  sendDigests,
  takeCheckpoints,
  tick,
  type House,
} from '@gatehouse/services';
import { bodyKey } from '@gatehouse/record';
import { openDatabase } from '@gatehouse/store';
import { adminApi } from './admin-api.ts';
import { Clockwork } from './clockwork.ts';
import { KeptCallers } from './kept-callers.ts';
import { controlStart, toControl, type FromControl } from './protocol.ts';
import { publicFetcher } from './public-fetcher.ts';
import { recordedDrift } from './recorded-drift.ts';
import { recordedUsage } from './recorded-usage.ts';
import { cataloguePrices } from './catalogue-prices.ts';
import { RemoteAnalytics } from './remote-analytics.ts';
import { RemoteGate } from './remote-gate.ts';
import { smtpMailer } from './smtp-mailer.ts';

/** The entry of the control thread: the admin API over the store, beside the gate and never in its way. */
const {
  listen,
  callersFile,
  recordsFolder,
  exportsFolder,
  bodySecret,
  node,
  database: place,
  secret,
  adminToken,
  localToken,
  publicUrl,
  proxies,
  grantsTakeTwo,
  importFrom,
  version,
  logLevel,
  telling,
} = controlStart(workerData);
const log = createLogger({
  level: logLevel,
  write: (line) => process.stderr.write(line),
  now: systemClock.now,
  base: { thread: 'control' },
});
const gate = new RemoteGate(say, new KeptCallers(callersFile));
const analytics = new RemoteAnalytics(say, {
  records: recordsFolder,
  exports: exportsFolder,
  node,
  bodyKey: bodyKey(bodySecret),
});
const database = await openDatabase(place);
const senders = {
  mailer: telling.smtp && smtpMailer(telling.smtp),
  fetcher: publicFetcher({ allowPrivate: telling.allowPrivate }),
};
const house: House = {
  database,
  clock: systemClock,
  cipher: new Cipher(secret),
  gate,
  log,
  usage: recordedUsage(recordsFolder),
  observed: recordedDrift(recordsFolder),
  analytics,
  ledger: analytics.ledger,
  prices: cataloguePrices,
  grantsTakeTwo,
  senders,
  ...(publicUrl !== undefined && { publicUrl }),
  ...(importFrom && { importFrom }),
};
const app = adminApi({ house, adminToken, localToken, version, proxies });
const clockwork = new Clockwork(
  [
    { name: 'what is due', everyMs: 60_000, run: async () => tick(house) },
    { name: 'checkpoints of the audit', everyMs: 60_000, run: async () => takeCheckpoints(house) },
    // Often: whoever comes first looks at a rule, once in its minute.
    { name: 'alerts', everyMs: 15_000, run: async () => evaluateAlerts(house) },
    { name: 'digests', everyMs: 60_000, run: async () => sendDigests(house) },
    { name: 'telling', everyMs: 1000, run: async () => deliver(house, { ...senders, linkUrl: linkUrl() }) },
  ],
  log,
);

parentPort?.on('message', (message: unknown) => {
  const told = toControl(message);
  if (told.kind === 'stop') void stop();
  else if (told.kind === 'observed' || told.kind === 'unobserved') analytics.hear(told);
  else gate.hear(told);
});
await seedHouse(house);
await serveWhatIsStored();
await app.listen({ host: listen.host, port: listen.port });
const bound = app.server.address();
const setupToken = adminToken === undefined ? await mintSetupToken(house) : undefined;
say({ kind: 'listening', port: typeof bound === 'object' && bound !== null ? bound.port : listen.port, setupToken });

function say(message: FromControl): void {
  parentPort?.postMessage(message);
}

/** Where links lead: as was said, or to this machine where nobody else is let in. */
function linkUrl(): string | undefined {
  const at = app.server.address();
  const isLocal = /^(?:127\.0\.0\.1|::1|localhost)$/.test(listen.host);
  return publicUrl ?? (isLocal && typeof at === 'object' && at !== null ? `http://localhost:${at.port}` : undefined);
}

/** Another version of this program, or another machine, may have written last. */
async function serveWhatIsStored(): Promise<void> {
  const config = await database.read(async (sql) => composeConfig(sql, house));
  await database.read(async (sql) => gate.replaceCallers(allCallers(sql)));
  const outcome = await gate.prepare({ config, callers: [] });
  if ('problems' in outcome) log.error('what is stored cannot be served, the gate stays as it is', { ...outcome });
  else await outcome.enforce();
}

async function stop(): Promise<void> {
  analytics.close();
  await app.close();
  await clockwork.stop();
  await takeCheckpoints(house, { all: true }).catch((error: unknown) =>
    log.error('the audit could not be signed', { error: error instanceof Error ? error.message : String(error) }),
  );
  await database.close();
  parentPort?.close();
}
