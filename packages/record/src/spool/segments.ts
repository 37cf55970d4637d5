import { openSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Segment {
  readonly sequence: number;
  readonly path: string;
}

const NAME = /^spool-(\d{16})\.ghs$/;

export function segmentPath(dir: string, sequence: number): string {
  return join(dir, `spool-${String(sequence).padStart(16, '0')}.ghs`);
}

/** Oldest first; none when there is no such folder yet. Other files are left alone. */
export function listSegments(dir: string): readonly Segment[] {
  const segments: Segment[] = [];
  for (const name of namesIn(dir)) {
    const sequence = Number(NAME.exec(name)?.[1]);
    if (Number.isSafeInteger(sequence)) segments.push({ sequence, path: join(dir, name) });
  }
  return segments.toSorted((a, b) => a.sequence - b.sequence);
}

/** 0 for a file that is gone. */
export function segmentBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** For reading; `undefined` for a file that was deleted since the folder was listed. */
export function openSegment(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Whether a system call failed for this reason. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
