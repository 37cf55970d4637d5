import { fork } from 'node:child_process';
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
  // A group of its own: a terminal's Ctrl-C is for us.
  const child = fork(MAIN, {
    serialization: 'advanced',
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`the configuration could not be compiled: ${why}`));
    child.once('message', (message: unknown) => resolve(compiledAside(message)));
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(`its process ended with ${String(code ?? signal)}`));
    child.send({ ...order, env: { ...order.env } } satisfies CompileOrder);
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
