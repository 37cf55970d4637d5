import { statfsSync, type StatsFs } from 'node:fs';
import type { StoreFacts } from '@gatehouse/control/store';
import type { Snapshot } from '@gatehouse/config';
import type { Address } from '../address.ts';
import { ConfigFile } from '../config-file.ts';
import { lockHolder, type LockHolder } from '../data-lock.ts';
import type { Environment } from '../load-config.ts';
import type { Loaded } from '../loaded.ts';
import { requireLoaded } from '../loaded.ts';
import { probeAll, type Probed } from './probe-endpoint.ts';
import { targetsOf } from './targets.ts';

export interface DoctorOptions {
  readonly config: string | undefined;
  readonly dataDir: string;
  readonly listen: Address;
  readonly listenTls: Address | undefined;
  readonly status: Address;
  readonly control: Address | undefined;
  /** A file of SQLite, or `postgres://…`. */
  readonly database: string;
  readonly workers: number;
  readonly env: Environment;
  /** As `process.version` has it. */
  readonly node: string;
  /** Asks nobody but this machine. */
  readonly offline: boolean;
  readonly nowMs: () => number;
}

/** What checks look at. */
export interface Scene {
  readonly options: DoctorOptions;
  /** The gate that runs in the data folder, if one does. */
  readonly holder: LockHolder | undefined;
  /** Undefined: no file is named. Rejects with its problems. */
  loaded(): Promise<Loaded | undefined>;
  /** Undefined where there is none, or where it has problems, which are told elsewhere. */
  snapshot(): Promise<Snapshot | undefined>;
  /** Every endpoint, asked once; none with `--offline`. */
  probed(): Promise<readonly Probed[]>;
  /** What the store says of itself; rejects where it cannot be opened. */
  store(): Promise<StoreFacts>;
  /** Of the file system that a folder is on. */
  fileSystem(folder: string): StatsFs;
}

/** This machine. What several checks need is found out once, when the first asks. */
export class ThisMachine implements Scene {
  readonly options: DoctorOptions;
  readonly holder: LockHolder | undefined;
  readonly #loaded: Promise<Loaded | undefined>;
  #probed: Promise<readonly Probed[]> | undefined;
  #store: Promise<StoreFacts> | undefined;

  constructor(options: DoctorOptions) {
    this.options = options;
    this.holder = lockHolder(options.dataDir);
    this.#loaded = loadedOf(options);
    this.#loaded.catch(() => undefined); // is told by the check of the configuration
  }

  async loaded(): Promise<Loaded | undefined> {
    return this.#loaded;
  }

  async snapshot(): Promise<Snapshot | undefined> {
    return this.#loaded.then(
      (loaded) => loaded?.snapshot,
      () => undefined,
    );
  }

  async probed(): Promise<readonly Probed[]> {
    this.#probed ??= this.#probe();
    return this.#probed;
  }

  async #probe(): Promise<readonly Probed[]> {
    const snapshot = await this.snapshot();
    const { offline, nowMs } = this.options;
    return offline || snapshot === undefined ? [] : probeAll(await targetsOf(snapshot), { nowMs });
  }

  async store(): Promise<StoreFacts> {
    this.#store ??= storeOf(this.options);
    return this.#store;
  }

  fileSystem(folder: string): StatsFs {
    return statfsSync(folder);
  }
}

async function loadedOf({ config, env }: DoctorOptions): Promise<Loaded | undefined> {
  return config === undefined ? undefined : requireLoaded(await new ConfigFile(config, env).load());
}

async function storeOf({ database, nowMs }: DoctorOptions): Promise<StoreFacts> {
  const { storeFacts } = await import('@gatehouse/control/store');
  return storeFacts(database, nowMs);
}
