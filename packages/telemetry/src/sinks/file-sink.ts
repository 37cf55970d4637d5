import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import type { Sink, SinkItem } from '../sink.ts';
import type { LineText } from './line-text.ts';

export interface FileSinkOptions {
  readonly path: string;
  readonly bytesMax: number;
  /** How many old files stay beside it. */
  readonly keep: number;
}

interface OpenFile {
  readonly handle: FileHandle;
  readonly ino: number;
  bytes: number;
}

/**
 * Appends lines to a file. One that would grow too large is renamed to `.1`, the one before to `.2`, and so on. Where
 * somebody else has moved it away, as logrotate does, the next batch begins a new one.
 */
export class FileSink implements Sink {
  readonly #options: FileSinkOptions;
  readonly #text: LineText;
  #file: OpenFile | undefined;

  constructor(options: FileSinkOptions, text: LineText) {
    this.#options = options;
    this.#text = text;
  }

  async send(items: readonly SinkItem[]): Promise<undefined> {
    const bytes = Buffer.from(items.map((item) => `${this.#text(item)}\n`).join(''), 'latin1');
    let file = await this.#opened();
    if (file.bytes > 0 && file.bytes + bytes.length > this.#options.bytesMax) file = await this.#rotated();
    try {
      await file.handle.appendFile(bytes);
      file.bytes += bytes.length;
    } catch (error) {
      // A full disk takes a part of a batch: what comes again must not stand there twice, nor behind half a line.
      await file.handle.truncate(file.bytes);
      throw error;
    }
    return undefined;
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.handle.close();
  }

  async #opened(): Promise<OpenFile> {
    if (this.#file !== undefined && (await inodeOf(this.#options.path)) === this.#file.ino) return this.#file;
    await this.close();
    const handle = await open(this.#options.path, 'a', 0o640);
    const { ino, size } = await handle.stat();
    this.#file = { handle, ino, bytes: size };
    return this.#file;
  }

  async #rotated(): Promise<OpenFile> {
    const { path, keep } = this.#options;
    await this.close();
    if (keep === 0) await rm(path, { force: true });
    for (let n = keep; n > 0; n--) {
      const older = n === 1 ? path : `${path}.${n - 1}`;
      if ((await inodeOf(older)) !== undefined) await rename(older, `${path}.${n}`);
    }
    return this.#opened();
  }
}

/** `undefined` where there is no such file. */
async function inodeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).ino;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
