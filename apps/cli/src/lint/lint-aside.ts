import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { CommandFailure } from '../failure.ts';
import type { LintOrder, LintOutcome } from './lint-job.ts';

const ENTRY = path.join(import.meta.dirname, 'lint-thread.ts');
/** Some twenty times what documents take. A pattern of a ruleset may take for ever. */
const TIME_MAX_MS = { base: 8000, megabyte: 4000 };
const HEAP_MAX_MB = 2048;

/** Lints in a thread that can be ended from outside: rulesets bring patterns that nobody has tried. */
export async function lintAside(order: LintOrder): Promise<LintOutcome> {
  const worker = new Worker(ENTRY, { workerData: order, resourceLimits: { maxOldGenerationSizeMb: HEAP_MAX_MB } });
  const chars = order.specs.reduce((sum, { text }) => sum + text.length, 0);
  const timeMaxMs = TIME_MAX_MS.base + Math.ceil(chars / 1e6) * TIME_MAX_MS.megabyte;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<LintOutcome>((resolve, reject) => {
      worker.once('message', (message: unknown) => resolve(lintOutcome(message)));
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the thread that lints ended with ${code}`)));
      const late = `gave up after ${timeMaxMs / 1000} seconds; is a pattern of the ruleset without end?`;
      timer = setTimeout(() => reject(new CommandFailure(late)), timeMaxMs);
    });
  } finally {
    clearTimeout(timer);
    void worker.terminate();
  }
}

/* Both ends of the channel are this program's own threads, of one version: nobody else can write to it. */
export function lintOrder(message: unknown): LintOrder {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return message as LintOrder;
}

function lintOutcome(message: unknown): LintOutcome {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return message as LintOutcome;
}
