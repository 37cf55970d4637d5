import { pathToFileURL } from 'node:url';
import type { Logger } from '@gatehouse/kernel';
import { SinkError, type Sink, type SinkItem, type SinkOutcome, type SinkRetry } from '../sink.ts';
import { messageOf } from '../pump/sink-tally.ts';

/** What the factory of a sink of the operator's own is given besides its options. */
export interface SinkTools {
  readonly log: Logger;
  /** This gate among others. */
  readonly node: string;
}

/** The default export of such a module. */
export type SinkFactory = (options: Readonly<Record<string, unknown>>, tools: SinkTools) => Sink | Promise<Sink>;

export interface PluginSinkOptions {
  /** An absolute path. */
  readonly file: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly tools: SinkTools;
  /** An item with only the fields that were chosen. */
  readonly itemOf: (item: SinkItem) => SinkItem;
}

/** A sink of the operator's own: loaded with the first batch, and again with the next where that failed. */
export class PluginSink implements Sink {
  readonly #options: PluginSinkOptions;
  #loads = 0;
  #sink: Sink | undefined;

  constructor(options: PluginSinkOptions) {
    this.#options = options;
  }

  async send(items: readonly SinkItem[], signal: AbortSignal): Promise<SinkOutcome | undefined> {
    try {
      this.#sink ??= await this.#load();
      return outcomeOf(await this.#sink.send(items.map(this.#options.itemOf), signal));
    } catch (error) {
      throw sinkError(error);
    }
  }

  async close(): Promise<void> {
    await this.#sink?.close();
  }

  async #load(): Promise<Sink> {
    const { file, options, tools } = this.#options;
    // Node remembers a module that failed; under another address it is read again.
    const module: unknown = await import(`${pathToFileURL(file).href}?gatehouse=${this.#loads++}`);
    const factory = defaultOf(module);
    if (factory === undefined) throw new Error(`${file} has no default export that is a function`);
    return sinkOf(await factory(options, tools), file);
  }
}

function defaultOf(module: unknown): SinkFactory | undefined {
  const found: unknown = typeof module === 'object' && module !== null ? Reflect.get(module, 'default') : undefined;
  return isFactory(found) ? found : undefined;
}

/** What it makes is looked at when it is made. */
function isFactory(value: unknown): value is SinkFactory {
  return typeof value === 'function';
}

function sinkOf(made: unknown, file: string): Sink {
  if (isSink(made)) return made;
  throw new Error(`${file} made no sink, which has the functions \`send\` and \`close\``);
}

function isSink(value: unknown): value is Sink {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'send') === 'function' &&
    typeof Reflect.get(value, 'close') === 'function'
  );
}

/** Modules of others may answer anything. */
function outcomeOf(value: unknown): SinkOutcome | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const refused: unknown = Reflect.get(value, 'refused');
  if (!Number.isSafeInteger(refused) || Number(refused) <= 0) return undefined;
  return { refused: Number(refused), why: String(Reflect.get(value, 'why') ?? 'refused') };
}

const RETRIES: readonly SinkRetry[] = ['later', 'never', 'smaller'];

/** Such modules say by members of their errors what is to become of a batch. */
function sinkError(error: unknown): SinkError {
  const member = (name: string): unknown =>
    typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  const wait = member('retryAfterMs');
  return new SinkError(messageOf(error), {
    retry: RETRIES.find((known) => known === member('retry')) ?? 'later',
    retryAfterMs: typeof wait === 'number' ? wait : undefined,
  });
}
