import { Worker } from 'node:worker_threads';
import type { Environment } from './load-config.ts';
import type { LoadOutcome } from './loaded.ts';

export interface CompileOrder {
  readonly text: string;
  /** What problems call the file; documents are looked up next to it. */
  readonly file: string;
  readonly env: Environment;
}

export interface CompiledAside {
  readonly outcome: LoadOutcome;
  /** Path → text of each document that the file names; undefined for one that could not be read. */
  readonly documents: ReadonlyMap<string, string | undefined>;
}

/**
 * Compiles in a thread that ends with it. The schema language, the YAML parser and what they leave behind are some 40 MB
 * that a running gate has no use for; and while a large file is compiled, the main thread goes on.
 */
export async function compileAside(order: CompileOrder): Promise<CompiledAside> {
  const workerData: CompileOrder = { ...order, env: { ...order.env } };
  const thread = new Worker(new URL('compile-thread.ts', import.meta.url), { workerData, name: 'configuration' });
  return new Promise((resolve, reject) => {
    let compiled: CompiledAside | undefined;
    thread.on('message', (message: unknown) => (compiled = compiledAside(message)));
    thread.on('error', reject);
    // Not before: what the thread gives back is used by those that start next.
    thread.on('exit', () => {
      if (compiled === undefined) reject(new Error('the thread that reads the configuration ended without an answer'));
      else resolve(compiled);
    });
  });
}

/* Both ends of the channel are this program's own threads, of one version: nobody else can write to it. */
export function compileOrder(data: unknown): CompileOrder {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return data as CompileOrder;
}

function compiledAside(message: unknown): CompiledAside {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return message as CompiledAside;
}
