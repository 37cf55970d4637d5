import { setTimeout as wait } from 'node:timers/promises';
import type { LedgerStore } from '@gatehouse/analytics';
import { DuckDbStore, Shipper, type AnalyticsStore } from '@gatehouse/analytics/store';
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
const OPEN_RETRY_MS = 250;
/** The process before us may take so long to let go of the database. */
const OPEN_MS_MAX = 30_000;

/** What the observer process does: records go from the spool into the store, and questions are answered of it. */
export class Observing {
  readonly #store: AnalyticsStore;
  readonly #shipper: Shipper;
  readonly #sinks: RunningSinks;
  readonly #metrics = new RecordMetrics();
  readonly #options: ObservingOptions;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;

  private constructor({ store, sinks }: Parts, options: ObservingOptions) {
    const { spool, node, clock, log } = options;
    this.#store = store;
    this.#sinks = sinks;
    this.#options = options;
    this.#shipper = new Shipper({
      spool,
      node,
      store,
      clock,
      log,
      onShipped: ({ sequence }) => this.#tellShipped(sequence),
    });
    const { signal } = this.#stop;
    this.#running = Promise.all([this.#shipper.run(signal), this.#maintain(signal), this.#measure(signal)]);
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
    return ANSWERS[question](this.#store, asked, {
      shipper: this.#shipper,
      sinks: this.#sinks,
      metrics: this.#metrics,
    });
  }

  async use({ keep, telemetry }: ObserverSettings): Promise<void> {
    this.#store.keep(keep);
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
    await this.#shipper.drain().catch(() => undefined); // it stays in the spool
    await this.#store.close();
  }

  async #measure(signal: AbortSignal): Promise<void> {
    const { spool, log, startedMs: sinceMs } = this.#options;
    await readMetrics({ spool, metrics: this.#metrics, sinceMs }, signal).catch((error: unknown) => {
      log.error('metrics of calls have ended', { reason: reasonOf(error) });
    });
  }

  async #maintain(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    while (!signal.aborted) {
      await wait(MAINTAIN_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.#store.maintain(clock.now()).catch((error: unknown) => {
        log.error('records cannot be rolled up, and are tried again', { reason: reasonOf(error) });
      });
    }
  }
}

interface Beside {
  readonly shipper: Shipper;
  readonly sinks: RunningSinks;
  readonly metrics: RecordMetrics;
}

interface Parts {
  readonly store: AnalyticsStore;
  readonly sinks: RunningSinks;
}

type Answers = {
  readonly [Name in Question]: (
    store: AnalyticsStore,
    asked: Questions[Name]['asked'],
    beside: Beside,
  ) => Promise<Questions[Name]['answer']>;
};

const ANSWERS: Answers = {
  aggregate: async (store, asked) => store.aggregate(asked),
  search: async (store, asked) => store.search(asked),
  find: async (store, { id, scope }) => store.find(id, scope),
  bodies: async (store, asked) => store.bodies(asked),
  export: async (store, asked) => store.export(asked),
  metrics: async (_store, _asked, { metrics }) => Promise.resolve(metrics.render()),
  ledgerSums: async (store, asked) => ledgerOf(store).sums(asked),
  ledgerRerate: async (store, asked) => ledgerOf(store).rerate(asked),
  ledgerVerify: async (store, asked) => ledgerOf(store).verify(asked),
  ledgerExport: async (store, asked) => ledgerOf(store).export(asked),
  facts: async (store, _asked, { shipper, sinks }) => ({
    store: await store.facts(),
    shipper: shipper.facts(),
    sinks: sinks.facts(),
  }),
};

function ledgerOf({ ledger }: AnalyticsStore): LedgerStore {
  if (ledger !== undefined) return ledger;
  throw new Error('the store of records that is used keeps no ledger');
}

async function opened({ folder, settings: { keep }, clock }: ObservingOptions): Promise<AnalyticsStore> {
  const untilMs = clock.now() + OPEN_MS_MAX;
  for (;;) {
    try {
      return await DuckDbStore.open({ folder, keep });
    } catch (error) {
      if (clock.now() > untilMs || !/lock/i.test(reasonOf(error))) throw error;
      await wait(OPEN_RETRY_MS);
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
