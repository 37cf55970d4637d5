import { mkdirSync, rmSync } from 'node:fs';
import { inspectSegment } from './inspect-segment.ts';
import type { FrameMark } from './inspect-segment.ts';
import { Retention } from './retention.ts';
import { SegmentFile } from './segment-file.ts';
import { encodeFrame, FRAME_HEAD_BYTES, frameSum, HEADER_BYTES, isPayload } from './segment-format.ts';
import { segmentPath } from './segments.ts';
import type { Segment } from './segments.ts';
import { takeLock } from './spool-lock.ts';
import type { SpoolLock } from './spool-lock.ts';
import { completeOptions } from './spool-options.ts';
import type { SpoolOptions } from './spool-options.ts';

/** What was found when the folder was opened. */
export interface OpenReport {
  /** The segment that is continued; `undefined` when a new one will be begun. */
  readonly sequence: number | undefined;
  /** Cut off behind the last sound frame: a frame that was being written when the process died. */
  readonly truncatedBytes: number;
  /** Left in place between sound frames. */
  readonly damagedBytes: number;
}

export interface SpoolStats {
  readonly frames: number;
  readonly lines: number;
  readonly payloadBytes: number;
  readonly failedAppends: number;
  readonly failedSyncs: number;
  readonly lastError: string | undefined;
  /** Segments in the folder and their bytes. */
  readonly segments: number;
  readonly bytes: number;
  /** Deleted to keep the bound. */
  readonly deletedSegments: number;
  readonly deletedBytes: number;
}

/** Appends payloads to the segments of a folder. Everything that `append` has confirmed survives the death of the process. */
export class SpoolWriter {
  readonly opened: OpenReport;
  readonly dir: string;
  readonly #options: Required<SpoolOptions>;
  readonly #lock: SpoolLock;
  readonly #retention: Retention;
  #segment: SegmentFile | undefined;
  #lastFound: FrameMark | undefined;
  #sequence: number;
  #frames = 0;
  #lines = 0;
  #payloadBytes = 0;
  #failedAppends = 0;
  #failedSyncs = 0;
  #lastError: string | undefined;

  private constructor(dir: string, options: Required<SpoolOptions>, lock: SpoolLock) {
    this.dir = dir;
    this.#options = options;
    this.#lock = lock;
    this.#retention = new Retention(dir, options);
    this.#sequence = this.#retention.newest?.sequence ?? 0;
    this.opened = this.#continueNewest();
    this.#retention.makeRoom(options.segmentBytesMax);
  }

  /** Throws when another process writes to the folder, or when the folder cannot be used at all. */
  static open(dir: string, options: SpoolOptions): SpoolWriter {
    const full = completeOptions(options);
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const lock = takeLock(dir, full.owner);
    try {
      return new SpoolWriter(dir, full, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Whether this can be appended at all: whole lines, and not more than a segment holds. */
  takes(payload: Uint8Array, count: number): boolean {
    const frameBytes = FRAME_HEAD_BYTES + payload.length;
    return isPayload(payload, count) && HEADER_BYTES + frameBytes <= this.#options.segmentBytesMax;
  }

  /**
   * Whether this is the frame that stood last when the folder was opened: its writer died after it had written it and
   * perhaps before it had said so.
   */
  wasLast(payload: Uint8Array, count: number): boolean {
    if (this.#lastFound?.bytes !== FRAME_HEAD_BYTES + payload.length) return false;
    return this.#lastFound.sum === frameSum(encodeFrame(payload, count), 0);
  }

  /**
   * True: the payload is in the file and a reader may see it. False: nothing of it is (the disk is full or broken), and
   * the same call may succeed later. `count` is the number of lines in the payload.
   */
  append(payload: Uint8Array, count: number): boolean {
    if (!this.takes(payload, count)) throw new RangeError(`not a payload: ${payload.length} bytes, ${count} lines`);
    try {
      this.#room(FRAME_HEAD_BYTES + payload.length).append(encodeFrame(payload, count));
    } catch (error) {
      this.#failedAppends++;
      this.#lastError = String(error);
      return false;
    }
    this.#frames++;
    this.#lines += count;
    this.#payloadBytes += payload.length;
    return true;
  }

  /** Blocks until everything is on the disk. */
  flush(): void {
    this.#segment?.sync();
  }

  /** To be called every second or so: brings data to the disk in the background, begins anew when the file was deleted. */
  maintain(): void {
    this.#segment?.syncSoon(this.#syncFailed);
    if (this.#segment?.isGone() === true) this.#dropSegment();
  }

  /** Holds back segments from this sequence on, for whoever ships them; `undefined` lets all go. */
  protect(sequence: number | undefined): void {
    this.#retention.protect(sequence);
  }

  stats(): SpoolStats {
    const { segments, bytes, deletedSegments, deletedBytes } = this.#retention.stats;
    return {
      frames: this.#frames,
      lines: this.#lines,
      payloadBytes: this.#payloadBytes,
      failedAppends: this.#failedAppends,
      failedSyncs: this.#failedSyncs,
      lastError: this.#lastError,
      segments: segments + (this.#segment === undefined ? 0 : 1),
      bytes: bytes + (this.#segment?.bytes ?? 0),
      deletedSegments,
      deletedBytes,
    };
  }

  /** Brings everything to the disk and gives the folder back, also when the disk fails at it. */
  close(): void {
    try {
      this.#segment?.close();
    } catch (error) {
      this.#syncFailed(error);
    }
    this.#segment = undefined;
    this.#lock.release();
  }

  readonly #syncFailed = (error: unknown): void => {
    this.#failedSyncs++;
    this.#lastError = String(error);
  };

  /** The segment that takes a frame of this size. */
  #room(frameBytes: number): SegmentFile {
    const { segmentBytesMax, segmentAgeMs, now, write } = this.#options;
    const current = this.#segment;
    const fits = current !== undefined && current.bytes + frameBytes <= segmentBytesMax;
    if (fits && now() - current.createdAt < segmentAgeMs) return current;
    if (current !== undefined) this.#retire(current);
    this.#retention.makeRoom(segmentBytesMax);
    mkdirSync(this.dir, { recursive: true, mode: 0o700 });
    const place = { sequence: this.#sequence + 1, path: segmentPath(this.dir, this.#sequence + 1), createdAt: now() };
    this.#segment = SegmentFile.create(place, write);
    this.#sequence = place.sequence;
    return this.#segment;
  }

  #retire(segment: SegmentFile): void {
    this.#retention.add({ sequence: segment.sequence, path: segment.path, bytes: segment.bytes });
    this.#dropSegment();
  }

  #dropSegment(): void {
    this.#segment?.retire(this.#syncFailed);
    this.#segment = undefined;
  }

  #continueNewest(): OpenReport {
    const newest = this.#retention.newest;
    if (newest === undefined) return { sequence: undefined, truncatedBytes: 0, damagedBytes: 0 };
    const { createdAt, bytes, soundEnd, damagedBytes, last } = inspectSegment(newest.path);
    if (createdAt === undefined) return this.#refuseNewest(newest, bytes);
    this.#retention.takeNewest();
    this.#lastFound = last;
    this.#segment = SegmentFile.reopen({ ...newest, createdAt, bytes: soundEnd }, this.#options.write);
    return { sequence: newest.sequence, truncatedBytes: bytes - soundEnd, damagedBytes };
  }

  /** A file without a whole header was being created when the process died; any other is a stranger's and stays. */
  #refuseNewest(newest: Segment, bytes: number): OpenReport {
    if (bytes >= HEADER_BYTES) return { sequence: undefined, truncatedBytes: 0, damagedBytes: bytes };
    rmSync(newest.path, { force: true });
    this.#retention.takeNewest();
    this.#sequence = newest.sequence - 1;
    return { sequence: undefined, truncatedBytes: bytes, damagedBytes: 0 };
  }
}
