import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';

/**
 * Tells when to look into a folder again: at once where the system reports changes, and every `pollMs` in any case,
 * because it does not do so on every file system, nor for a folder that is yet to be made.
 */
export class FolderChanges {
  readonly #dir: string;
  readonly #pollMs: number;
  #watcher: FSWatcher | undefined;
  #changed = false;
  #wake: (() => void) | undefined;

  constructor(dir: string, pollMs: number) {
    this.#dir = dir;
    this.#pollMs = pollMs;
    this.#watch();
  }

  /** Resolves when something may have changed since it last resolved, when the time is up, or when `signal` aborts. */
  async next(signal?: AbortSignal): Promise<void> {
    if (this.#watcher === undefined) this.#watch();
    if (!this.#changed && signal?.aborted !== true) await this.#change(signal);
    this.#changed = false;
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#wake?.();
  }

  #change(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, this.#pollMs);
      signal?.addEventListener('abort', done);
      this.#wake = done;
    });
  }

  #watch(): void {
    try {
      this.#watcher = watch(this.#dir, { persistent: false }, () => {
        this.#changed = true;
        this.#wake?.();
      });
      this.#watcher.on('error', () => this.#unwatch());
    } catch {
      this.#unwatch();
    }
  }

  /** Polling goes on; the next round tries to watch again. */
  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}
