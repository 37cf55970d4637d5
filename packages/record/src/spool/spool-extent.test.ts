import { describe, expect, it } from 'vitest';
import { frameOf, segmentOf, writeSegment } from '../__fixtures__/spool-files.ts';
import { temporaryFolder } from '../__fixtures__/temporary-folder.ts';
import { HEADER_BYTES } from './segment-format.ts';
import { SpoolCursor } from './spool-cursor.ts';
import { spoolBytesBehind, spoolEnd } from './spool-extent.ts';

const BEGINNING = { sequence: 0, offset: 0 };

describe('spoolEnd', () => {
  it('is the beginning where there is nothing yet', () => {
    expect(spoolEnd(temporaryFolder())).toEqual(BEGINNING);
  });

  it('is behind the last frame, from where nothing is read but what comes', () => {
    const dir = temporaryFolder();
    const frames = [frameOf('a', 'b'), frameOf('c')];
    writeSegment(dir, 1, segmentOf(...frames));
    const end = spoolEnd(dir);
    expect(end).toEqual({ sequence: 1, offset: segmentOf(...frames).length });
    writeSegment(dir, 1, segmentOf(...frames, frameOf('d')));
    expect(new SpoolCursor(dir, end).next()?.lines).toEqual(['d']);
  });

  it('is behind the last sound frame where one is being written', () => {
    const dir = temporaryFolder();
    const whole = segmentOf(frameOf('a'));
    writeSegment(dir, 7, Buffer.concat([whole, frameOf('b').subarray(0, 9)]));
    expect(spoolEnd(dir)).toEqual({ sequence: 7, offset: whole.length });
  });

  it('is the end of the segment before where a new one has no frame yet', () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, segmentOf(frameOf('a')));
    writeSegment(dir, 2, segmentOf());
    const end = spoolEnd(dir);
    writeSegment(dir, 2, segmentOf(frameOf('b')));
    expect(new SpoolCursor(dir, end).next()?.lines).toEqual(['b']);
  });
});

describe('spoolBytesBehind', () => {
  it('is nothing where there is nothing', () => expect(spoolBytesBehind(temporaryFolder(), BEGINNING)).toBe(0));

  it('counts the rest of a segment and all later ones', () => {
    const dir = temporaryFolder();
    for (const sequence of [1, 2, 3]) writeSegment(dir, sequence, segmentOf(frameOf(`line ${sequence}`)));
    const each = segmentOf(frameOf('line 1')).length;
    expect(spoolBytesBehind(dir, BEGINNING)).toBe(3 * each);
    expect(spoolBytesBehind(dir, { sequence: 2, offset: HEADER_BYTES })).toBe(2 * each - HEADER_BYTES);
    expect(spoolBytesBehind(dir, spoolEnd(dir))).toBe(0);
    expect(spoolBytesBehind(dir, { sequence: 3, offset: 10_000 })).toBe(0);
  });
});
