import { describe, expect, it } from 'vitest';
import { frameOf, linesOf, readAll, reasonsOf, segmentOf, writeSegment } from '../__fixtures__/spool-files.ts';
import { temporaryFolder } from '../__fixtures__/temporary-folder.ts';
import { positionSince, readBackwards } from './read-backwards.ts';
import { encodeHeader } from './segment-format.ts';

const [a, b, c] = [frameOf('{"a":1}'), frameOf('{"b":1}', '{"b":2}'), frameOf('{"c":1}')];
const begunAt = (createdAt: number, frame: Uint8Array): Buffer => Buffer.concat([encodeHeader({ createdAt }), frame]);

function threeSegments(): string {
  const dir = temporaryFolder();
  writeSegment(dir, 4, begunAt(1000, a));
  writeSegment(dir, 5, begunAt(2000, b));
  writeSegment(dir, 6, begunAt(3000, c));
  return dir;
}

describe('readBackwards', () => {
  it('yields the batches of a reader the other way round', () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, segmentOf(a, b));
    writeSegment(dir, 2, segmentOf());
    writeSegment(dir, 3, segmentOf(c, a, b));
    const backwards = [...readBackwards(dir)].toReversed();
    expect(linesOf(backwards)).toEqual(linesOf(readAll(dir)));
    expect(backwards.map(({ next }) => next)).toEqual(readAll(dir).map(({ next }) => next));
  });

  it('yields nothing where there is nothing', () => {
    expect([...readBackwards(temporaryFolder())]).toEqual([]);
  });

  it('tells of damage in its place', () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, segmentOf(a, Buffer.from('damage'), b));
    const batches = [...readBackwards(dir)];
    expect(reasonsOf(batches.slice(1, 2))).toEqual(['damaged']);
    expect(batches).toHaveLength(3);
  });

  it('leaves out a torn end and files that are no segments', () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, Buffer.from('something else altogether, long enough'));
    writeSegment(dir, 2, segmentOf(a, b.subarray(0, 20)));
    expect(linesOf([...readBackwards(dir)])).toEqual(['{"a":1}']);
  });

  it('can be left at any time', () => {
    for (const batch of readBackwards(threeSegments())) {
      expect(batch.lines).toEqual(['{"c":1}']);
      break;
    }
  });

  it('leaves out segments that were finished before the time in question', () => {
    const dir = threeSegments();
    const since = (ms: number): readonly string[] => linesOf([...readBackwards(dir, ms)]);
    expect(since(3000)).toEqual(['{"c":1}']);
    expect(since(2999)).toEqual(['{"c":1}', '{"b":1}', '{"b":2}']);
    expect(since(1999)).toEqual(['{"c":1}', '{"b":1}', '{"b":2}', '{"a":1}']);
    expect(since(0)).toHaveLength(4);
  });
});

describe('positionSince', () => {
  it('is the segment that was being written at that time', () => {
    const dir = threeSegments();
    const check = (ms: number, sequence: number): void =>
      expect(positionSince(dir, ms)).toEqual({ sequence, offset: 0 });
    check(9999, 6);
    check(3000, 6);
    check(2999, 5);
    check(1000, 4);
  });

  it('is the beginning when all is later', () => {
    expect(positionSince(threeSegments(), 999)).toBeUndefined();
    expect(positionSince(temporaryFolder(), 0)).toBeUndefined();
  });
});
