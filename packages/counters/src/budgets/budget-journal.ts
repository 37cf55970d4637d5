import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import type { Logger } from '@gatehouse/kernel';
import { LAST_FILE, type BudgetMemory } from './budget-memory.ts';
import { ENTRY_BYTES, writeEntry, type JournalEntry } from './journal-entry.ts';
import { journalPath } from './journal-folder.ts';

export interface BudgetJournalOptions {
  /** The folder that the main thread opens with `openBudgets`; no other process may. */
  readonly dir: string;
  readonly memory: BudgetMemory;
  readonly owner: number;
  readonly log: Logger;
  /** From this size on a new file is begun, so that the main thread can fold the old one. */
  readonly fileBytesMax?: number;
  /** `write(2)` at the end of the file; an argument so that tests can fill the disk. */
  readonly write?: (fd: number, bytes: Uint8Array) => number;
  readonly truncate?: (fd: number, bytes: number) => void;
}

/** Some 20 ms of the main thread to fold. */
const FILE_BYTES_MAX = 1024 ** 2;

/**
 * One thread's file of reservations and settlements. A line is in the system's hands when `append` returns, so killing
 * the process loses none; a loss of power can, because waiting for the disk would cost each call milliseconds.
 */
export class BudgetJournal {
  readonly #options: BudgetJournalOptions;
  readonly #files: Int32Array;
  readonly #write: (fd: number, bytes: Uint8Array) => number;
  readonly #truncate: (fd: number, bytes: number) => void;
  readonly #fileBytesMax: number;
  #buffer = Buffer.alloc(16 * ENTRY_BYTES);
  #fd: number | undefined;
  #bytes = 0;
  #rotateAt = 0;
  /** There may be more in the file than `#bytes`, which must not stay. */
  #torn = false;
  #failing = false;

  constructor(options: BudgetJournalOptions) {
    this.#options = options;
    this.#files = new Int32Array(options.memory.buffer);
    this.#write = options.write ?? ((fd, bytes) => writeSync(fd, bytes));
    this.#truncate = options.truncate ?? ftruncateSync;
    this.#fileBytesMax = options.fileBytesMax ?? FILE_BYTES_MAX;
  }

  /** Writes all lines in one piece. False when that is not possible; then nothing of them counts. */
  append(entries: readonly JournalEntry[]): boolean {
    try {
      this.#put(this.#encode(entries));
      this.#failing = false;
      return true;
    } catch (error) {
      const { dir, log } = this.#options;
      if (!this.#failing) log.warn('budgets cannot be written down, so they refuse', { dir, error: String(error) });
      this.#failing = true;
      return false;
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #encode(entries: readonly JournalEntry[]): Buffer {
    const bytes = entries.length * ENTRY_BYTES;
    if (bytes > this.#buffer.length) this.#buffer = Buffer.alloc(bytes);
    let at = 0;
    for (const entry of entries) {
      writeEntry(this.#buffer, at, entry);
      at += ENTRY_BYTES;
    }
    return this.#buffer.subarray(0, bytes);
  }

  /** What was written of lines that are then said not to be must go before others come, or they would count twice. */
  #put(bytes: Buffer): void {
    const fd = this.#file();
    if (this.#torn) this.#truncate(fd, this.#bytes);
    this.#torn = true;
    let written = 0;
    try {
      while (written < bytes.length) written += this.#writeFrom(fd, bytes.subarray(written));
    } catch (error) {
      if (written > 0) this.#truncate(fd, this.#bytes);
      this.#torn = false;
      throw error;
    }
    this.#torn = false;
    this.#bytes += bytes.length;
  }

  #writeFrom(fd: number, bytes: Uint8Array): number {
    const written = this.#write(fd, bytes);
    if (written <= 0) throw new Error('the system wrote nothing');
    return written;
  }

  #file(): number {
    if (this.#fd !== undefined && this.#bytes < this.#rotateAt) return this.#fd;
    const old = this.#fd;
    try {
      this.#open();
    } catch (error) {
      if (old === undefined) throw error;
      this.#rotateAt += this.#fileBytesMax; // the old one takes more
      return old;
    }
    if (old !== undefined) closeSync(old);
    return this.#fd ?? this.#file();
  }

  #open(): void {
    const { dir, owner } = this.#options;
    const number = Atomics.add(this.#files, LAST_FILE, 1) + 1;
    this.#fd = openSync(journalPath(dir, { number, owner }), 'ax', 0o600);
    this.#bytes = 0;
    this.#rotateAt = this.#fileBytesMax;
  }
}
