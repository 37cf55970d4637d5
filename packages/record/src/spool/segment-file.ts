import { closeSync, fdatasync, fdatasyncSync, fstatSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import { encodeHeader, HEADER_BYTES } from './segment-format.ts';

/** `write(2)` at a position; an argument so that tests can fill the disk. */
export type WriteAt = (fd: number, bytes: Uint8Array, offset: number, position: number) => number;

export const writeAt: WriteAt = (fd, bytes, offset, position) =>
  writeSync(fd, bytes, offset, bytes.length - offset, position);

/** The segment that is being written. */
export class SegmentFile {
  readonly sequence: number;
  readonly path: string;
  readonly createdAt: number;
  readonly #fd: number;
  readonly #write: WriteAt;
  #bytes: number;
  #dirty = true;
  #syncing = false;
  #closing = false;

  private constructor(at: SegmentPlace & { readonly fd: number; readonly bytes: number }, write: WriteAt) {
    this.sequence = at.sequence;
    this.path = at.path;
    this.createdAt = at.createdAt;
    this.#fd = at.fd;
    this.#bytes = at.bytes;
    this.#write = write;
  }

  /** Leaves no file behind when it fails. */
  static create(place: SegmentPlace, write: WriteAt): SegmentFile {
    const fd = openSync(place.path, 'w', 0o600);
    const file = new SegmentFile({ ...place, fd, bytes: 0 }, write);
    try {
      file.append(encodeHeader(place));
    } catch (error) {
      closeSync(fd);
      rmSync(place.path, { force: true });
      throw error;
    }
    return file;
  }

  /** Goes on after the last sound frame, which ends at `bytes`; whatever stood behind it is cut off. */
  static reopen(place: SegmentPlace & { readonly bytes: number }, write: WriteAt): SegmentFile {
    const fd = openSync(place.path, 'r+');
    ftruncateSync(fd, Math.max(place.bytes, HEADER_BYTES));
    return new SegmentFile({ ...place, fd }, write);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** One `write(2)` where the system takes it whole. When it fails, nothing of the frame stays in the file. */
  append(frame: Uint8Array): void {
    let written = 0;
    try {
      while (written < frame.length) written += this.#writeFrom(frame, written);
    } catch (error) {
      throw this.#cutBack(error);
    }
    this.#bytes += frame.length;
    this.#dirty = true;
  }

  #writeFrom(frame: Uint8Array, written: number): number {
    const bytes = this.#write(this.#fd, frame, written, this.#bytes + written);
    if (bytes <= 0) throw new Error('the system wrote nothing');
    return bytes;
  }

  /** Whether somebody has deleted the file under us. */
  isGone(): boolean {
    return fstatSync(this.#fd).nlink === 0;
  }

  /** Blocks until everything is on the disk. */
  sync(): void {
    if (this.#dirty) fdatasyncSync(this.#fd);
    this.#dirty = false;
  }

  /** Brings everything to the disk without blocking the thread, which a busy disk can do for seconds. */
  syncSoon(failed: (error: Error) => void): void {
    if (this.#syncing) return;
    if (!this.#dirty) return this.#closeIfDone();
    this.#syncing = true;
    this.#dirty = false;
    fdatasync(this.#fd, (error) => {
      this.#syncing = false;
      if (error !== null) failed(error);
      if (this.#closing) this.syncSoon(failed);
    });
  }

  /** Nothing is appended any more: syncs without blocking, then closes. */
  retire(failed: (error: Error) => void): void {
    this.#closing = true;
    this.syncSoon(failed);
  }

  close(): void {
    this.#closing = true;
    try {
      this.sync();
    } finally {
      this.#closeIfDone();
    }
  }

  /** A descriptor stays open until a sync that is under way has ended: its number could be another file's by then. */
  #closeIfDone(): void {
    if (this.#closing && !this.#syncing) closeSync(this.#fd);
  }

  /** A rest that cannot be cut off is overwritten by the next frame, or cut off when the folder is opened again. */
  #cutBack(cause: unknown): unknown {
    try {
      ftruncateSync(this.#fd, this.#bytes);
      return cause;
    } catch (error) {
      return new AggregateError([cause, error], 'write failed and could not be undone');
    }
  }
}

interface SegmentPlace {
  readonly sequence: number;
  readonly path: string;
  readonly createdAt: number;
}
