import { describe, expect, it } from 'vitest';
import { frameOf, segmentOf, writeSegment } from '../__fixtures__/spool-files.ts';
import { temporaryFolder } from '../__fixtures__/temporary-folder.ts';
import { inspectSegment } from './inspect-segment.ts';
import { frameSum } from './segment-format.ts';
import { segmentPath } from './segments.ts';

const [a, b] = [frameOf('{"a":1}'), frameOf('{"b":1}', '{"b":2}')];

describe('inspectSegment', () => {
  const check = (bytes: Buffer, expected: Partial<ReturnType<typeof inspectSegment>>): void => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, bytes);
    expect(inspectSegment(segmentPath(dir, 1))).toMatchObject({ bytes: bytes.length, ...expected });
  };

  it('finds the end of a sound segment and its last frame', () => {
    const last = { bytes: b.length, sum: frameSum(b, 0) };
    check(segmentOf(a, b), { createdAt: 1000, soundEnd: segmentOf(a, b).length, damagedBytes: 0, last });
  });

  it('finds a segment without frames', () => check(segmentOf(), { createdAt: 1000, soundEnd: 24, last: undefined }));

  it('finds where a torn frame begins', () => {
    check(segmentOf(a, b.subarray(0, 9)), {
      soundEnd: segmentOf(a).length,
      last: { bytes: a.length, sum: frameSum(a, 0) },
    });
  });

  it('counts damage between frames, and not behind the last', () => {
    check(segmentOf(Buffer.from('123'), a, Buffer.from('45'), b, Buffer.from('tail')), { damagedBytes: 5 });
  });

  it('knows a file that is no segment', () => {
    check(Buffer.from('something else altogether'), { createdAt: undefined, soundEnd: 0 });
    check(Buffer.alloc(0), { createdAt: undefined, soundEnd: 0 });
  });
});
