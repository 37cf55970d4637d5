import { describe, expect, it } from 'vitest';
import { frameOf, segmentOf, writeSegment } from '../__fixtures__/spool-files.ts';
import { temporaryFolder } from '../__fixtures__/temporary-folder.ts';
import { missingLines } from './missing-lines.ts';
import { encodeHeader } from './segment-format.ts';

const HOUR_MS = 3_600_000;
const begunAt = (createdAt: number, frame: Uint8Array): Buffer => Buffer.concat([encodeHeader({ createdAt }), frame]);

describe('missingLines', () => {
  it('are those that no frame holds, each once and in their order', () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, segmentOf(frameOf('a', 'b'), frameOf('c')));
    writeSegment(dir, 2, segmentOf(frameOf('d')));
    expect(missingLines(dir, ['x\n', 'c\n', 'a\n', 'd\n', 'y\n', 'x\n'], 0)).toEqual(['x\n', 'y\n']);
  });

  it('are all of them where there is no folder, and none of none', () => {
    expect(missingLines(temporaryFolder(), ['x\n'], 0)).toEqual(['x\n']);
    expect(missingLines(temporaryFolder(), [], 0)).toEqual([]);
  });

  it('are looked for in the segments that were written to since, and no further', () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, begunAt(HOUR_MS, frameOf('old')));
    writeSegment(dir, 2, begunAt(2 * HOUR_MS, frameOf('a')));
    writeSegment(dir, 3, begunAt(3 * HOUR_MS, frameOf('b')));
    const lines = ['old\n', 'a\n', 'b\n'];
    expect(missingLines(dir, lines, 3 * HOUR_MS - 1)).toEqual(['old\n']);
    expect(missingLines(dir, lines, HOUR_MS)).toEqual([]);
  });

  it('are found behind damage', () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, segmentOf(frameOf('a'), Buffer.from('damage'), frameOf('b')));
    expect(missingLines(dir, ['a\n', 'b\n', 'c\n'], 0)).toEqual(['c\n']);
  });
});
