import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { encodeFrame, encodeHeader } from '../spool/segment-format.ts';
import { segmentPath } from '../spool/segments.ts';
import { SpoolCursor } from '../spool/spool-cursor.ts';
import type { SpoolBatch } from '../spool/spool-cursor.ts';

/** A payload of these lines. */
export function payloadOf(...lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1');
}

/** A frame of these lines. */
export function frameOf(...lines: readonly string[]): Buffer {
  return encodeFrame(payloadOf(...lines), lines.length);
}

/** The bytes of a whole segment. */
export function segmentOf(...frames: readonly Uint8Array[]): Buffer {
  return Buffer.concat([encodeHeader({ createdAt: 1000 }), ...frames]);
}

export function writeSegment(dir: string, sequence: number, bytes: Uint8Array): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(segmentPath(dir, sequence), bytes);
}

export function readSegment(dir: string, sequence: number): Buffer {
  return readFileSync(segmentPath(dir, sequence));
}

/** All that a fresh reader finds. */
export function readAll(dir: string): readonly SpoolBatch[] {
  return drain(new SpoolCursor(dir));
}

/** All that is there for this reader now. */
export function drain(cursor: SpoolCursor): readonly SpoolBatch[] {
  const batches: SpoolBatch[] = [];
  for (let batch = cursor.next(); batch !== undefined; batch = cursor.next()) batches.push(batch);
  return batches;
}

export function linesOf(batches: readonly SpoolBatch[]): readonly string[] {
  return batches.flatMap(({ lines }) => lines);
}

export function reasonsOf(batches: readonly SpoolBatch[]): readonly string[] {
  return batches.flatMap(({ corrupt }) => (corrupt === undefined ? [] : [corrupt.reason]));
}
