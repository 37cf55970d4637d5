import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { DemoModel } from '@gatehouse/ai/demo';
import type { AnalyticsPlace } from '@gatehouse/analytics';
import type { Snapshot } from '@gatehouse/config';
import { tellingOf } from '../telling.ts';
import { ControlPlane, readKeptCallers, type GateConfig } from '@gatehouse/control';
import {
  derivedSecret,
  Gateway,
  gateSecret,
  type CachePurge,
  type GatewayStatus,
  type Published,
} from '@gatehouse/gateway';
import { Observer } from '@gatehouse/observer';
import { DirectoryWriter } from '@gatehouse/directory';
import { sha256Hex, systemClock, type Logger, type LogLevel } from '@gatehouse/kernel';
import { requireAllFree, type Address } from '../address.ts';
import { banner } from '../banner.ts';
import { compileAside, WarmCompiler } from '../compile-aside.ts';
import { ConfigFile } from '../config-file.ts';
import { watchConfig, type ConfigWatch } from '../config-watch.ts';
import { requireDataFolder } from '../data-folder.ts';
import { takeDataLock, type DataLock } from '../data-lock.ts';
import { demoConfig } from '../demo/demo-config.ts';
import { demoKey } from '../demo/demo-key.ts';
import { startDemoUsers, type DemoUsers } from '../demo/demo-users.ts';
import { wantsDemoModel, withDemoModel } from '../demo/with-demo-model.ts';
import type { Environment } from '../load-config.ts';
import { CommandFailure } from '../failure.ts';
import type { ImportPlaces } from '../import-places.ts';
import { observerSettings } from '../observer-settings.ts';
import { nodeName } from '../node-name.ts';
import { KeptConfig } from '../kept-config.ts';
import { localUrl, offerLocalAccess, withdrawLocalAccess } from '../local-access.ts';
import { requireLoaded, type Loaded } from '../loaded.ts';
import { ServedParts } from '../served-parts.ts';
import { takeStartTurns } from '../start-turn.ts';
import { requireAllApart, tlsAddress } from '../tls-address.ts';
import { version } from '../version.ts';
import { startStatusServer, type StatusServer, type StatusSource } from '../status-server.ts';

export interface StartOptions {
  readonly config: string | undefined;
  readonly dataDir: string;
  readonly listen: Address;
  readonly listenTls: Address | undefined;
  /** Where the admin API is; undefined: nowhere. */
  readonly control: Address | undefined;
  /** Under which people reach the console; undefined: on this machine only. */
  readonly publicUrl: string | undefined;
  /** Whose word about where people come from is believed. */
  readonly consoleProxies: readonly string[] | undefined;
  readonly grantsTakeTwo: boolean;
  readonly importFrom: ImportPlaces | undefined;
  readonly status: Address;
  /** Of what is governed: a file of SQLite, or `postgres://…`. */
  readonly database: string;
  /** Where records are kept for good. */
  readonly analytics: AnalyticsPlace;
  readonly workers: number;
  readonly env: Environment;
  readonly log: Logger;
  readonly logLevel: LogLevel;
  readonly print: (line: string) => void;
}

const DEMO_INSTANCES = 2;
const COMPILER_IDLE_MS = 30_000;
const DRAIN_MS = 30_000;
/** Whoever has waited so long for the end wants to know why. */
const TELL_OF_DRAINING_MS = 1000;
/** A start is for callers first; whoever asks about calls before that does not wait for it. */
const OBSERVE_AFTER_MS = 1500;
const USERS_DOCUMENT = path.join(import.meta.dirname, '../../../../examples/users/openapi.yaml');

/** Everything in one process, until `stop`. */
export class RunningGatehouse implements StatusSource {
  phase: StatusSource['phase'] = 'starting';
  readonly #options: StartOptions;
  /** Nobody takes away what another gate has left in the same folder. */
  #isOffered = false;
  readonly #localToken = randomBytes(32).toString('base64url');
  /** The store has had something served before. */
  #hasKept = false;
  #lock: DataLock | undefined;
  #gateway: Gateway | undefined;
  /** Of what is stored, which changes often. */
  readonly #compiler = new WarmCompiler(COMPILER_IDLE_MS);
  #parts: ServedParts | undefined;
  readonly #startedMs = systemClock.now();
  #observer: Observer | undefined;
  #observeLater: NodeJS.Timeout | undefined;
  #control: ControlPlane | undefined;
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
    const { dataDir, listen, control, status, config, env } = this.#options;
    const startedMs = performance.now();
    const file = config === undefined ? undefined : new ConfigFile(config, env);
    const loaded = file && requireLoaded(await file.load());
    const listenTls = tlsAddress(loaded?.snapshot, this.#options.listenTls);
    requireAllApart({ listen, listenTls, control, status });
    requireDataFolder(dataDir);
    this.#lock = takeDataLock(dataDir);
    this.#status = await startStatusServer(this, status);
    await requireAllFree([listen, listenTls, control]);
    const key = file === undefined ? demoKey(dataDir) : undefined;
    await this.#serve(loaded ?? (await this.#demo(key ?? '')));
    this.#observe();
    if (control !== undefined) this.#control = await this.#startControl(control);
    if (file !== undefined) this.#watch = watchConfig(file, async () => this.#reload(file));
    this.#offerLocally();
    this.#greet(key, performance.now() - startedMs);
  }

  async #serve(file: Loaded): Promise<void> {
    const { listen, log, workers, dataDir } = this.#options;
    for (const warning of file.warnings) log.warn('configuration', { warning });
    const kept = new KeptConfig(dataDir, derivedSecret(this.#secret(), 'kept configuration'));
    this.#parts = new ServedParts(file, {
      workers,
      givesWay: this.#options.config === undefined,
      compile: async (order) => this.#compiler.compile(order),
      publish: async (snapshot) => this.#publish(snapshot),
      changeCallers: async (changes) => this.#serving().changeCallers(changes),
      replaceCallers: async (callers) => this.#serving().replaceCallers(callers),
      keep: (config) => kept.write(config),
    });
    await this.#beginWithStore(this.#parts, kept.read());
    const { snapshot } = this.#parts;
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

  /** What the store holds is served before it is asked, and also when it does not answer. */
  async #beginWithStore(parts: ServedParts, config: GateConfig | undefined): Promise<void> {
    if (config === undefined || this.#options.control === undefined) return;
    this.#hasKept = true;
    await parts.begin(config).catch((error: unknown) => {
      this.#options.log.error('what is stored cannot be served beside the file', { problems: linesOf(error) });
    });
  }

  async #keptCallers(): Promise<DirectoryWriter> {
    const writer = new DirectoryWriter();
    if (this.#options.control === undefined) return writer;
    for await (const change of readKeptCallers(this.#callersFile())) writer.apply(change);
    return writer;
  }

  #callersFile(): string {
    return path.join(this.#options.dataDir, 'callers.ndjson');
  }

  async #startControl(listen: Address): Promise<ControlPlane> {
    const { database, publicUrl, consoleProxies, grantsTakeTwo, importFrom, log, logLevel } = this.#options;
    const { adminToken } = this;
    const telling = tellingOf(this.#options.env);
    const gate = this.#parts;
    if (gate === undefined) throw new Error('nothing is served yet');
    const place = {
      listen,
      database,
      publicUrl,
      proxies: consoleProxies,
      grantsTakeTwo,
      importFrom,
      callersFile: this.#callersFile(),
      recordsFolder: this.#recordsFolder(),
      exportsFolder: path.join(this.#analyticsFolder(), 'exports'),
      node: nodeName(this.#options.dataDir),
      secret: derivedSecret(this.#secret(), 'store'),
      bodySecret: derivedSecret(this.#secret(), 'bodies'),
    };
    try {
      return await ControlPlane.start({
        ...place,
        adminToken,
        localToken: this.#localToken,
        telling,
        version: version(),
        logLevel,
        log,
        gate,
        observe: async (question, asked) => this.#observer?.relay(question, asked),
        mustStart: !this.#hasKept,
      });
    } catch (error) {
      await requireAllFree([listen]);
      throw new CommandFailure(`the control plane cannot start: ${linesOf(error)[0] ?? ''}; see --database and --data`);
    }
  }

  #recordsFolder(): string {
    return path.join(this.#options.dataDir, 'records');
  }

  #analyticsFolder(): string {
    return path.join(this.#options.dataDir, 'analytics');
  }

  /** Nothing that has not been kept goes from the spool while there is room. */
  #observe(): void {
    const { dataDir, log, logLevel, config, analytics } = this.#options;
    const gateway = this.#serving();
    const observer = new Observer({
      spool: this.#recordsFolder(),
      folder: this.#analyticsFolder(),
      node: nodeName(dataDir),
      analytics,
      settings: observerSettings(this.#parts?.snapshot, analytics),
      sinksFolder: path.join(dataDir, 'sinks'),
      baseDir: path.resolve(path.dirname(config ?? '.')),
      version: version(),
      startedMs: this.#startedMs,
      logLevel,
      log,
      onShipped: (sequence) => gateway.recordsKept(sequence),
    });
    gateway.recordsKept(0);
    this.#observer = observer;
    if (this.#parts?.snapshot.telemetry !== undefined) observer.start();
    else this.#observeLater = setTimeout(() => observer.start(), OBSERVE_AFTER_MS);
  }

  async #publish(snapshot: Snapshot): Promise<Published> {
    const published = await this.#serving().publish(await this.#ready(snapshot));
    this.#observer?.use(observerSettings(snapshot, this.#options.analytics));
    return published;
  }

  #serving(): Gateway {
    if (this.#gateway === undefined) throw new Error('nobody serves yet');
    return this.#gateway;
  }

  async #listen(snapshot: Snapshot, listenTls: Address | undefined): Promise<Gateway> {
    const { listen, workers, dataDir, log, logLevel, env } = this.#options;
    const pseudonym = `gatehouse-${randomBytes(4).toString('hex')}`;
    try {
      const secretKey = env['GATEHOUSE_SECRET_KEY'];
      const places = { listen, listenTls, workers, dataDir };
      const callers = await this.#keptCallers();
      const options = { ...places, callers, log, logLevel, clock: systemClock, pseudonym, secretKey };
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

  /** Commands on this machine find the admin API by the data folder, and may use it. */
  #offerLocally(): void {
    const { control, dataDir } = this.#options;
    const port = this.#control?.port;
    if (control === undefined || port === undefined) return;
    this.#isOffered = true;
    offerLocalAccess(dataDir, { url: localUrl({ ...control, port }), token: this.#localToken });
  }

  #greet(key: string | undefined, startedInMs: number): void {
    const { listen, status, publicUrl, config, workers, print } = this.#options;
    const { port = 0, tlsAt } = this.#gateway ?? {};
    const ports = { port, tls: tlsAt, statusPort: this.#status?.port ?? 0 };
    const hosts = { host: listen.host, status: status.host };
    const adminPort = this.#control?.port;
    const control = adminPort === undefined ? undefined : { host: this.#options.control?.host ?? '', port: adminPort };
    const setupToken = this.#control?.setupToken;
    for (const line of banner({
      ...ports,
      ...hosts,
      control,
      publicUrl,
      setupToken,
      config,
      key,
      workers,
      startedInMs,
    }))
      print(line);
  }

  /** A good file is published to all workers; a bad one changes nothing and is told of. */
  async #reload(file: ConfigFile): Promise<void> {
    const { log } = this.#options;
    try {
      const loaded = requireLoaded(await file.load());
      for (const warning of loaded.warnings) log.warn('configuration', { warning });
      const published = await this.#parts?.changeFile(loaded);
      log.info('configuration applied', { ...published });
    } catch (error) {
      log.error('configuration refused, the running one stays', { problems: linesOf(error) });
    }
  }

  status(): GatewayStatus | undefined {
    return this.#gateway?.status();
  }

  #secret(): Uint8Array {
    const { dataDir, env } = this.#options;
    return gateSecret(dataDir, env['GATEHOUSE_SECRET_KEY']);
  }

  get adminToken(): string | undefined {
    return this.#options.env['GATEHOUSE_ADMIN_TOKEN'];
  }

  /** What the observer has counted of calls. */
  async observed(): Promise<string | undefined> {
    return this.#observer?.ask('metrics', {});
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
    if (this.#isOffered) withdrawLocalAccess(this.#options.dataDir);
    await this.#control?.stop();
    this.#compiler.close();
    const telling = setTimeout(() => this.#tellOfDraining(), TELL_OF_DRAINING_MS);
    await this.#gateway?.stop(DRAIN_MS);
    clearTimeout(telling);
    clearTimeout(this.#observeLater);
    await this.#observer?.stop();
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

const linesOf = (error: unknown): readonly string[] =>
  (error instanceof Error ? error.message : String(error)).split('\n');
