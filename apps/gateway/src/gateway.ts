import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { createCacheMemory, HttpCache, type CacheMemory, type Purge, type StoreStats } from '@gatehouse/cache';
import type { Snapshot } from '@gatehouse/config';
import {
  createCounterMemory,
  createKeptMemory,
  openCounters,
  openKeptReplies,
  type CounterMemory,
  type SharedCounters,
} from '@gatehouse/counters';
import type { CallerChange, DirectoryWriter } from '@gatehouse/directory';
import { GatehouseError, type Clock, type Logger, type LogLevel } from '@gatehouse/kernel';
import { startRecorder, type RecorderHandle, type RecorderStats } from '@gatehouse/record';
import { HealthTable } from '@gatehouse/upstream';
import {
  DnsDiscovery,
  dnsResolver,
  HealthProber,
  httpProbe,
  systemTimers,
  type NameResolver,
} from '@gatehouse/upstream/probing';
import { BudgetKeeper } from './budget-keeper.ts';
import { DirectoryKeeper } from './directory-keeper.ts';
import { letHelpersGiveWay } from './v8-threads.ts';
import { gateSecret } from './gate-secret.ts';
import { identityKeysOf } from './identity-keys.ts';
import type { ListenAddress } from './listener.ts';
import type { Publication, WorkerStats } from './protocol.ts';
import { QuotaFile } from './quota-file.ts';
import { SHARES_PORTS } from './shares-ports.ts';
import { SilenceWatch } from './silence-watch.ts';
import { WorkerHandle } from './worker-handle.ts';

export interface GatewayOptions {
  readonly listen: ListenAddress;
  /** Where callers come in by TLS, whatever the configuration says. */
  readonly listenTls?: ListenAddress | undefined;
  readonly workers: number;
  /** The data folder; records go below it. */
  readonly dataDir: string;
  readonly log: Logger;
  readonly logLevel: LogLevel;
  readonly clock: Clock;
  /** Our name in `Via`. */
  readonly pseudonym: string;
  /** Who calls, besides those of the configuration. */
  readonly callers?: DirectoryWriter | undefined;
  /** `GATEHOUSE_SECRET_KEY`; without, one is made and kept in the data folder. */
  readonly secretKey?: string | undefined;
  /** Who looks names of upstreams up; the system's servers when left out. */
  readonly resolver?: NameResolver;
  /** How long a worker may say nothing before it counts as stuck. */
  readonly silenceMsMax?: number;
  /** What workers run; tests put something before it. */
  readonly workerEntry?: URL;
}

export interface Published {
  readonly version: string;
  /** Workers that enforce it. */
  readonly workers: readonly number[];
}

export interface GatewayStatus {
  readonly version: string;
  readonly workers: readonly { readonly worker: number; readonly version: string; readonly stats: WorkerStats }[];
  readonly restarts: number;
  readonly recorder: RecorderStats | undefined;
  readonly cache: StoreStats;
}

/** Names that are new are waited for, so that requests find their endpoints; not longer, when DNS is down. */
const LOOK_UP_WAIT_MS = 3000;
const RESTART_DELAY_MS = 500;
const SILENCE_MS_MAX = 10_000;
const SILENCE_TICKS = 10;
const WORKER_ENTRY = new URL('worker.ts', import.meta.url);
/** Our number among those who lock counters; workers count from 1. */
const MAIN_THREAD = 0;

/** The data plane as the main thread sees it: starts workers, replaces dead ones, publishes snapshots to all of them. */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #counters: CounterMemory = createCounterMemory();
  readonly #kept = createKeptMemory();
  readonly #health = new HealthTable();
  readonly #prober: HealthProber;
  readonly #discovery: DnsDiscovery;
  readonly #recorder: RecorderHandle;
  readonly #sharedCounters: SharedCounters;
  readonly #quotas: QuotaFile;
  readonly #budgets: BudgetKeeper;
  readonly #secret: Uint8Array;
  readonly #ticketKeys = new Uint8Array(randomBytes(48));
  readonly #cacheMemory: CacheMemory = createCacheMemory();
  readonly #cache = new HttpCache(this.#cacheMemory, MAIN_THREAD);
  readonly #directory: DirectoryKeeper;
  readonly #workers: WorkerHandle[] = [];
  readonly #silence = new SilenceWatch<WorkerHandle>(SILENCE_TICKS, (handle) => this.#giveUp(handle));
  readonly #silenceTicks: NodeJS.Timeout;
  /** As it was published: names are looked up in it again and again. */
  #source: Snapshot;
  #publication: Publication;
  #publishing: Promise<unknown> = Promise.resolve();
  #port = 0;
  #tlsPort: number | undefined;
  #restarts = 0;
  #started = false;
  #stopping = false;
  readonly #restartTimers = new Set<NodeJS.Timeout>();

  private constructor(options: GatewayOptions, snapshot: Snapshot) {
    const { log, clock } = options;
    this.#options = options;
    this.#directory = new DirectoryKeeper(options.callers);
    this.#recorder = startRecorder({
      dir: path.join(options.dataDir, 'records'),
      logger: log,
      now: clock.now,
      onPort: (worker, port) => this.#workers[worker]?.recorder(port),
    });
    this.#prober = new HealthProber({
      table: this.#health,
      probe: httpProbe,
      timers: systemTimers,
      random: Math.random,
      onChange: (endpoint, healthy) =>
        log.info(healthy ? 'endpoint is healthy again' : 'endpoint is down', { endpoint }),
    });
    this.#discovery = new DnsDiscovery({
      resolver: options.resolver ?? dnsResolver(),
      timers: systemTimers,
      random: Math.random,
      onChange: () => {
        this.#publishing = this.#publishing.then(() => this.#publishEndpoints());
      },
      onProblem: (name, problem) => log.warn('a name of an upstream leads nowhere new', { name, problem }),
    });
    this.#sharedCounters = openCounters(this.#counters, MAIN_THREAD);
    this.#quotas = new QuotaFile({
      file: path.join(options.dataDir, 'quotas.json'),
      counters: this.#sharedCounters,
      clock,
      log,
    });
    this.#budgets = new BudgetKeeper({ ...options, recover: async (lost) => this.#recorder.recover(lost) });
    this.#secret = gateSecret(options.dataDir, options.secretKey);
    this.#source = snapshot;
    this.#publication = this.#publicationOf(snapshot);
    const tickMs = (options.silenceMsMax ?? SILENCE_MS_MAX) / SILENCE_TICKS;
    this.#silenceTicks = setInterval(() => this.#silence.tick(), tickMs).unref();
  }

  /** Resolves when every worker accepts connections. */
  static async start(options: GatewayOptions, snapshot: Snapshot): Promise<Gateway> {
    letHelpersGiveWay();
    const gateway = new Gateway(options, snapshot);
    await gateway.#recorder.ready;
    gateway.#quotas.open();
    await gateway.#budgets.open();
    try {
      await gateway.#discovery.update([snapshot.upstreams], LOOK_UP_WAIT_MS);
      gateway.#publication = gateway.#publicationOf(snapshot);
      await gateway.#startAll(options.workers);
    } catch (error) {
      await gateway.stop(0);
      throw error;
    }
    return gateway;
  }

  async #startAll(workers: number): Promise<void> {
    // The first worker finds the port, which may have been given as 0; the others share it.
    await this.#startWorker(0);
    if (!SHARES_PORTS && workers > 1) this.#options.log.warn('this system shares no ports: one worker serves');
    const others = Array.from({ length: SHARES_PORTS ? workers - 1 : 0 }, async (_, index) =>
      this.#startWorker(index + 1),
    );
    await Promise.all(others);
    this.#started = true;
  }

  /** Where callers come in by TLS. */
  get tlsPort(): number | undefined {
    return this.#tlsPort;
  }

  get tlsAt(): ListenAddress | undefined {
    const listen = this.#listenTls();
    return this.#tlsPort === undefined ? undefined : listen;
  }

  get port(): number {
    return this.#port;
  }

  /** Found by the first worker where any port will do; the others share it. */
  #listenTls(): ListenAddress | undefined {
    const listen = this.#options.listenTls ?? this.#publication.snapshot.gateway?.tls?.listen;
    // One that is replaced listens where all others do, and nowhere else.
    if (listen === undefined || (this.#started && this.#tlsPort === undefined)) return undefined;
    return { host: listen.host, port: this.#tlsPort ?? listen.port };
  }

  async #startWorker(worker: number): Promise<void> {
    const { listen, pseudonym, logLevel, log, workerEntry = WORKER_ENTRY } = this.#options;
    const start = {
      worker,
      pseudonym,
      logLevel,
      listen: { host: listen.host, port: this.#port === 0 ? listen.port : this.#port },
      counters: this.#counters,
      kept: this.#kept,
      budgets: this.#budgets.access,
      health: this.#health.buffer,
      secret: this.#secret,
      ticketKeys: this.#ticketKeys,
      listenTls: this.#listenTls(),
      cache: this.#cacheMemory,
      directory: this.#directory.memory,
      recorder: this.#recorder.port(worker),
      publication: this.#publication,
    };
    const handle = new WorkerHandle(start, workerEntry);
    this.#workers[worker] = handle;
    void handle.exited.then(() => this.#replace(handle));
    handle.onHeard = () => this.#silence.heard(handle);
    handle.onError = (error) => log.error('worker died', { worker, error });
    handle.onRest = (rest) => {
      for (const other of this.#workers) if (other !== handle) other.rest(rest);
    };
    const { port, tlsPort } = await handle.listening;
    this.#port = port;
    this.#tlsPort = tlsPort;
  }

  /** An endless loop or a deadlock: nothing in that thread can help itself, nor tell what it was doing. */
  #giveUp(stuck: WorkerHandle): void {
    const { worker, stats } = stuck;
    this.#options.log.error('worker is stuck and is ended', { worker, exchangesLost: stats.active });
    void stuck.terminate();
  }

  #replace(dead: WorkerHandle): void {
    const { worker } = dead;
    this.#silence.left(dead);
    this.#sharedCounters.ownerDied(worker + 1);
    this.#cache.ownerDied(worker + 1);
    openKeptReplies(this.#kept, MAIN_THREAD).ownerDied(worker + 1);
    this.#budgets.workerDied(worker);
    // Before all have listened once, a worker that ends is a start that failed; `start` tells of it.
    if (!this.#started || this.#stopping || this.#workers[worker] !== dead) return;
    this.#restarts++;
    this.#options.log.warn('worker is replaced', { worker });
    const restart = (): void => {
      this.#restartTimers.delete(timer);
      this.#startWorker(worker).catch((error: unknown) =>
        this.#options.log.error('worker did not start', { worker, error: String(error) }),
      );
    };
    // A worker that dies at once must not keep the process busy with its funerals.
    const timer = setTimeout(restart, dead.livedMs() < 1000 ? RESTART_DELAY_MS : 0);
    this.#restartTimers.add(timer);
  }

  /**
   * Two steps: every worker compiles the snapshot, then all switch; one that cannot leaves all as they were. Resolves
   * when all enforce it. Publications come one after the other.
   */
  async publish(snapshot: Snapshot): Promise<Published> {
    const turn = this.#publishing.then(() => this.#publishNow(snapshot));
    this.#publishing = turn.catch(() => undefined);
    return turn;
  }

  async #publishNow(snapshot: Snapshot): Promise<Published> {
    const { version } = snapshot;
    const before = this.#source;
    await this.#discovery.update([before.upstreams, snapshot.upstreams], LOOK_UP_WAIT_MS);
    const publication = this.#publicationOf(snapshot);
    const answers = await Promise.all(this.#workers.map((handle) => handle.load(publication)));
    const reason = answers.find((answer) => answer.kind === 'refused')?.reason;
    if (reason !== undefined) {
      await this.#discovery.update([before.upstreams], LOOK_UP_WAIT_MS);
      this.#publicationOf(before);
      throw new GatehouseError('config.invalid', `a worker could not compile the snapshot: ${reason}`);
    }
    // From here a worker that dies comes back with the new one.
    this.#source = snapshot;
    this.#publication = publication;
    await this.#discovery.update([snapshot.upstreams], LOOK_UP_WAIT_MS);
    if (snapshot.gateway?.tls !== undefined && this.#tlsPort === undefined) {
      this.#options.log.warn('nobody listens for callers by TLS yet: that needs a restart');
    }
    await Promise.all(this.#workers.map((handle) => handle.switch(version)));
    // One that was replaced in between started with the snapshot before.
    const behind = this.#workers.filter((handle) => handle.version !== version);
    await Promise.all(behind.map(async (handle) => this.#catchUp(handle, publication)));
    const enforcing = this.#workers.filter((handle) => handle.version === version).map(({ worker }) => worker);
    return { version, workers: enforcing };
  }

  /**
   * Callers who are stored. Workers find them in memory that they share, so that all enforce a change when this resolves:
   * `workers` says which.
   */
  async changeCallers(changes: Iterable<CallerChange>): Promise<Published> {
    return this.#callersAt(await this.#directory.apply(changes, this.#workers));
  }

  /** All of them anew, and none besides. What is changed in between has to be in them. */
  async replaceCallers(callers: DirectoryWriter): Promise<Published> {
    return this.#callersAt(await this.#directory.use(callers, this.#workers));
  }

  #callersAt(workers: readonly number[]): Published {
    return { version: this.#publication.snapshot.version, workers };
  }

  /** With the endpoints that its names lead to now; what is probed is what it has. */
  #publicationOf(snapshot: Snapshot): Publication {
    const upstreams = this.#discovery.resolved(snapshot.upstreams);
    return { snapshot: { ...snapshot, upstreams }, healthSlots: this.#prober.update(upstreams) };
  }

  /** Tells all workers where names lead now. Comes in turn with publications, so that it is of the snapshot they run. */
  #publishEndpoints(): void {
    const { upstreams: before } = this.#publication.snapshot;
    const publication = this.#publicationOf(this.#source);
    const changed = Object.entries(publication.snapshot.upstreams).filter(
      ([key, { endpoints }]) => JSON.stringify(endpoints) !== JSON.stringify(before[key]?.endpoints),
    );
    if (changed.length === 0) return;
    this.#publication = publication;
    const endpoints = Object.fromEntries(changed.map(([key, spec]) => [key, spec.endpoints]));
    for (const handle of this.#workers) handle.endpoints({ endpoints, healthSlots: publication.healthSlots });
    for (const [upstream, spec] of changed) {
      this.#options.log.info('an upstream leads elsewhere', {
        upstream,
        endpoints: spec.endpoints.map(({ id }) => id),
      });
    }
  }

  async #catchUp(handle: WorkerHandle, publication: Publication): Promise<void> {
    await handle.listening.catch(() => undefined);
    await handle.load(publication);
    await handle.switch(publication.snapshot.version);
  }

  status(): GatewayStatus {
    return {
      version: this.#publication.snapshot.version,
      workers: this.#workers.map(({ worker, version, stats }) => ({ worker, version, stats })),
      restarts: this.#restarts,
      recorder: this.#recorder.stats(),
      cache: this.#cache.stats(),
    };
  }

  /** By which upstreams check tokens about callers, as a JWK Set; undefined where no route makes any. */
  identityKeys(): string | undefined {
    return identityKeysOf(this.#publication.snapshot, this.#secret);
  }

  /** Makes replies that are kept unusable, in all workers at once; says how many. */
  purge(what: Purge): number {
    return this.#cache.purge(what, this.#options.clock.now());
  }

  /** Records before this segment of the spool are kept elsewhere, and may go when room is needed. */
  recordsKept(sequence: number): void {
    this.#recorder.protect(sequence);
  }

  /** Ends a worker by force, as a crash would; for tests and for chaos drills. */
  async killWorker(worker: number): Promise<void> {
    await this.#workers[worker]?.terminate();
  }

  /** Finishes what is under way, for `deadlineMs` at most, then brings the records to the disk. */
  async stop(deadlineMs: number): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#silenceTicks);
    for (const timer of this.#restartTimers) clearTimeout(timer);
    this.#prober.stop();
    this.#discovery.stop();
    await Promise.all(this.#workers.map((handle) => handle.drain(deadlineMs)));
    this.#quotas.close();
    this.#budgets.close();
    await this.#recorder.close();
    await Promise.all(this.#workers.map((handle) => handle.terminate()));
  }
}
