import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Logger } from '@gatehouse/kernel';
import {
  fromObserver,
  type ObserverSettings,
  type ObserverStart,
  type Question,
  type Questions,
  type ToObserver,
} from './protocol.ts';

export interface ObserverOptions extends ObserverStart {
  readonly log: Logger;
  /** Segments of the spool before this one need not be held back. */
  readonly onShipped: (sequence: number) => void;
}

const ENTRY = path.join(import.meta.dirname, 'observer-process.ts');
const RESTART_MS_MIN = 500;
const RESTART_MS_MAX = 30_000;
/** Records that wait are kept at the end; what takes longer stays in the spool. */
const STOP_MS = 10_000;

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/**
 * The observer process as the main thread sees it. A process of its own, because the database is native code: whatever
 * becomes of it, and however much memory it takes, callers do not notice. One that ends is started again.
 */
export class Observer {
  readonly #options: ObserverOptions;
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | undefined;
  #settings: ObserverSettings;
  #asked = 0;
  #waitMs = RESTART_MS_MIN;
  #restart: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(options: ObserverOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  start(): void {
    if (this.#child !== undefined || this.#stopping) return;
    clearTimeout(this.#restart);
    const { log: _log, onShipped, ...start } = this.#options;
    // A group of its own: a terminal's Ctrl-C is for us.
    const child = fork(ENTRY, {
      serialization: 'advanced',
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child = child;
    child.on('message', (message: unknown) => {
      const told = fromObserver(message);
      if (told.kind === 'ready') this.#waitMs = RESTART_MS_MIN;
      else if (told.kind === 'shipped') onShipped(told.sequence);
      else this.#settle(told.id, told);
    });
    child.once('error', (error) => this.#options.log.error('the observer failed', { reason: error.message }));
    child.once('exit', (code, signal) => this.#ended(String(code ?? signal)));
    this.#tell({ kind: 'start', start: { ...start, settings: this.#settings } });
  }

  /** What counts from now on. */
  use(settings: ObserverSettings): void {
    this.#settings = settings;
    if (settings.telemetry !== undefined) this.start();
    this.#tell({ kind: 'settings', settings });
  }

  /** Rejects when it cannot be answered, or the process ends before it is. */
  async ask<Asked extends Question>(
    question: Asked,
    asked: Questions[Asked]['asked'],
  ): Promise<Questions[Asked]['answer']> {
    // Both ends are of one version: the answer fits the question.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return (await this.relay(question, asked)) as Questions[Asked]['answer'];
  }

  /** The same for who hands on what another thread asks. */
  async relay(question: Question, asked: unknown): Promise<unknown> {
    this.start();
    const id = ++this.#asked;
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#tell({ kind: 'ask', id, question, asked });
    return answer;
  }

  /** Records that are in the spool by now are kept. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child === undefined) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    this.#tell({ kind: 'stop' });
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(late);
  }

  #tell(message: ToObserver): void {
    this.#child?.send(message, (error) => {
      if (error !== null && message.kind === 'ask') this.#settle(message.id, { reason: 'the observer is gone' });
    });
  }

  #settle(id: number, told: { readonly answer: unknown } | { readonly reason: string }): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if ('reason' in told) waiting?.reject(new Error(told.reason));
    else waiting?.resolve(told.answer);
  }

  #ended(reason: string): void {
    this.#child = undefined;
    for (const id of this.#waiting.keys()) this.#settle(id, { reason: 'the observer has ended' });
    if (this.#stopping) return;
    this.#options.log.error('the observer has ended and is started again, the gate goes on', { reason });
    this.#restart = setTimeout(() => this.start(), this.#waitMs);
    this.#waitMs = Math.min(this.#waitMs * 2, RESTART_MS_MAX);
  }
}
