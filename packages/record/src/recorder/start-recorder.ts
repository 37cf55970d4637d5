import { MessageChannel, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { GatehouseError, newRequestId } from '@gatehouse/kernel';
import type { Logger } from '@gatehouse/kernel';
import type { OpenReport } from '../spool/spool-writer.ts';
import { isFromRecorder } from './protocol.ts';
import type { FromRecorder, RecorderSettings, RecorderStats, Recovery, SpoolLimits, ToRecorder } from './protocol.ts';
import { reportOpened, reportStats } from './recorder-log.ts';

export interface RecorderOptions {
  /** `<data>/records`; made when it is not there. */
  readonly dir: string;
  readonly logger: Logger;
  /** Wall clock, ms since the epoch. */
  readonly now: () => number;
  /** The recorder died and another one took its place: this worker must go on over this port. */
  readonly onPort: (worker: number, port: MessagePort) => void;
  readonly spool?: SpoolLimits;
  readonly retryMs?: number;
  readonly syncMs?: number;
  /** First delay before a dead recorder is replaced; doubles up to 64 times that while it keeps dying. */
  readonly restartMs?: number;
  /** How long `close` waits before it ends the thread by force. */
  readonly closeTimeoutMs?: number;
  /** Makes the thread; an argument for tests. */
  readonly spawn?: (settings: RecorderSettings) => Worker;
}

export interface RecorderHandle {
  /** Resolves when the folder is open; rejects when it cannot be, for instance because another gatehouse writes to it. */
  readonly ready: Promise<OpenReport>;
  /** A worker's connection; to be transferred to it. A second call for the same worker is for its successor. */
  port(worker: number): MessagePort;
  /** This worker is gone for good. */
  release(worker: number): void;
  /** Holds back segments from this sequence on; `undefined` lets all go. */
  protect(sequence: number | undefined): void;
  /**
   * Has those of the lines written that are not in the folder, and says how many those were; undefined: not now. They
   * must be of workers that have ended: what those had sent is written first.
   */
  recover(lost: Recovery): Promise<number | undefined>;
  /** Of the running thread, as of the last second or so; `undefined` before the first. */
  stats(): RecorderStats | undefined;
  /** Writes all that workers have sent, brings it to the disk and ends the thread. */
  close(): Promise<RecorderStats | undefined>;
}

/** Starts the recorder thread and keeps one running. To be called once, on the main thread. */
export function startRecorder(options: RecorderOptions): RecorderHandle {
  return new RecorderSupervisor(options);
}

const RESTART_DOUBLINGS_MAX = 6;

class RecorderSupervisor implements RecorderHandle {
  readonly ready: Promise<OpenReport>;
  readonly #options: Required<RecorderOptions>;
  readonly #settings: RecorderSettings;
  readonly #opened = Promise.withResolvers<OpenReport>();
  readonly #ended = Promise.withResolvers<void>();
  /** Per worker the recorder's end of its connection while no thread has it. */
  readonly #ends = new Map<number, MessagePort | undefined>();
  /** Who waits for what is recovered, in the order in which it was asked. */
  #recovering: ((count: number | undefined) => void)[] = [];
  #thread: Worker | undefined;
  #restart: NodeJS.Timeout | undefined;
  #deaths = 0;
  #wasOpen = false;
  #closing = false;
  #protected: number | undefined;
  #stats: RecorderStats | undefined;

  constructor(options: RecorderOptions) {
    this.#options = { ...DEFAULTS, ...options };
    const { dir, spool, retryMs, syncMs } = this.#options;
    this.#settings = { dir, spool, retryMs, syncMs, owner: newRequestId(options.now()) };
    this.ready = this.#opened.promise;
    // Whoever does not ask for `ready` has the log; a rejection that nobody sees would end the process.
    this.ready.catch(() => undefined);
    this.#start();
  }

  port(worker: number): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#ends.set(worker, port2);
    this.#handOver(worker);
    return port1;
  }

  release(worker: number): void {
    this.#ends.delete(worker);
  }

  protect(sequence: number | undefined): void {
    this.#protected = sequence;
    this.#say({ kind: 'protect', sequence });
  }

  async recover({ lines, sinceMs }: Recovery): Promise<number | undefined> {
    if (this.#thread === undefined || this.#closing) return undefined;
    this.#say({ kind: 'recover', lines, sinceMs });
    return new Promise((resolve) => this.#recovering.push(resolve));
  }

  stats(): RecorderStats | undefined {
    return this.#stats;
  }

  async close(): Promise<RecorderStats | undefined> {
    this.#closing = true;
    clearTimeout(this.#restart);
    const thread = this.#thread;
    if (thread === undefined) return this.#stats;
    this.#say({ kind: 'close' });
    const timer = setTimeout(() => {
      this.#options.logger.error('recorder did not end in time', { timeoutMs: this.#options.closeTimeoutMs });
      void thread.terminate();
    }, this.#options.closeTimeoutMs);
    await this.#ended.promise;
    clearTimeout(timer);
    return this.#stats;
  }

  #start(): void {
    const thread = this.#options.spawn(this.#settings);
    this.#thread = thread;
    this.#stats = undefined;
    thread.on('message', (message: unknown) => {
      if (isFromRecorder(message)) this.#hear(message);
    });
    thread.on('error', (error) => this.#options.logger.error('recorder failed', { error: String(error) }));
    thread.on('exit', () => this.#died());
    for (const worker of this.#ends.keys()) this.#handOver(worker);
    if (this.#protected !== undefined) this.#say({ kind: 'protect', sequence: this.#protected });
  }

  #hear(message: FromRecorder): void {
    const { logger } = this.#options;
    switch (message.kind) {
      case 'open':
        this.#wasOpen = true;
        reportOpened(logger, message.report);
        return this.#opened.resolve(message.report);
      case 'refused':
        logger.error('recorder cannot open its folder', { detail: message.detail });
        return this.#opened.reject(new GatehouseError('config.invalid', message.detail));
      case 'recovered':
        return this.#recovering.shift()?.(message.count);
      case 'stats':
        this.#deaths = 0;
        reportStats(logger, this.#stats, message.stats);
        this.#stats = message.stats;
    }
  }

  /** A thread that never opened its folder is not replaced: whoever started it is told by `ready`. */
  #died(): void {
    this.#thread = undefined;
    for (const resolve of this.#recovering.splice(0)) resolve(undefined);
    for (const worker of this.#ends.keys()) this.#ends.set(worker, undefined);
    this.#opened.reject(new GatehouseError('gateway.internal', 'the recorder ended before it had begun'));
    if (this.#closing || !this.#wasOpen) return this.#ended.resolve();
    const delayMs = this.#options.restartMs * 2 ** Math.min(this.#deaths++, RESTART_DOUBLINGS_MAX);
    this.#options.logger.error('recorder died and is replaced', { delayMs });
    this.#restart = setTimeout(() => this.#start(), delayMs);
  }

  /** Gives the thread its end of a worker's connection, and the worker a new one when its own died with a thread. */
  #handOver(worker: number): void {
    if (this.#thread === undefined) return;
    const waiting = this.#ends.get(worker);
    const { port1, port2 } = waiting === undefined ? new MessageChannel() : { port1: undefined, port2: waiting };
    this.#ends.set(worker, undefined);
    this.#thread.postMessage({ kind: 'port', port: port2 } satisfies ToRecorder, [port2]);
    if (port1 !== undefined) this.#options.onPort(worker, port1);
  }

  #say(message: ToRecorder): void {
    this.#thread?.postMessage(message);
  }
}

const DEFAULTS = {
  spool: {},
  retryMs: 250,
  syncMs: 1000,
  restartMs: 50,
  closeTimeoutMs: 10_000,
  spawn: (settings: RecorderSettings): Worker =>
    new Worker(new URL('./recorder-thread.ts', import.meta.url), { workerData: settings, name: 'recorder' }),
};
