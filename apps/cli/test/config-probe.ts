import { onTestFinished } from 'vitest';
import { watchConfig, type Watched } from '../src/config-watch.ts';
import { readUtf8 } from '../src/read-config.ts';

/** A file that is "loaded" by reading it; everything that is loaded can be awaited. */
export class ConfigProbe implements Watched {
  readonly file: string;
  readonly loads: string[] = [];
  loaded: string;
  #looks = 0;
  readonly #waiters = new Set<() => void>();

  constructor(file: string) {
    this.file = file;
    this.loaded = readUtf8(file);
    const watch = watchConfig(this, async () => this.load());
    onTestFinished(() => watch.close());
  }

  current(): string | undefined {
    this.#looks++;
    this.#tell();
    try {
      return readUtf8(this.file);
    } catch {
      return undefined;
    }
  }

  async load(): Promise<void> {
    this.loaded = readUtf8(this.file);
    this.loads.push(this.loaded);
    this.#tell();
  }

  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!condition()) return;
        this.#waiters.delete(look);
        resolve();
      };
      this.#waiters.add(look);
    });
  }

  /** Enough looks for a change to be taken in, if there were one. */
  async settled(): Promise<void> {
    const enough = this.#looks + 3;
    await this.until(() => this.#looks >= enough);
  }

  #tell(): void {
    for (const waiter of this.#waiters) waiter();
  }
}
