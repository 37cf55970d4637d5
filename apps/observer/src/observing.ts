import { setTimeout as wait } from 'node:timers/promises';
import type { LedgerStore } from '@gatehouse/analytics';
import { openStore, Shipper, type AnalyticsStore } from '@gatehouse/analytics/store';
import type { Clock, Logger } from '@gatehouse/kernel';
import { RecordMetrics, startSinks, type RunningSinks } from '@gatehouse/telemetry';
import { readMetrics } from './metrics-reader.ts';
import type { ObserverSettings, ObserverStart, Question, Questions } from './protocol.ts';

export interface ObservingOptions extends ObserverStart {
  readonly clock: Clock;
  readonly log: Logger;
  readonly onShipped: (sequence: number) => void;
  readonly writeStdout: (text: string) => Promise<void>;
}

const MAINTAIN_MS = 10_000;
/** A server has less to do with larger batches than with many. */
const FAR_EVERY_MS = 1000;
const OPEN_RETRY_MS = 250;
/** The process before us may take so long to let go of the database. */
const OPEN_MS_MAX = 30_000;

/** What the observer process does: records go from the spool into the store, and questions are answered of it. */
export class Observing {
  readonly #keeping: Keeping | undefined;
  readonly #sinks: RunningSinks;
  readonly #metrics = new RecordMetrics();
  readonly #options: ObservingOptions;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;

  private constructor({ store, sinks }: Parts, options: ObservingOptions) {
    this.#sinks = sinks;
    this.#options = options;
    this.#keeping = store && { store, shipper: this.#shipperTo(store) };
    const { signal } = this.#stop;
    const kept = this.#keeping === undefined ? this.#letGo(signal) : this.#keeping.shipper.run(signal);
    this.#running = Promise.all([kept, this.#maintain(signal), this.#measure(signal)]);
  }

  static async begin(options: ObservingOptions): Promise<Observing> {
    const { spool, sinksFolder } = options;
    const places = { spoolDir: spool, stateDir: sinksFolder };
    // Receivers are told whether or not records can be kept.
    const sinks = await startSinks({
      ...options,
      ...places,
      telemetry: options.settings.telemetry,
      random: Math.random,
    });
    return new Observing({ store: await opened(options), sinks }, options);
  }

  async answer<Asked extends Question>(question: Asked, asked: Questions[Asked]['asked']): Promise<unknown> {
    return ANSWERS[question](asked, { keeping: this.#keeping, sinks: this.#sinks, metrics: this.#metrics });
  }

  async use({ keep, telemetry }: ObserverSettings): Promise<void> {
    this.#keeping?.store.keep(keep);
    await this.#sinks.reconfigure(telemetry);
  }

  /** What somebody has not been told yet stays in the spool, too. */
  #tellShipped(sequence: number): void {
    const told = this.#sinks.facts().map(({ position }) => position.sequence);
    this.#options.onShipped(Math.min(sequence, ...told));
  }

  /** What is in the spool by now is kept first. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#sinks.stop();
    await this.#keeping?.shipper.drain().catch(() => undefined); // it stays in the spool
    await this.#keeping?.store.close();
  }

  async #measure(signal: AbortSignal): Promise<void> {
    const { spool, log, startedMs: sinceMs } = this.#options;
    await readMetrics({ spool, metrics: this.#metrics, sinceMs }, signal).catch((error: unknown) => {
      log.error('metrics of calls have ended', { reason: reasonOf(error) });
    });
  }

  #shipperTo(store: AnalyticsStore): Shipper {
    const { spool, node, clock, log, analytics } = this.#options;
    return new Shipper({
      spool,
      node,
      store,
      clock,
      log,
      onShipped: ({ sequence }) => this.#tellShipped(sequence),
      ...(analytics === 'embedded' ? {} : { everyMs: FAR_EVERY_MS }),
    });
  }

  /** Where nothing is kept, the spool holds what has to be told to receivers. */
  async #letGo(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#tellShipped(Number.MAX_SAFE_INTEGER);
      await wait(MAINTAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** That it does not work is said once, until it does. */
  async #maintain(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    let isWell = true;
    while (!signal.aborted && this.#keeping !== undefined) {
      await wait(MAINTAIN_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.#keeping.store.maintain(clock.now());
        isWell = true;
      } catch (error) {
        if (isWell) log.error('records cannot be looked after, and are tried again', { reason: reasonOf(error) });
        isWell = false;
      }
    }
  }
}

interface Keeping {
  readonly store: AnalyticsStore;
  readonly shipper: Shipper;
}

interface Beside {
  readonly keeping: Keeping | undefined;
  readonly sinks: RunningSinks;
  readonly metrics: RecordMetrics;
}

interface Parts {
  readonly store: AnalyticsStore | undefined;
  readonly sinks: RunningSinks;
}

type Answers = {
  readonly [Name in Question]: (asked: Questions[Name]['asked'], beside: Beside) => Promise<Questions[Name]['answer']>;
};

const ANSWERS: Answers = {
  aggregate: async (asked, beside) => storeOf(beside).aggregate(asked),
  search: async (asked, beside) => storeOf(beside).search(asked),
  find: async ({ id, scope }, beside) => storeOf(beside).find(id, scope),
  bodies: async (asked, beside) => storeOf(beside).bodies(asked),
  export: async (asked, beside) => storeOf(beside).export(asked),
  metrics: async (_asked, { metrics }) => Promise.resolve(metrics.render()),
  ledgerSums: async (asked, beside) => ledgerOf(beside).sums(asked),
  ledgerRerate: async (asked, beside) => ledgerOf(beside).rerate(asked),
  ledgerVerify: async (asked, beside) => ledgerOf(beside).verify(asked),
  ledgerExport: async (asked, beside) => ledgerOf(beside).export(asked),
  facts: async (_asked, { keeping, sinks }) => ({
    store: await keeping?.store.facts().catch(() => undefined), // what is wrong with it, the shipper says
    shipper: keeping?.shipper.facts(),
    sinks: sinks.facts(),
  }),
};

function storeOf({ keeping }: Beside): AnalyticsStore {
  if (keeping === undefined) throw new Error('none are kept, the gate was started with --analytics off');
  return keeping.store;
}

function ledgerOf(beside: Beside): LedgerStore {
  const { ledger } = storeOf(beside);
  if (ledger !== undefined) return ledger;
  throw new Error('the store of records that is used keeps none; DuckDB does');
}

async function opened({ analytics, folder, settings, clock }: ObservingOptions): Promise<AnalyticsStore | undefined> {
  if (analytics === 'off') return undefined;
  const untilMs = clock.now() + OPEN_MS_MAX;
  for (;;) {
    try {
      return await openStore({ place: analytics, folder, keep: settings.keep, clock });
    } catch (error) {
      if (clock.now() > untilMs || !/lock/i.test(reasonOf(error))) throw error;
      await wait(OPEN_RETRY_MS);
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
