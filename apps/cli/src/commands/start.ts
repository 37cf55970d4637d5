import { mkdirSync, readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { startDemoModel, type DemoModel } from '@gatehouse/ai';
import type { Snapshot } from '@gatehouse/config';
import { Gateway } from '@gatehouse/gateway';
import { systemClock, type Logger, type LogLevel } from '@gatehouse/kernel';
import type { Address } from '../address.ts';
import { banner } from '../banner.ts';
import { watchConfig, type ConfigWatch } from '../config-watch.ts';
import { demoConfig } from '../demo/demo-config.ts';
import { demoKey } from '../demo/demo-key.ts';
import { startDemoUsers, type DemoUsers } from '../demo/demo-users.ts';
import { wantsDemoModel, withDemoModel } from '../demo/with-demo-model.ts';
import { compileText, readConfig, type Environment, type Loaded } from '../load-config.ts';
import { sha256Hex } from '../new-key.ts';
import { startStatusServer, type StatusServer } from '../status-server.ts';

export interface StartOptions {
  readonly config: string | undefined;
  readonly dataDir: string;
  readonly listen: Address;
  readonly status: Address;
  readonly workers: number;
  readonly env: Environment;
  readonly log: Logger;
  readonly logLevel: LogLevel;
  readonly print: (line: string) => void;
}

const DEMO_INSTANCES = 2;
const DRAIN_MS = 30_000;
const USERS_DOCUMENT = path.join(import.meta.dirname, '../../../../examples/users/openapi.yaml');

/** Everything in one process, until `stop`. */
export class RunningGatehouse {
  readonly #options: StartOptions;
  #gateway: Gateway | undefined;
  #status: StatusServer | undefined;
  #users: DemoUsers | undefined;
  #model: DemoModel | undefined;
  #watch: ConfigWatch | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: StartOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { dataDir, listen, workers, log, logLevel, print, config } = this.#options;
    const startedMs = performance.now();
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const key = config === undefined ? demoKey(dataDir) : undefined;
    const loaded = key === undefined ? this.#fromFile() : await this.#fromDemo(key);
    for (const warning of loaded.warnings) log.warn('configuration', { warning });
    const gateway = await Gateway.start(
      {
        listen,
        workers,
        dataDir,
        log,
        logLevel,
        clock: systemClock,
        pseudonym: `gatehouse-${randomBytes(4).toString('hex')}`,
      },
      await this.#ready(loaded.snapshot),
    );
    this.#gateway = gateway;
    this.#status = await startStatusServer(gateway, this.#options.status);
    this.#watchFile();
    const facts = {
      host: listen.host,
      port: gateway.port,
      status: this.#options.status.host,
      statusPort: this.#status.port,
    };
    for (const line of banner({ ...facts, config, key, workers, startedInMs: performance.now() - startedMs }))
      print(line);
  }

  #fromFile(): Loaded {
    const { config = '', env } = this.#options;
    return compileText(readConfig(config), { file: config, env });
  }

  async #fromDemo(key: string): Promise<Loaded> {
    const { dataDir, log, env } = this.#options;
    this.#users = await startDemoUsers({ dataDir, instances: DEMO_INSTANCES, log });
    const facts = { usersPorts: this.#users.ports, usersDocument: USERS_DOCUMENT, keySha256: sha256Hex(key), env };
    return compileText(demoConfig(facts), { file: 'demo.yaml', env });
  }

  /** Lets `demo` providers reach the demo model, which starts when the first configuration names it. */
  async #ready(snapshot: Snapshot): Promise<Snapshot> {
    if (!wantsDemoModel(snapshot)) return snapshot;
    this.#model ??= await startDemoModel();
    return withDemoModel(snapshot, this.#model.url);
  }

  #watchFile(): void {
    const { config } = this.#options;
    if (config === undefined) return;
    this.#watch = watchConfig({
      file: config,
      read: () => readQuietly(config),
      onChange: async (text) => this.#apply(config, text),
    });
  }

  /** A good file is published to all workers; a bad one changes nothing and is told of. */
  async #apply(file: string, text: string): Promise<void> {
    const { env, log } = this.#options;
    try {
      const { snapshot, warnings } = compileText(text, { file, env });
      for (const warning of warnings) log.warn('configuration', { warning });
      const published = await this.#gateway?.publish(await this.#ready(snapshot));
      log.info('configuration applied', { ...published });
    } catch (error) {
      log.error('configuration refused, the running one stays', {
        problem: error instanceof Error ? error.message : String(error),
      });
    }
  }

  get port(): number {
    return this.#gateway?.port ?? 0;
  }

  /** Readiness fails, requests in flight finish, records reach the disk. The second call waits for the first. */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#status?.drain();
    this.#watch?.close();
    await this.#gateway?.stop(DRAIN_MS);
    await Promise.all([this.#users?.stop(), this.#model?.close()]);
    this.#status?.close();
  }
}

function readQuietly(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // between an editor's delete and its rename there is no file
  }
}
