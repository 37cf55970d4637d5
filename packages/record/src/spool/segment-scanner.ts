import { readSync } from 'node:fs';
import {
  FRAME_HEAD_BYTES,
  HEADER_BYTES,
  decodeHeader,
  frameCount,
  frameLength,
  frameSum,
  isFrame,
} from './segment-format.ts';
import type { SegmentHeader } from './segment-format.ts';

/** What stands at `offset`. */
export type Scanned =
  /** `payload` is a view that holds until the next call. */
  | {
      readonly kind: 'frame';
      readonly offset: number;
      readonly end: number;
      readonly count: number;
      readonly sum: number;
      readonly payload: Buffer;
    }
  /** Bytes that are no frame, followed by one. */
  | { readonly kind: 'damage'; readonly offset: number; readonly end: number }
  /** No frame from here to the end of the file: a clean end (`end` equals `offset`), a frame in the making, or a torn one. */
  | { readonly kind: 'tail'; readonly offset: number; readonly end: number };

const CHUNK_BYTES = 262_144;
const NUL = 0;

/** Walks the frames of one open segment. Reads synchronously: the pages are mostly in memory, and a step is a chunk. */
export class SegmentScanner {
  readonly #fd: number;
  #offset: number;
  #window = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  /** Position in the file of the window's first byte, and how much of the window holds bytes of the file. */
  #start = 0;
  #filled = 0;
  #reads = 0;

  constructor(fd: number, offset: number) {
    this.#fd = fd;
    this.#offset = Math.max(offset, HEADER_BYTES);
  }

  /** Where `next` will look. */
  get offset(): number {
    return this.#offset;
  }

  /** Number of reads so far, so that a long walk can let others have the thread now and then. */
  get reads(): number {
    return this.#reads;
  }

  /** May be called again after a tail: the file may have grown. */
  next(): Scanned {
    const offset = this.#offset;
    if (!this.#load(offset, FRAME_HEAD_BYTES)) return this.#tail(offset);
    const end = this.#frameEnd(offset);
    if (end !== undefined) {
      this.#offset = end;
      const at = offset - this.#start;
      const [count, sum] = [frameCount(this.#window, at), frameSum(this.#window, at)];
      return { kind: 'frame', offset, end, count, sum, payload: this.#payload(offset, end) };
    }
    const sound = this.#resync(offset + 1);
    if (sound === undefined) return this.#tail(offset);
    this.#offset = sound;
    return { kind: 'damage', offset, end: sound };
  }

  #payload(offset: number, end: number): Buffer {
    return this.#window.subarray(offset - this.#start + FRAME_HEAD_BYTES, end - this.#start);
  }

  #tail(offset: number): Scanned {
    const end = Math.max(offset, this.#start + this.#filled);
    this.#filled = 0;
    return { kind: 'tail', offset, end };
  }

  /** End of the sound frame at `offset`. */
  #frameEnd(offset: number): number | undefined {
    if (!this.#load(offset, FRAME_HEAD_BYTES)) return undefined;
    const length = frameLength(this.#window, offset - this.#start);
    if (length === undefined || !this.#load(offset, length)) return undefined;
    const at = offset - this.#start;
    return isFrame(this.#window, at, at + length) ? offset + length : undefined;
  }

  /** The next sound frame at or after `from`. A frame's fourth byte is NUL, and few others are. */
  #resync(from: number): number | undefined {
    let at = from;
    while (this.#load(at, FRAME_HEAD_BYTES)) {
      const nul = this.#window.subarray(0, this.#filled).indexOf(NUL, at + 3 - this.#start);
      if (nul === -1) {
        at = this.#start + this.#filled - 3;
        continue;
      }
      at = this.#start + nul - 3;
      if (this.#frameEnd(at) !== undefined) return at;
      at++;
    }
    return undefined;
  }

  /** Brings `length` bytes from `offset` into the window; false when the file does not hold as many. */
  #load(offset: number, length: number): boolean {
    const kept = this.#start + this.#filled - offset;
    if (offset >= this.#start && kept >= length) return true;
    const window = length > this.#window.length ? Buffer.allocUnsafeSlow(length + CHUNK_BYTES) : this.#window;
    const usable = offset >= this.#start && kept > 0 ? kept : 0;
    if (usable > 0) this.#window.copy(window, 0, offset - this.#start, offset - this.#start + usable);
    this.#window = window;
    this.#start = offset;
    this.#filled = usable;
    while (this.#filled < length) {
      const read = readSync(this.#fd, window, this.#filled, window.length - this.#filled, offset + this.#filled);
      this.#reads++;
      if (read === 0) return false;
      this.#filled += read;
    }
    return true;
  }
}

/** `undefined` when the file is no segment of a known version, or has no whole header yet. */
export function readHeader(fd: number): SegmentHeader | undefined {
  const bytes = Buffer.alloc(HEADER_BYTES);
  return readSync(fd, bytes, 0, HEADER_BYTES, 0) === HEADER_BYTES ? decodeHeader(bytes) : undefined;
}
