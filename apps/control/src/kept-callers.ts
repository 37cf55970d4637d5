import { closeSync, createReadStream, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { CallerChange } from '@gatehouse/directory';

const PIECE_CHARS = 1024 * 1024;

/**
 * Who calls, as a file of changes, a line each: gates start with it whether the store answers or not. It holds hashes of
 * keys and no keys. A change is on the disk before gates enforce it, so that nobody comes back who was turned away.
 */
export class KeptCallers {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** All of them, as they pass by: the file is whole when the last has passed. */
  async *rewritten(callers: AsyncIterable<CallerChange>): AsyncGenerator<CallerChange> {
    const draft = `${this.#file}.draft`;
    const handle = openSync(draft, 'w', 0o600);
    try {
      let text = '';
      for await (const caller of callers) {
        text += lineOf(caller);
        if (text.length > PIECE_CHARS) {
          writeSync(handle, text);
          text = '';
        }
        yield caller;
      }
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, this.#file);
  }

  append(changes: readonly CallerChange[]): void {
    if (changes.length === 0) return;
    const handle = openSync(this.#file, 'a', 0o600);
    try {
      writeSync(handle, changes.map(lineOf).join(''));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }
}

/** None where there is no such file. A line that was cut off was of a change that nobody was told of. */
export async function* readKeptCallers(file: string): AsyncGenerator<CallerChange> {
  const stream = createReadStream(file, 'utf8');
  const opened = new Promise<boolean>((resolve) =>
    stream.once('open', () => resolve(true)).once('error', () => resolve(false)),
  );
  if (!(await opened)) return;
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    const change = changeIn(line);
    if (change !== undefined) yield change;
  }
}

const lineOf = (change: CallerChange): string => `${JSON.stringify(change)}\n`;

function changeIn(line: string): CallerChange | undefined {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `lineOf` wrote it
    return JSON.parse(line) as CallerChange;
  } catch {
    return undefined;
  }
}
