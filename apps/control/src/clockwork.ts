import type { Logger } from '@gatehouse/kernel';

export interface Job {
  readonly name: string;
  readonly everyMs: number;
  readonly run: () => Promise<unknown>;
}

/** Jobs that come again: never two runs of one at once, and a failed run is told and tried again at its next turn. */
export class Clockwork {
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #running = new Map<string, Promise<void>>();
  readonly #log: Logger;

  constructor(jobs: readonly Job[], log: Logger) {
    this.#log = log;
    for (const job of jobs) {
      const timer = setInterval(() => this.#turn(job), job.everyMs);
      timer.unref();
      this.#timers.push(timer);
    }
  }

  #turn(job: Job): void {
    if (this.#running.has(job.name)) return;
    const run = this.#run(job).finally(() => this.#running.delete(job.name));
    this.#running.set(job.name, run);
  }

  async #run({ name, run }: Job): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#log.error(`${name} failed`, { error: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Answers when what is under way has ended. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#running.values());
  }
}
