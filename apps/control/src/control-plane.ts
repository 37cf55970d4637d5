import { Worker } from 'node:worker_threads';
import type { Logger } from '@gatehouse/kernel';
import type { CallerChange } from '@gatehouse/directory';
import type { GateChange, GateConfig, Prepared, Preview } from '@gatehouse/services';
import { fromControl, type ControlStart, type FromControl, type ObservedQuestion, type ToControl } from './protocol.ts';

/** The data plane, as the main thread has it. */
export interface LocalGate {
  apisOfOthers(): Promise<ReadonlySet<string>>;
  /** Whether what is stored counts where the file says something, too. */
  readonly fileGivesWay: boolean;
  prepare(change: GateChange): Promise<Prepared | { readonly problems: readonly string[] }>;
  preview(change: GateChange): Promise<Preview>;
  previewFile(file: GateConfig): Promise<Preview>;
  /** Callers are handed over in pieces. */
  replaceCallers(): CallersReplacement;
}

export interface CallersReplacement {
  add(callers: readonly CallerChange[]): void;
  /** All have been added: from now on there is nobody besides. */
  done(): Promise<void>;
}

export interface ControlPlaneOptions extends ControlStart {
  readonly gate: LocalGate;
  readonly log: Logger;
  /** Whether a first start that fails is the caller's to deal with, rather than tried again and again. */
  readonly mustStart: boolean;
  /** Who knows of calls; left out: nobody. */
  readonly observe?: ((question: ObservedQuestion, asked: unknown) => Promise<unknown>) | undefined;
}

type Asked = Exclude<FromControl, { kind: 'listening' | 'observe' }>;

const ENTRY = new URL('control-thread.ts', import.meta.url);
const RESTART_MS_MIN = 500;
const RESTART_MS_MAX = 30_000;
/** Requests under way have so long to end. */
const STOP_MS = 5000;
/** So many configurations may be prepared and not yet enforced; whoever asks for an older one does it anew. */
const PREPARED_MAX = 16;

/** The control thread as the main thread sees it. One that dies, as with its database, is started again; the gate goes on. */
export class ControlPlane {
  readonly #options: ControlPlaneOptions;
  readonly #prepared = new Map<number, Prepared>();
  #callers: CallersReplacement | undefined;
  #thread: Worker | undefined;
  #port = 0;
  #setupToken: string | undefined;
  #waitMs = RESTART_MS_MIN;
  #restart: NodeJS.Timeout | undefined;
  #stopping = false;

  private constructor(options: ControlPlaneOptions) {
    this.#options = options;
  }

  /** Resolves when it listens, or, where it need not start, when it has been tried once. */
  static async start(options: ControlPlaneOptions): Promise<ControlPlane> {
    const control = new ControlPlane(options);
    await control.#start().catch((error: unknown) => {
      if (options.mustStart) throw error;
    });
    return control;
  }

  /** By which the first administrator is made, where there is none. */
  get setupToken(): string | undefined {
    return this.#setupToken;
  }

  /** Undefined: it does not listen yet. */
  get port(): number | undefined {
    return this.#port === 0 ? undefined : this.#port;
  }

  async #start(): Promise<void> {
    const { gate: _gate, log: _log, mustStart: _mustStart, observe: _observe, ...options } = this.#options;
    const start: ControlStart = { ...options, listen: this.#listenAt() };
    const thread = new Worker(ENTRY, { workerData: start, name: 'control' });
    this.#thread = thread;
    this.#prepared.clear();
    this.#callers = undefined;
    let reason = 'it ended';
    await new Promise<void>((resolve, reject) => {
      thread.on('message', (message: unknown) => {
        const told = fromControl(message);
        if (told.kind === 'listening') {
          this.#port = told.port;
          this.#setupToken = told.setupToken;
          this.#waitMs = RESTART_MS_MIN;
          resolve();
        } else if (told.kind === 'observe') void this.#observe(thread, told);
        else void this.#answer(thread, told);
      });
      thread.on('error', (error: unknown) => (reason = error instanceof Error ? error.message : String(error)));
      thread.on('exit', () => {
        this.#thread = undefined;
        reject(new Error(reason));
        if (this.#port !== 0 || !this.#options.mustStart) this.#startAgain(reason);
      });
    });
  }

  /** One that is started again has the port that it had. */
  #listenAt(): ControlStart['listen'] {
    const { host, port } = this.#options.listen;
    return { host, port: this.#port === 0 ? port : this.#port };
  }

  #startAgain(reason: string): void {
    if (this.#stopping) return;
    this.#options.log.error('the control plane has ended and is started again, the gate goes on', { reason });
    this.#restart = setTimeout(() => void this.#start().catch(() => undefined), this.#waitMs);
    this.#waitMs = Math.min(this.#waitMs * 2, RESTART_MS_MAX);
  }

  async #answer(thread: Worker, told: Asked): Promise<void> {
    const answer = this.#answerTo(told);
    thread.postMessage(
      await answer.catch((error: unknown): ToControl => {
        const reason = error instanceof Error ? error.message : String(error);
        return { kind: 'failed', id: told.id, reason };
      }),
    );
  }

  async #observe(thread: Worker, { id, question, asked }: Extract<FromControl, { kind: 'observe' }>): Promise<void> {
    try {
      const answer = await this.#options.observe?.(question, asked);
      thread.postMessage({ kind: 'observed', id, answer } satisfies ToControl);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      thread.postMessage({ kind: 'unobserved', id, reason } satisfies ToControl);
    }
  }

  async #answerTo(told: Asked): Promise<ToControl> {
    const { id } = told;
    if (told.kind === 'prepare') return this.#prepare(told);
    const { gate } = this.#options;
    if (told.kind === 'preview') return previewed(id, await gate.preview(told.change));
    if (told.kind === 'preview-file') return previewed(id, await gate.previewFile(told.file));
    if (told.kind === 'enforce') return this.#enforce(id);
    if (told.kind === 'callers') return this.#takeCallers(told);
    return { kind: 'apis', id, apis: await gate.apisOfOthers(), givesWay: gate.fileGivesWay };
  }

  async #takeCallers({ id, callers, last }: Extract<FromControl, { kind: 'callers' }>): Promise<ToControl> {
    this.#callers ??= this.#options.gate.replaceCallers();
    this.#callers.add(callers);
    if (last) {
      const all = this.#callers;
      this.#callers = undefined;
      await all.done();
    }
    return { kind: 'taken', id };
  }

  async #prepare({ id, change }: Extract<FromControl, { kind: 'prepare' }>): Promise<ToControl> {
    const outcome = await this.#options.gate.prepare(change);
    if ('problems' in outcome) return { kind: 'refused', id, problems: outcome.problems };
    this.#prepared.set(id, outcome);
    const [oldest] = this.#prepared.keys();
    if (this.#prepared.size > PREPARED_MAX && oldest !== undefined) this.#prepared.delete(oldest);
    return { kind: 'prepared', id, snapshot: outcome.snapshot };
  }

  async #enforce(id: number): Promise<ToControl> {
    const prepared = this.#prepared.get(id);
    this.#prepared.delete(id);
    if (prepared === undefined) throw new Error('too many others were prepared since then');
    return { kind: 'enforced', id, enforcement: await prepared.enforce() };
  }

  /** Requests under way end first. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const thread = this.#thread;
    if (thread === undefined) return;
    const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
    thread.postMessage({ kind: 'stop' } satisfies ToControl);
    const late = setTimeout(() => void thread.terminate(), STOP_MS);
    await ended;
    clearTimeout(late);
  }
}

function previewed(id: number, outcome: Preview): ToControl {
  if ('problems' in outcome) return { kind: 'refused', id, problems: outcome.problems };
  return { kind: 'previewed', id, meaning: outcome.meaning };
}
