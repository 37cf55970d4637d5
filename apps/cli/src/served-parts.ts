import type { OthersNames, Snapshot } from '@gatehouse/config';
import { mergeSnapshots, namesOf, type SnapshotPart } from '@gatehouse/config/merging';
import type { CallersReplacement, Enforcement, GateChange, GateConfig, LocalGate, Prepared } from '@gatehouse/control';
import { DirectoryWriter, type CallerChange } from '@gatehouse/directory';
import type { Published } from '@gatehouse/gateway';
import type { CompiledAside, CompileOrder } from './compile-aside.ts';
import { CommandFailure } from './failure.ts';
import type { Loaded } from './loaded.ts';

export interface ServedPartsOptions {
  readonly workers: number;
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
  #turn: Promise<unknown> = Promise.resolve();

  constructor(file: Loaded, options: ServedPartsOptions) {
    this.#file = file;
    this.#options = options;
  }

  /** Compiles what the store had the gate serve before, so that both can be served from the start. Throws its problems. */
  async begin(config: GateConfig): Promise<void> {
    const store = await this.#compiled(config);
    if ('problems' in store) throw new CommandFailure(store.problems.join('\n'));
    this.#merged(this.#file, store);
    this.#store = store;
  }

  /** What is to be served now. */
  get snapshot(): Snapshot {
    return this.#merged(this.#file, this.#store);
  }

  /** A file that has been changed. Throws a CommandFailure when it cannot be served beside what is stored. */
  async changeFile(file: Loaded): Promise<Published> {
    return this.#inTurn(async () => {
      const published = await this.#options.publish(this.#merged(file, this.#store));
      this.#file = file;
      return published;
    });
  }

  async apisOfOthers(): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set(namesOf(this.#file.snapshot).apis));
  }

  async prepare({ config, callers }: GateChange): Promise<Prepared | { readonly problems: readonly string[] }> {
    const problems = this.#callersOfBoth(callers);
    if (problems.length > 0) return { problems };
    const store =
      config === undefined || isSame(config, this.#store?.config) ? undefined : await this.#compiled(config);
    if (store !== undefined && 'problems' in store) return store;
    const merged = merge(this.#file, store ?? this.#store);
    if ('problems' in merged) return merged;
    return {
      snapshot: merged.snapshot.version,
      enforce: async () => this.#inTurn(async () => this.#enforce(store, callers)),
    };
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

  async #enforce(store: StorePart | undefined, callers: readonly CallerChange[]): Promise<Enforcement> {
    const { publish, changeCallers, keep, workers: of } = this.#options;
    let enforced = callers.length > 0 || store === undefined ? await changeCallers(callers) : undefined;
    if (store !== undefined) {
      enforced = await publish(this.#merged(this.#file, store));
      this.#store = store;
      keep(store.config);
    }
    return { snapshot: enforced?.version ?? '', workers: { enforcing: enforced?.workers.length ?? 0, of } };
  }

  #merged(file: Loaded, store: StorePart | undefined): Snapshot {
    const merged = merge(file, store);
    if ('problems' in merged) throw new CommandFailure(merged.problems.join('\n'));
    return merged.snapshot;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

function merge({ snapshot }: Loaded, store: StorePart | undefined): ReturnType<typeof mergeSnapshots> {
  if (store === undefined) return { snapshot };
  const file: SnapshotPart = { owner: FILE, snapshot };
  return mergeSnapshots(file, { owner: 'the store', snapshot: store.snapshot });
}

function isSame(config: GateConfig, other: GateConfig | undefined): boolean {
  if (config.text !== other?.text) return false;
  return JSON.stringify(config.documents) === JSON.stringify(other.documents);
}
