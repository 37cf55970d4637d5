import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { DemoModel } from '@gatehouse/ai/demo';
import type { Snapshot } from '@gatehouse/config';
import { Gateway, type CachePurge, type GatewayStatus } from '@gatehouse/gateway';
import { sha256Hex, systemClock, type Logger, type LogLevel } from '@gatehouse/kernel';
import { requireAllFree, type Address } from '../address.ts';
import { banner } from '../banner.ts';
import { compileAside } from '../compile-aside.ts';
import { ConfigFile } from '../config-file.ts';
import { watchConfig, type ConfigWatch } from '../config-watch.ts';
import { requireDataFolder } from '../data-folder.ts';
import { takeDataLock, type DataLock } from '../data-lock.ts';
import { demoConfig } from '../demo/demo-config.ts';
import { demoKey } from '../demo/demo-key.ts';
import { startDemoUsers, type DemoUsers } from '../demo/demo-users.ts';
import { wantsDemoModel, withDemoModel } from '../demo/with-demo-model.ts';
import type { Environment } from '../load-config.ts';
import { requireLoaded, type Loaded } from '../loaded.ts';
import { takeStartTurns } from '../start-turn.ts';
import { requireAllApart, tlsAddress } from '../tls-address.ts';
import { startStatusServer, type StatusServer, type StatusSource } from '../status-server.ts';

export interface StartOptions {
  readonly config: string | undefined;
  readonly dataDir: string;
  readonly listen: Address;
  readonly listenTls: Address | undefined;
  readonly status: Address;
  readonly workers: number;
  readonly env: Environment;
  readonly log: Logger;
  readonly logLevel: LogLevel;
  readonly print: (line: string) => void;
}

const DEMO_INSTANCES = 2;
const DRAIN_MS = 30_000;
/** Whoever has waited so long for the end wants to know why. */
const TELL_OF_DRAINING_MS = 1000;
const USERS_DOCUMENT = path.join(import.meta.dirname, '../../../../examples/users/openapi.yaml');

/** Everything in one process, until `stop`. */
export class RunningGatehouse implements StatusSource {
  phase: StatusSource['phase'] = 'starting';
  readonly #options: StartOptions;
  #lock: DataLock | undefined;
  #gateway: Gateway | undefined;
  #status: StatusServer | undefined;
  #users: DemoUsers | undefined;
  #model: DemoModel | undefined;
  #watch: ConfigWatch | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: StartOptions) {
    this.#options = options;
  }

  /** What can be told to be wrong without starting anything is told first. */
  async start(): Promise<void> {
    const { dataDir, listen, status, config, env } = this.#options;
    const startedMs = performance.now();
    const file = config === undefined ? undefined : new ConfigFile(config, env);
    const loaded = file && requireLoaded(await file.load());
    const listenTls = tlsAddress(loaded?.snapshot, this.#options.listenTls);
    requireAllApart({ listen, listenTls, status });
    requireDataFolder(dataDir);
    this.#lock = takeDataLock(dataDir);
    this.#status = await startStatusServer(this, status);
    await requireAllFree([listen, listenTls]);
    const key = file === undefined ? demoKey(dataDir) : undefined;
    await this.#serve(loaded ?? (await this.#demo(key ?? '')));
    if (file !== undefined) this.#watch = watchConfig(file, async () => this.#reload(file));
    this.#greet(key, performance.now() - startedMs);
  }

  async #serve({ snapshot, warnings }: Loaded): Promise<void> {
    const { listen, log } = this.#options;
    for (const warning of warnings) log.warn('configuration', { warning });
    const ready = await this.#ready(snapshot);
    const listenTls = tlsAddress(snapshot, this.#options.listenTls);
    const endTurns = await takeStartTurns([listen, listenTls]);
    try {
      await requireAllFree([listen, listenTls]);
      this.#gateway = await this.#listen(ready, listenTls);
    } finally {
      endTurns();
    }
    if (this.phase === 'starting') this.phase = 'ready';
  }

  async #listen(snapshot: Snapshot, listenTls: Address | undefined): Promise<Gateway> {
    const { listen, workers, dataDir, log, logLevel, env } = this.#options;
    const pseudonym = `gatehouse-${randomBytes(4).toString('hex')}`;
    try {
      const secretKey = env['GATEHOUSE_SECRET_KEY'];
      const places = { listen, listenTls, workers, dataDir };
      const options = { ...places, log, logLevel, clock: systemClock, pseudonym, secretKey };
      return await Gateway.start(options, snapshot);
    } catch (error) {
      // Somebody else, who takes no turns, may have been faster: that has better words.
      await requireAllFree([listen, listenTls]);
      throw error;
    }
  }

  async #demo(key: string): Promise<Loaded> {
    const { dataDir, log, env } = this.#options;
    this.#users = await startDemoUsers({ dataDir, instances: DEMO_INSTANCES, log });
    const facts = { usersPorts: this.#users.ports, usersDocument: USERS_DOCUMENT, keySha256: sha256Hex(key), env };
    const { outcome } = await compileAside({ text: demoConfig(facts), file: 'demo.yaml', env });
    return requireLoaded(outcome);
  }

  /** Lets `demo` providers reach the demo model, which starts when the first configuration names it. */
  async #ready(snapshot: Snapshot): Promise<Snapshot> {
    if (!wantsDemoModel(snapshot)) return snapshot;
    const { startDemoModel } = await import('@gatehouse/ai/demo');
    this.#model ??= await startDemoModel();
    return withDemoModel(snapshot, this.#model.url);
  }

  #greet(key: string | undefined, startedInMs: number): void {
    const { listen, status, config, workers, print } = this.#options;
    const { port = 0, tlsAt } = this.#gateway ?? {};
    const ports = { port, tls: tlsAt, statusPort: this.#status?.port ?? 0 };
    const hosts = { host: listen.host, status: status.host };
    for (const line of banner({ ...ports, ...hosts, config, key, workers, startedInMs })) print(line);
  }

  /** A good file is published to all workers; a bad one changes nothing and is told of. */
  async #reload(file: ConfigFile): Promise<void> {
    const { log } = this.#options;
    try {
      const { snapshot, warnings } = requireLoaded(await file.load());
      for (const warning of warnings) log.warn('configuration', { warning });
      const published = await this.#gateway?.publish(await this.#ready(snapshot));
      log.info('configuration applied', { ...published });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      log.error('configuration refused, the running one stays', { problems: message.split('\n') });
    }
  }

  status(): GatewayStatus | undefined {
    return this.#gateway?.status();
  }

  get adminToken(): string | undefined {
    return this.#options.env['GATEHOUSE_ADMIN_TOKEN'];
  }

  identityKeys(): string | undefined {
    return this.#gateway?.identityKeys();
  }

  purge(what: CachePurge): number | undefined {
    return this.#gateway?.purge(what);
  }

  /** Readiness fails, requests in flight finish, records reach the disk. The second call waits for the first. */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.phase = 'draining';
    this.#watch?.close();
    const telling = setTimeout(() => this.#tellOfDraining(), TELL_OF_DRAINING_MS);
    await this.#gateway?.stop(DRAIN_MS);
    clearTimeout(telling);
    await Promise.all([this.#users?.stop(), this.#model?.close()]);
    this.#status?.close();
    this.#lock?.release();
  }

  #tellOfDraining(): void {
    const calls = this.status()?.workers.reduce((sum, { stats }) => sum + stats.active, 0) ?? 0;
    const under = calls === 1 ? '1 call is under way and has' : `${calls} calls are under way and have`;
    this.#options.print(`Ending: ${under} up to ${DRAIN_MS / 1000} s; Ctrl-C again breaks off at once`);
  }

  /** Calls that are under way are broken off, and recorded as such; `stop`, which waits for them, ends with that. */
  async cut(): Promise<void> {
    await this.#gateway?.stop(0);
  }
}
