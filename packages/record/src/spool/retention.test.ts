import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { writeSegment } from '../__fixtures__/spool-files.ts';
import { temporaryFolder } from '../__fixtures__/temporary-folder.ts';
import { Retention } from './retention.ts';
import { listSegments, segmentPath } from './segments.ts';

function setUp(protectedBytesMax = 1000) {
  const dir = temporaryFolder();
  for (const sequence of [3, 4, 5]) writeSegment(dir, sequence, Buffer.alloc(100));
  const retention = new Retention(dir, { totalBytesMax: 400, protectedBytesMax });
  return { dir, retention, left: () => listSegments(dir).map(({ sequence }) => sequence) };
}

describe('Retention', () => {
  it('knows what is in the folder', () => {
    const { retention } = setUp();
    expect(retention.newest?.sequence).toBe(5);
    expect(retention.stats).toEqual({ segments: 3, bytes: 300, deletedSegments: 0, deletedBytes: 0 });
  });

  it('deletes nothing while there is room', () => {
    const { retention, left } = setUp();
    retention.makeRoom(100);
    expect(left()).toEqual([3, 4, 5]);
  });

  it('deletes the oldest, and no more than it must', () => {
    const { retention, left } = setUp();
    retention.makeRoom(101);
    expect(left()).toEqual([4, 5]);
    retention.makeRoom(300);
    expect(left()).toEqual([5]);
    expect(retention.stats).toEqual({ segments: 1, bytes: 100, deletedSegments: 2, deletedBytes: 200 });
  });

  it('deletes all when nothing else makes room', () => {
    const { retention, left } = setUp();
    retention.makeRoom(5000);
    expect(left()).toEqual([]);
    retention.makeRoom(5000);
  });

  it('takes on finished segments and gives back the newest', () => {
    const { dir, retention } = setUp();
    writeSegment(dir, 6, Buffer.alloc(50));
    retention.add({ sequence: 6, path: segmentPath(dir, 6), bytes: 50 });
    expect(retention.stats).toMatchObject({ segments: 4, bytes: 350 });
    retention.takeNewest();
    expect(retention.newest?.sequence).toBe(5);
    expect(existsSync(segmentPath(dir, 6))).toBe(true);
  });

  it('is not held up by a segment that somebody else deleted', () => {
    const { dir, retention, left } = setUp();
    retention.add({ sequence: 6, path: segmentPath(dir, 6), bytes: 500 });
    retention.makeRoom(0);
    expect(left()).toEqual([]);
  });

  it('lets only what is older than the protected go', () => {
    const { retention, left } = setUp();
    retention.protect(4);
    retention.makeRoom(400);
    expect(left()).toEqual([4, 5]);
    retention.protect(undefined);
    retention.makeRoom(400);
    expect(left()).toEqual([]);
  });

  it('lets the protected go at the outer bound', () => {
    const { retention, left } = setUp(450);
    retention.protect(1);
    retention.makeRoom(250);
    expect(left()).toEqual([4, 5]);
  });

  it('never takes an outer bound below the inner one', () => {
    const { retention, left } = setUp(1);
    retention.protect(1);
    retention.makeRoom(100);
    expect(left()).toEqual([3, 4, 5]);
  });
});
