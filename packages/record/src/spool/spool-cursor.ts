import { closeSync, fstatSync } from 'node:fs';
import { HEADER_BYTES } from './segment-format.ts';
import { readHeader, SegmentScanner } from './segment-scanner.ts';
import type { Scanned } from './segment-scanner.ts';
import { listSegments, openSegment } from './segments.ts';
import type { Segment } from './segments.ts';

/** A place between two frames; `{ sequence: 0, offset: 0 }` is the beginning of whatever there is. */
export interface Position {
  readonly sequence: number;
  readonly offset: number;
}

export interface SpoolBatch {
  readonly position: Position;
  /** Where to go on once this batch is done with; may be kept and given to a later reader. */
  readonly next: Position;
  /** Without their newlines; none when something is corrupt. */
  readonly lines: readonly string[];
  readonly corrupt?: Corruption;
}

/**
 * Why there is a hole before `next`. `damaged`: bytes between sound frames; `torn`: the end of a finished segment;
 * `foreign`: no segment of a known version; `missing`: segments were deleted before they were read; `reset`: the folder
 * was begun anew, reading starts from its beginning; `shrunk`: what had been read is no longer in the file.
 */
export interface Corruption {
  readonly reason: 'damaged' | 'torn' | 'foreign' | 'missing' | 'reset' | 'shrunk';
  /** Size of the hole where it is known, else 0. */
  readonly bytes: number;
}

interface OpenSegment {
  readonly sequence: number;
  readonly fd: number;
  scanner: SegmentScanner;
}

/** Reads a spool that may be written to, rotated and cut at the same time. Never throws on what it finds in the files. */
export class SpoolCursor {
  readonly #dir: string;
  #at: Position;
  #open: OpenSegment | undefined;
  #reads = 0;

  constructor(dir: string, from: Position = { sequence: 0, offset: 0 }) {
    this.#dir = dir;
    this.#at = from;
  }

  get position(): Position {
    return this.#at;
  }

  /** Grows with the work done, so that a long reading can let others have the thread now and then. */
  get reads(): number {
    return this.#reads + (this.#open?.scanner.reads ?? 0);
  }

  /** `undefined`: nothing more for now. */
  next(): SpoolBatch | undefined {
    for (;;) {
      const found = this.#open === undefined ? this.#enter() : this.#step(this.#open);
      if (found !== 'again') return found;
    }
  }

  close(): void {
    if (this.#open === undefined) return;
    this.#reads += this.#open.scanner.reads;
    closeSync(this.#open.fd);
    this.#open = undefined;
  }

  #enter(): SpoolBatch | undefined | 'again' {
    const segments = listSegments(this.#dir);
    const segment = segments.find(({ sequence }) => sequence >= this.#at.sequence);
    if (segment === undefined) return segments.length === 0 ? undefined : this.#hole('reset', BEGINNING);
    const start = { sequence: segment.sequence, offset: 0 };
    if (segment.sequence > this.#at.sequence) {
      if (this.#at.sequence > 0) return this.#hole('missing', start);
      this.#at = start;
    }
    return this.#openSegment(segment, segments.at(-1) === segment);
  }

  #openSegment(segment: Segment, isNewest: boolean): SpoolBatch | undefined | 'again' {
    const fd = openSegment(segment.path);
    if (fd === undefined) return 'again';
    if (readHeader(fd) !== undefined) {
      this.#open = { sequence: segment.sequence, fd, scanner: new SegmentScanner(fd, this.#at.offset) };
      return 'again';
    }
    const bytes = fstatSync(fd).size;
    closeSync(fd);
    return isNewest ? undefined : this.#hole('foreign', { sequence: segment.sequence + 1, offset: 0 }, bytes);
  }

  #step(open: OpenSegment): SpoolBatch | undefined | 'again' {
    const found = open.scanner.next();
    if (found.kind !== 'tail') return this.#take(open.sequence, found);
    const newest = listSegments(this.#dir).at(-1)?.sequence ?? open.sequence;
    if (newest > open.sequence) return this.#leave(open);
    if (newest < open.sequence) {
      this.close();
      return this.#hole('reset', BEGINNING);
    }
    const size = fstatSync(open.fd).size;
    return size < found.offset ? this.#shrink(open, size) : undefined;
  }

  /** The segment is finished: what was written to it between the last look and its end is read first. */
  #leave(open: OpenSegment): SpoolBatch | 'again' {
    const found = open.scanner.next();
    if (found.kind !== 'tail') return this.#take(open.sequence, found);
    this.close();
    const next = { sequence: open.sequence + 1, offset: 0 };
    if (found.end > found.offset) return this.#hole('torn', next, found.end - found.offset);
    this.#at = next;
    return 'again';
  }

  #take(sequence: number, found: Exclude<Scanned, { readonly kind: 'tail' }>): SpoolBatch {
    const next = { sequence, offset: found.end };
    if (found.kind === 'damage') return this.#hole('damaged', next, found.end - found.offset);
    const position = { sequence, offset: found.offset };
    this.#at = next;
    return { position, next, lines: found.payload.toString('latin1', 0, found.payload.length - 1).split('\n') };
  }

  #shrink(open: OpenSegment, size: number): SpoolBatch {
    const offset = Math.max(size, HEADER_BYTES);
    this.#reads += open.scanner.reads;
    open.scanner = new SegmentScanner(open.fd, offset);
    return this.#hole('shrunk', { sequence: open.sequence, offset });
  }

  #hole(reason: Corruption['reason'], next: Position, bytes = 0): SpoolBatch {
    const position = this.#at;
    this.#at = next;
    return { position, next, lines: [], corrupt: { reason, bytes } };
  }
}

const BEGINNING: Position = { sequence: 0, offset: 0 };
