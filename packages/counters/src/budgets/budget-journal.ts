import { closeSync, ftruncateSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { Logger } from '@gatehouse/kernel';
import { LAST_FILE, type BudgetMemory } from './budget-memory.ts';
import { CallLines, type NotePlace } from './call-lines.ts';
import { noteBytes, type CallNote, type RecordSink } from './call-note.ts';
import type { JournalEntry } from './journal-entry.ts';
import { journalPath, unfinishedPath } from './journal-folder.ts';
import { frameBytes, FRAME_HEAD_BYTES, notesAt, sealFrame, writeFrame, type FrameHead } from './journal-frame.ts';

export interface BudgetJournalOptions {
  /** The folder that the main thread opens with `openBudgets`; no other process may. */
  readonly dir: string;
  readonly memory: BudgetMemory;
  readonly owner: number;
  readonly log: Logger;
  /** Wall clock, ms since the epoch. */
  readonly now: () => number;
  /** Where calls are recorded once their end is written. */
  readonly records?: RecordSink;
  /** From this size on a new file is begun, so that the main thread can fold the old one. */
  readonly fileBytesMax?: number;
  /** `write(2)` at the end of the file; an argument so that tests can fill the disk. */
  readonly write?: (fd: number, bytes: Uint8Array) => number;
  readonly truncate?: (fd: number, bytes: number) => void;
}

/** Some 10 ms of the main thread to fold. */
const FILE_BYTES_MAX = 4 * 1024 ** 2;
/** A file that begins with much of the one before is longer by so many times that, so that most of what is written is new. */
const CARRIED_TIMES = 2;
const BUFFER_BYTES = 8192;
const NO_RECORDS: RecordSink = { add: () => 0, written: 0 };

/** What is written in one piece. */
export interface JournalPiece {
  readonly entries: readonly JournalEntry[];
  readonly notes: readonly CallNote[];
}

/**
 * One thread's file of reservations and settlements, each with what the call that it belongs to would be recorded as. A
 * piece is in the system's hands when `append` returns, so killing the process loses none; a loss of power can, because
 * waiting for the disk would cost each call milliseconds.
 */
export class BudgetJournal {
  readonly calls: CallLines;
  readonly #options: BudgetJournalOptions;
  readonly #files: Int32Array;
  readonly #write: (fd: number, bytes: Uint8Array) => number;
  readonly #truncate: (fd: number, bytes: number) => void;
  readonly #fileBytesMax: number;
  #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #fd: number | undefined;
  #number = 0;
  #bytes = 0;
  #rotateAt = 0;
  /** Of the calls that are recorded, as the file says. */
  #recordedSaid = 0;
  /** There may be more in the file than `#bytes`, which must not stay. */
  #torn = false;
  #failing = false;

  constructor(options: BudgetJournalOptions) {
    this.calls = new CallLines(options.records ?? NO_RECORDS);
    this.#options = options;
    this.#files = new Int32Array(options.memory.buffer);
    this.#write = options.write ?? ((fd, bytes) => writeSync(fd, bytes));
    this.#truncate = options.truncate ?? ftruncateSync;
    this.#fileBytesMax = options.fileBytesMax ?? FILE_BYTES_MAX;
  }

  /** Writes everything or nothing. False when that is not possible. */
  append(...pieces: readonly JournalPiece[]): boolean {
    try {
      const fd = this.#file();
      this.#put(fd, this.#encode(pieces));
      this.#failing = false;
    } catch (error) {
      const { dir, log } = this.#options;
      if (!this.#failing) log.warn('budgets cannot be written down, so they refuse', { dir, error: String(error) });
      this.#failing = true;
      return false;
    }
    this.#tellCalls(pieces);
    return true;
  }

  #tellCalls(pieces: readonly JournalPiece[]): void {
    let from = this.#bytes - sizeOf(pieces);
    for (const piece of pieces) {
      let at = from + notesAt(piece.entries.length);
      for (const note of piece.notes) {
        this.calls.written(note, at);
        at += noteBytes(note);
      }
      from += frameBytes(piece);
    }
  }

  /** Has the file say which calls are recorded by now, if it does not: a start after this one has less to look up. */
  mark(): void {
    if (this.#fd !== undefined && this.calls.recorded() > this.#recordedSaid) this.append({ entries: [], notes: [] });
  }

  /** What comes after this begins anew, in a file that does not stand for the one before. */
  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#number = 0;
    this.calls.forget();
  }

  #encode(pieces: readonly JournalPiece[]): Buffer {
    const size = sizeOf(pieces);
    if (size > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(size);
    let at = 0;
    let { finals } = this.calls;
    this.#recordedSaid = this.calls.recorded();
    for (const piece of pieces) {
      at = writeFrame(this.#buffer, at, { ...piece, head: this.#head({ finals, recorded: this.#recordedSaid }) });
      for (const { final } of piece.notes) if (final) finals++;
    }
    return this.#buffer.subarray(0, at);
  }

  #head(said: Pick<FrameHead, 'finals' | 'recorded'>, continues = 0): FrameHead {
    return { writtenMs: this.#options.now(), ...said, continues };
  }

  /** What was written of lines that are then said not to be must go before others come, or they would count twice. */
  #put(fd: number, bytes: Buffer): void {
    if (this.#torn) this.#truncate(fd, this.#bytes);
    this.#torn = true;
    let written = 0;
    try {
      written = this.#writeFrom(fd, bytes);
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

  /** The file gets its name once it says what it has to begin with: from then on nobody looks into the one before. */
  #open(): void {
    const { dir, owner } = this.#options;
    const number = Atomics.add(this.#files, LAST_FILE, 1) + 1;
    const path = journalPath(dir, { number, owner });
    const fd = openSync(unfinishedPath(path), 'ax+', 0o600);
    try {
      const carried = this.calls.carried();
      const bytes = this.#number === 0 ? 0 : this.#begin(fd, carried);
      renameSync(unfinishedPath(path), path);
      this.calls.moved(carried, FRAME_HEAD_BYTES);
      [this.#fd, this.#number, this.#bytes, this.#recordedSaid] = [fd, number, bytes, 0];
      this.#rotateAt = this.#fileBytesMax + CARRIED_TIMES * bytes;
    } catch (error) {
      closeSync(fd);
      rmSync(unfinishedPath(path), { force: true });
      throw error;
    }
  }

  /** Says how much it wrote. */
  #begin(fd: number, carried: readonly NotePlace[]): number {
    const frame = Buffer.allocUnsafe(carried.reduce((sum, { bytes }) => sum + bytes, FRAME_HEAD_BYTES));
    let at = FRAME_HEAD_BYTES;
    for (const place of carried) {
      this.#readNote(place, frame.subarray(at, at + place.bytes));
      at += place.bytes;
    }
    const head = this.#head({ finals: 0, recorded: 0 }, this.#number);
    sealFrame(frame, { from: 0, end: frame.length, entries: 0, head });
    for (let done = 0; done < frame.length;) done += this.#writeFrom(fd, frame.subarray(done));
    return frame.length;
  }

  #readNote({ at, bytes }: NotePlace, into: Buffer): void {
    const read = this.#fd === undefined ? 0 : readSync(this.#fd, into, 0, bytes, at);
    if (read < bytes) throw new Error('the file before is shorter than it was');
  }
}

function sizeOf(pieces: readonly JournalPiece[]): number {
  return pieces.reduce((sum, piece) => sum + frameBytes(piece), 0);
}
