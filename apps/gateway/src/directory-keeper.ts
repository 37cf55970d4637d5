import { DirectoryWriter, type CallerChange, type DirectoryMemory } from '@gatehouse/directory';
import type { WorkerHandle } from './worker-handle.ts';

type Readers = readonly Pick<WorkerHandle, 'worker' | 'gone' | 'directory' | 'terminate'>[];

/** The main thread's side of the callers who are stored. */
export class DirectoryKeeper {
  #writer: DirectoryWriter;

  constructor(writer: DirectoryWriter | undefined) {
    this.#writer = writer ?? new DirectoryWriter();
  }

  /** For workers; another one when the callers have outgrown it. */
  get memory(): DirectoryMemory {
    return this.#writer.memory;
  }

  /** Resolves with the workers that go by it. */
  async apply(changes: Iterable<CallerChange>, readers: Readers): Promise<readonly number[]> {
    const { memory } = this.#writer;
    for (const change of changes) this.#writer.apply(change);
    return this.#given(memory, readers);
  }

  /** Goes by another directory from now on. */
  async use(next: DirectoryWriter, readers: Readers): Promise<readonly number[]> {
    const { memory } = this.#writer;
    this.#writer = next;
    return this.#given(memory, readers);
  }

  /** A worker that does not take new memory would go by the old one: it is ended, and another one begins with the new. */
  async #given(before: DirectoryMemory, readers: Readers): Promise<readonly number[]> {
    const { memory } = this.#writer;
    const live = readers.filter((reader) => !reader.gone);
    if (memory !== before) {
      const given = live.map(async (reader) => {
        if (!(await reader.directory(memory)) && !reader.gone) await reader.terminate();
      });
      await Promise.all(given);
    }
    return live.filter((reader) => !reader.gone).map(({ worker }) => worker);
  }
}
