import { closeSync, fstatSync, openSync } from 'node:fs';
import { HEADER_BYTES } from './segment-format.ts';
import { readHeader, SegmentScanner } from './segment-scanner.ts';

interface Inspection {
  /** `undefined`: not a segment that this program can continue. */
  readonly createdAt: number | undefined;
  readonly bytes: number;
  /** End of the last sound frame. */
  readonly soundEnd: number;
  /** Bytes between sound frames that are none. */
  readonly damagedBytes: number;
  readonly last: FrameMark | undefined;
}

/** Enough to recognise a frame. */
export interface FrameMark {
  readonly bytes: number;
  readonly sum: number;
}

/** Reads a whole segment to learn where it can be continued. */
export function inspectSegment(path: string): Inspection {
  const fd = openSync(path, 'r');
  try {
    const bytes = fstatSync(fd).size;
    const header = readHeader(fd);
    return header === undefined
      ? { createdAt: undefined, bytes, soundEnd: 0, damagedBytes: 0, last: undefined }
      : { createdAt: header.createdAt, bytes, ...walk(new SegmentScanner(fd, HEADER_BYTES)) };
  } finally {
    closeSync(fd);
  }
}

function walk(scanner: SegmentScanner): Pick<Inspection, 'soundEnd' | 'damagedBytes' | 'last'> {
  let damagedBytes = 0;
  let last: FrameMark | undefined;
  for (;;) {
    const found = scanner.next();
    if (found.kind === 'tail') return { soundEnd: found.offset, damagedBytes, last };
    if (found.kind === 'damage') damagedBytes += found.end - found.offset;
    else last = { bytes: found.end - found.offset, sum: found.sum };
  }
}
