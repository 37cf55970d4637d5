import { Worker, type MessagePort } from 'node:worker_threads';
import type { Rest } from '@gatehouse/ai';
import type { DirectoryMemory } from '@gatehouse/directory';
import {
  fromWorker,
  type FoundEndpoints,
  type FromWorker,
  type Publication,
  type ToWorker,
  type WorkerStart,
  type WorkerStats,
} from './protocol.ts';

type LoadAnswer =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'gone' };

export interface Ports {
  readonly port: number;
  readonly tlsPort: number | undefined;
}

/** A worker that takes longer than this to answer is stuck. */
const ANSWER_MS = 10_000;
/** Many workers that start at once on few cores take their time. */
const START_MS = 120_000;

/** The main thread's side of one worker. */
export class WorkerHandle {
  readonly worker: number;
  readonly listening: Promise<Ports>;
  readonly exited: Promise<void>;
  /** The snapshot that it enforces. */
  version: string;
  stats: WorkerStats = { active: 0, connections: 0, requests: 0 };
  onError: (error: string) => void = () => {};
  onRest: (rest: Rest) => void = () => {};
  /** It has said something, so its loop still turns. */
  onHeard: () => void = () => {};
  readonly #thread: Worker;
  readonly #startedMs = performance.now();
  readonly #waiting = new Set<(message: FromWorker | undefined) => void>();
  #gone = false;

  constructor(start: WorkerStart, entry: URL) {
    this.worker = start.worker;
    this.version = start.publication.snapshot.version;
    this.#thread = new Worker(entry, {
      workerData: start,
      transferList: [start.recorder],
      name: `gateway ${start.worker}`,
    });
    this.#thread.on('message', (raw: unknown) => this.#hear(fromWorker(raw)));
    this.#thread.on('error', (error) => this.onError(String(error)));
    this.exited = new Promise((resolve) => this.#thread.once('exit', () => resolve()));
    void this.exited.then(() => this.#leave());
    const ports = this.#answer((message) => (message.kind === 'listening' ? message : undefined), START_MS);
    this.listening = ports.then((found) => {
      if (found === undefined) throw new Error('the worker ended before it listened');
      return found;
    });
  }

  livedMs(): number {
    return performance.now() - this.#startedMs;
  }

  #hear(message: FromWorker): void {
    this.onHeard();
    if (message.kind === 'stats') this.stats = message.stats;
    if (message.kind === 'switched') this.version = message.version;
    if (message.kind === 'rest') this.onRest(message.rest);
    for (const wait of this.#waiting) wait(message);
  }

  #leave(): void {
    this.#gone = true;
    for (const wait of this.#waiting) wait(undefined);
  }

  /** The first thing that `pick` finds in what the worker says; undefined when it is gone or does not answer in time. */
  async #answer<T>(pick: (message: FromWorker) => T | undefined, withinMs = ANSWER_MS): Promise<T | undefined> {
    if (this.#gone) return undefined;
    return new Promise((resolve) => {
      const settle = (found: T | undefined): void => {
        clearTimeout(timer);
        this.#waiting.delete(wait);
        resolve(found);
      };
      const wait = (message: FromWorker | undefined): void => {
        const found = message === undefined ? undefined : pick(message);
        if (message === undefined || found !== undefined) settle(found);
      };
      const timer = setTimeout(() => settle(undefined), withinMs);
      this.#waiting.add(wait);
    });
  }

  #say(message: ToWorker, transfer: readonly MessagePort[] = []): void {
    this.#thread.postMessage(message, [...transfer]);
  }

  async load(publication: Publication): Promise<LoadAnswer> {
    const { version } = publication.snapshot;
    const answer = this.#answer((message): LoadAnswer | undefined =>
      (message.kind === 'loaded' || message.kind === 'refused') && message.version === version ? message : undefined,
    );
    this.#say({ kind: 'load', publication });
    return (await answer) ?? { kind: 'gone' };
  }

  async switch(version: string): Promise<void> {
    const answer = this.#answer((message) => message.kind === 'switched' || undefined);
    this.#say({ kind: 'switch', version });
    await answer;
  }

  endpoints(found: FoundEndpoints): void {
    this.#say({ kind: 'endpoints', found });
  }

  /** False: it did not answer, and may still go by what it had. */
  async directory(memory: DirectoryMemory): Promise<boolean> {
    const answer = this.#answer((message) => message.kind === 'directory-taken' || undefined);
    this.#say({ kind: 'directory', memory });
    return (await answer) ?? false;
  }

  get gone(): boolean {
    return this.#gone;
  }

  recorder(port: MessagePort): void {
    this.#say({ kind: 'recorder', port }, [port]);
  }

  rest(rest: Rest): void {
    this.#say({ kind: 'rest', rest });
  }

  async drain(deadlineMs: number): Promise<void> {
    const answer = this.#answer((message) => message.kind === 'drained' || undefined, deadlineMs + ANSWER_MS);
    this.#say({ kind: 'drain', deadlineMs });
    await answer;
  }

  async terminate(): Promise<void> {
    await this.#thread.terminate();
  }
}
