import type { OthersNames, Snapshot } from '@gatehouse/config';
import { diffSnapshots } from '@gatehouse/config/meaning';
import { givenWay, mergeSnapshots, namesOf } from '@gatehouse/config/merging';
import type {
  CallersReplacement,
  Enforcement,
  GateChange,
  GateConfig,
  LocalGate,
  Prepared,
  Preview,
} from '@gatehouse/control';
import { DirectoryWriter, type CallerChange } from '@gatehouse/directory';
import type { Published } from '@gatehouse/gateway';
import type { CompiledAside, CompileOrder } from './compile-aside.ts';
import { CommandFailure } from './failure.ts';
import type { Loaded } from './loaded.ts';

export interface ServedPartsOptions {
  readonly workers: number;
  /** The file is an example of ours: what somebody stores counts where both say something. */
  readonly givesWay: boolean;
  readonly compile: (order: CompileOrder) => Promise<CompiledAside>;
  /** Brings a snapshot to all workers. */
  readonly publish: (snapshot: Snapshot) => Promise<Published>;
  /** Tells all workers of callers. */
  readonly changeCallers: (changes: readonly CallerChange[]) => Promise<Published>;
  readonly replaceCallers: (callers: DirectoryWriter) => Promise<Published>;
  /** Remembers what the store has the gate serve, for a start without it. */
  readonly keep: (config: GateConfig) => void;
}

/** The store's part with what it was made of. */
interface StorePart {
  readonly config: GateConfig;
  readonly snapshot: Snapshot;
}

/** What problems call it. */
const STORE = 'store';
const FILE = 'the configuration file';

/**
 * What a gate serves has two owners: a gatehouse.yaml and the store. Either changes without the other being compiled
 * anew, and what one brings is refused when both cannot be served together. One change comes after the other.
 */
export class ServedParts implements LocalGate {
  readonly #options: ServedPartsOptions;
  #file: Loaded;
  #store: StorePart | undefined;
  #snapshot: Snapshot;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(file: Loaded, options: ServedPartsOptions) {
    this.#file = file;
    this.#snapshot = file.snapshot;
    this.#options = options;
  }

  /** Compiles what the store had the gate serve before, so that both can be served from the start. Throws its problems. */
  async begin(config: GateConfig): Promise<void> {
    const store = await this.#compiled(config);
    if ('problems' in store) throw new CommandFailure(store.problems.join('\n'));
    this.#snapshot = this.#merged(this.#file, store);
    this.#store = store;
  }

  /** What is served. */
  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** A file that has been changed. Throws a CommandFailure when it cannot be served beside what is stored. */
  async changeFile(file: Loaded): Promise<Published> {
    return this.#inTurn(async () => {
      const snapshot = this.#merged(file, this.#store);
      const published = await this.#options.publish(snapshot);
      this.#file = file;
      this.#snapshot = snapshot;
      return published;
    });
  }

  get fileGivesWay(): boolean {
    return this.#options.givesWay;
  }

  async apisOfOthers(): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set(namesOf(this.#file.snapshot).apis));
  }

  async prepare({ config, callers }: GateChange): Promise<Prepared | { readonly problems: readonly string[] }> {
    const problems = this.#callersOfBoth(callers);
    if (problems.length > 0) return { problems };
    if (config === undefined || isSame(config, this.#store?.config)) {
      const enforce = async (): Promise<Enforcement> => this.#inTurn(async () => this.#enforceCallers(callers));
      return { snapshot: this.#snapshot.version, enforce };
    }
    const store = await this.#compiled(config);
    if ('problems' in store) return store;
    const file = this.#file;
    const outcome = this.#merge(file, store);
    if ('problems' in outcome) return outcome;
    const { snapshot } = outcome;
    const enforce = async (): Promise<Enforcement> =>
      this.#inTurn(async () => {
        await this.#options.changeCallers(callers);
        // Unless the file has been changed since then.
        return this.#enforce(store, this.#file === file ? snapshot : this.#merged(this.#file, store));
      });
    return { snapshot: snapshot.version, enforce };
  }

  async preview({ config, callers }: GateChange): Promise<Preview> {
    const problems = this.#callersOfBoth(callers);
    if (problems.length > 0) return { problems };
    if (config === undefined || isSame(config, this.#store?.config)) return { meaning: { changes: [] } };
    const store = await this.#compiled(config);
    if ('problems' in store) return store;
    const outcome = this.#merge(this.#file, store);
    return 'problems' in outcome ? outcome : { meaning: diffSnapshots(this.#snapshot, outcome.snapshot) };
  }

  /** What it would mean if the file said this instead. */
  async previewFile({ text, documents }: GateConfig): Promise<Preview> {
    const others = this.#store === undefined ? {} : namesOf(this.#store.snapshot);
    const { outcome } = await this.#options.compile({ text, file: STORE, env: {}, documents, others });
    if ('problems' in outcome) return outcome;
    const both = this.#merge(outcome, this.#store);
    return 'problems' in both ? both : { meaning: diffSnapshots(this.#snapshot, both.snapshot) };
  }

  replaceCallers(): CallersReplacement {
    const writer = new DirectoryWriter();
    return {
      add: (callers) => {
        for (const change of callers) writer.apply(change);
      },
      done: async () => void (await this.#inTurn(async () => this.#options.replaceCallers(writer))),
    };
  }

  /** The file's are known by their names, too: records, limits and budgets would take both for one. */
  #callersOfBoth(changes: readonly CallerChange[]): readonly string[] {
    const { credentials } = this.#file.snapshot;
    const names = new Set(credentials.map(({ application }) => application));
    return changes.flatMap((change) => {
      if (change.kind !== 'application' || change.text === undefined) return [];
      const name = /^{"name":"([^"]*)"/.exec(change.text)?.[1] ?? '';
      return names.has(name) ? [`the application \`${name}\` is in ${FILE}, too, give one of them another name`] : [];
    });
  }

  async #compiled({ text, documents }: GateConfig): Promise<StorePart | { readonly problems: readonly string[] }> {
    const others: OthersNames = namesOf(this.#file.snapshot);
    const order = { text, file: STORE, env: {}, documents, others };
    const { outcome } = await this.#options.compile(order);
    return 'problems' in outcome ? outcome : { config: { text, documents }, snapshot: outcome.snapshot };
  }

  async #enforceCallers(callers: readonly CallerChange[]): Promise<Enforcement> {
    return this.#proof(await this.#options.changeCallers(callers));
  }

  async #enforce(store: StorePart, snapshot: Snapshot): Promise<Enforcement> {
    const { publish, keep } = this.#options;
    const published = await publish(snapshot);
    this.#store = store;
    this.#snapshot = snapshot;
    keep(store.config);
    return this.#proof(published);
  }

  #proof({ version, workers }: Published): Enforcement {
    return { snapshot: version, workers: { enforcing: workers.length, of: this.#options.workers } };
  }

  /** Throws a CommandFailure when both cannot be served together. */
  #merged(file: Loaded, store: StorePart | undefined): Snapshot {
    const outcome = this.#merge(file, store);
    if ('problems' in outcome) throw new CommandFailure(outcome.problems.join('\n'));
    return outcome.snapshot;
  }

  #merge({ snapshot }: Loaded, store: StorePart | undefined): ReturnType<typeof mergeSnapshots> {
    if (store === undefined) return { snapshot };
    const own = this.#options.givesWay ? givenWay(snapshot, store.snapshot) : snapshot;
    return mergeSnapshots({ owner: FILE, snapshot: own }, { owner: 'the store', snapshot: store.snapshot });
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

function isSame(config: GateConfig, other: GateConfig | undefined): boolean {
  if (config.text !== other?.text) return false;
  return JSON.stringify(config.documents) === JSON.stringify(other.documents);
}
