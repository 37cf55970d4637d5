import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { OthersNames } from '@gatehouse/config';
import type { Environment } from './load-config.ts';
import type { LoadOutcome } from './loaded.ts';

export interface CompileOrder {
  readonly text: string;
  /** What problems call the file; documents are looked up next to it. */
  readonly file: string;
  readonly env: Environment;
  /** Path as it is written → text: these are read and no files. */
  readonly documents?: Readonly<Record<string, string>>;
  /** What is declared elsewhere for the same gate. */
  readonly others?: OthersNames;
}

export interface CompiledAside {
  readonly outcome: LoadOutcome;
  /** Path → text of each document that the file names; undefined for one that could not be read. */
  readonly documents: ReadonlyMap<string, string | undefined>;
}

const MAIN = path.join(import.meta.dirname, 'compile-process.ts');

/**
 * Compiles in a process that ends with it. The schema language, the YAML parser and what they leave behind are some 40 MB
 * that a running gate has no use for, and V8 keeps the pages of a thread that has ended. While a large file is compiled,
 * the main thread goes on.
 */
export async function compileAside(order: CompileOrder): Promise<CompiledAside> {
  const child = compiler();
  return answerOf(child, order).finally(() => child.disconnect());
}

/** For those who compile often: the process stays for a while, because one that is warm takes half the time. */
export class WarmCompiler {
  readonly #idleMs: number;
  #child: ChildProcess | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;

  constructor(idleMs: number) {
    this.#idleMs = idleMs;
  }

  async compile(order: CompileOrder): Promise<CompiledAside> {
    const turn = this.#turn.then(async () => {
      clearTimeout(this.#idle);
      if (this.#child?.connected !== true) this.#child = compiler();
      const child = this.#child;
      return answerOf(child, order).finally(() => {
        this.#idle = setTimeout(() => this.close(), this.#idleMs).unref();
      });
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  close(): void {
    clearTimeout(this.#idle);
    if (this.#child?.connected === true) this.#child.disconnect();
    this.#child = undefined;
  }
}

function compiler(): ChildProcess {
  // A group of its own: a terminal's Ctrl-C is for us.
  const child = fork(MAIN, {
    serialization: 'advanced',
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.unref();
  child.channel?.unref();
  return child;
}

async function answerOf(child: ChildProcess, order: CompileOrder): Promise<CompiledAside> {
  child.ref();
  child.channel?.ref();
  return new Promise<CompiledAside>((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`the configuration could not be compiled: ${why}`));
    child.once('message', (message: unknown) => resolve(compiledAside(message)));
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(`its process ended with ${String(code ?? signal)}`));
    child.send({ ...order, env: { ...order.env } } satisfies CompileOrder);
  }).finally(() => {
    for (const event of ['message', 'error', 'exit']) child.removeAllListeners(event);
    child.unref();
    child.channel?.unref();
  });
}

/* Both ends of the channel are this program's own processes, of one version: nobody else can write to it. */
export function compileOrder(message: unknown): CompileOrder {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return message as CompileOrder;
}

function compiledAside(message: unknown): CompiledAside {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return message as CompiledAside;
}
