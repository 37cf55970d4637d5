import { rmSync } from 'node:fs';
import { listSegments, segmentBytes } from './segments.ts';
import type { Segment } from './segments.ts';

interface RetentionLimits {
  readonly totalBytesMax: number;
  /** What the folder may grow to while a shipper holds segments back. */
  readonly protectedBytesMax: number;
}

interface Kept extends Segment {
  readonly bytes: number;
}

/** The finished segments of a folder: deletes the oldest so that the folder keeps its bound. */
export class Retention {
  readonly #limits: RetentionLimits;
  #kept: Kept[] = [];
  #protectedFrom = Number.POSITIVE_INFINITY;
  #deletedSegments = 0;
  #deletedBytes = 0;

  constructor(dir: string, limits: RetentionLimits) {
    this.#limits = limits;
    for (const { sequence, path } of listSegments(dir)) this.#kept.push({ sequence, path, bytes: segmentBytes(path) });
  }

  get newest(): Segment | undefined {
    return this.#kept.at(-1);
  }

  get stats(): {
    readonly segments: number;
    readonly bytes: number;
    readonly deletedSegments: number;
    readonly deletedBytes: number;
  } {
    return {
      segments: this.#kept.length,
      bytes: this.#bytes(),
      deletedSegments: this.#deletedSegments,
      deletedBytes: this.#deletedBytes,
    };
  }

  /** The newest is being written again. */
  takeNewest(): void {
    this.#kept.pop();
  }

  add(segment: Kept): void {
    this.#kept.push(segment);
  }

  /** Holds back segments from this sequence on; `undefined` lifts it. */
  protect(sequence: number | undefined): void {
    this.#protectedFrom = sequence ?? Number.POSITIVE_INFINITY;
  }

  /** Deletes until this much more fits. */
  makeRoom(bytes: number): void {
    for (let oldest = this.#kept[0]; oldest !== undefined; oldest = this.#kept[0]) {
      const held = oldest.sequence >= this.#protectedFrom;
      const { totalBytesMax, protectedBytesMax } = this.#limits;
      const bound = held ? Math.max(totalBytesMax, protectedBytesMax) : totalBytesMax;
      if (this.#bytes() + bytes <= bound) return;
      rmSync(oldest.path, { force: true });
      this.#kept.shift();
      this.#deletedSegments++;
      this.#deletedBytes += oldest.bytes;
    }
  }

  #bytes(): number {
    return this.#kept.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}
