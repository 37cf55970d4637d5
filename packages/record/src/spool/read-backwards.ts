import { closeSync, readSync } from 'node:fs';
import { FRAME_HEAD_BYTES, HEADER_BYTES } from './segment-format.ts';
import { readHeader, SegmentScanner } from './segment-scanner.ts';
import { listSegments, openSegment } from './segments.ts';
import type { Segment } from './segments.ts';
import type { Position, SpoolBatch } from './spool-cursor.ts';

interface Span {
  readonly kind: 'frame' | 'damage';
  readonly offset: number;
  readonly end: number;
}

/**
 * The newest batches first, so that the last records of a large spool are found at once. `next` of the first batch is
 * where `readSpool` goes on. Segments whose records had all been written before `sinceMs` are left out.
 */
export function* readBackwards(dir: string, sinceMs = Number.NEGATIVE_INFINITY): Generator<SpoolBatch, void> {
  for (const segment of listSegments(dir).toReversed()) {
    const fd = openSegment(segment.path);
    if (fd === undefined) continue;
    try {
      const header = readHeader(fd);
      if (header === undefined) continue;
      for (const span of spansOf(fd).toReversed()) yield batchOf(fd, segment, span);
      if (header.createdAt <= sinceMs) return;
    } finally {
      closeSync(fd);
    }
  }
}

/** From here on stands everything that was written since; `undefined` for the beginning. */
export function positionSince(dir: string, sinceMs: number): Position | undefined {
  for (const { sequence, path } of listSegments(dir).toReversed()) {
    const createdAt = createdAtOf(path);
    if (createdAt !== undefined && createdAt <= sinceMs) return { sequence, offset: 0 };
  }
  return undefined;
}

function spansOf(fd: number): readonly Span[] {
  const spans: Span[] = [];
  const scanner = new SegmentScanner(fd, HEADER_BYTES);
  for (let found = scanner.next(); found.kind !== 'tail'; found = scanner.next()) {
    spans.push({ kind: found.kind, offset: found.offset, end: found.end });
  }
  return spans;
}

/** The frame was found sound a moment ago, and what is written once is never changed. */
function batchOf(fd: number, segment: Segment, span: Span): SpoolBatch {
  const { sequence } = segment;
  const [position, next] = [
    { sequence, offset: span.offset },
    { sequence, offset: span.end },
  ];
  if (span.kind === 'damage')
    return { position, next, lines: [], corrupt: { reason: 'damaged', bytes: span.end - span.offset } };
  const payload = Buffer.allocUnsafe(span.end - span.offset - FRAME_HEAD_BYTES);
  const read = readSync(fd, payload, 0, payload.length, span.offset + FRAME_HEAD_BYTES);
  return { position, next, lines: payload.toString('latin1', 0, read - 1).split('\n') };
}

function createdAtOf(path: string): number | undefined {
  const fd = openSegment(path);
  if (fd === undefined) return undefined;
  try {
    return readHeader(fd)?.createdAt;
  } finally {
    closeSync(fd);
  }
}
