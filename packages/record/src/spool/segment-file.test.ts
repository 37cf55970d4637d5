import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { frameOf, segmentOf } from '../__fixtures__/spool-files.ts';
import { temporaryFolder } from '../__fixtures__/temporary-folder.ts';
import { SegmentFile, writeAt } from './segment-file.ts';
import type { WriteAt } from './segment-file.ts';
import { segmentPath } from './segments.ts';

function place() {
  const dir = temporaryFolder();
  mkdirSync(dir);
  return { sequence: 1, path: segmentPath(dir, 1), createdAt: 1000 };
}

const frame = frameOf('{"a":1}');
const unexpected = (error: Error): void => expect.fail(String(error));

describe('SegmentFile', () => {
  it('creates a file that only its owner can read', () => {
    const at = place();
    SegmentFile.create(at, writeAt).close();
    expect(statSync(at.path).mode & 0o777).toBe(0o600);
    expect(readFileSync(at.path)).toEqual(segmentOf());
  });

  it('appends frames and knows its size', () => {
    const at = place();
    const file = SegmentFile.create(at, writeAt);
    file.append(frame);
    file.append(frame);
    expect(readFileSync(at.path)).toEqual(segmentOf(frame, frame));
    expect(file.bytes).toBe(segmentOf(frame, frame).length);
    file.close();
  });

  it('writes a frame in one call', () => {
    const sizes: number[] = [];
    const file = SegmentFile.create(place(), (fd, bytes, offset, position) => {
      sizes.push(bytes.length - offset);
      return writeAt(fd, bytes, offset, position);
    });
    file.append(frame);
    expect(sizes).toEqual([24, frame.length]);
    file.close();
  });

  it('goes on where the system took only a part', () => {
    const at = place();
    const file = SegmentFile.create(at, (fd, bytes, offset, position) =>
      writeAt(fd, bytes.subarray(0, Math.min(bytes.length, offset + 7)), offset, position),
    );
    file.append(frame);
    file.close();
    expect(readFileSync(at.path)).toEqual(segmentOf(frame));
  });

  it('leaves nothing of a frame that could not be written whole', () => {
    const at = place();
    let calls = 0;
    const file = SegmentFile.create(at, (fd, bytes, offset, position) => {
      calls++;
      if (calls === 3) return writeAt(fd, bytes.subarray(0, 5), offset, position);
      if (calls === 4) throw new Error('ENOSPC');
      return writeAt(fd, bytes, offset, position);
    });
    file.append(frame);
    expect(() => file.append(frame)).toThrow('ENOSPC');
    expect(readFileSync(at.path)).toEqual(segmentOf(frame));
    file.append(frame);
    expect(readFileSync(at.path)).toEqual(segmentOf(frame, frame));
    file.close();
  });

  it('does not wait for ever for a system that writes nothing', () => {
    const nothing: WriteAt = (fd, bytes, offset, position) =>
      position === 0 ? writeAt(fd, bytes, offset, position) : 0;
    const file = SegmentFile.create(place(), nothing);
    expect(() => file.append(frame)).toThrow('wrote nothing');
    file.close();
  });

  it('leaves no file when its header cannot be written', () => {
    const at = place();
    const full: WriteAt = () => {
      throw new Error('ENOSPC');
    };
    expect(() => SegmentFile.create(at, full)).toThrow('ENOSPC');
    expect(statSync(at.path, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('cuts off what stands behind the sound end when it is opened again', () => {
    const at = place();
    writeFileSync(at.path, segmentOf(frame, Buffer.from('torn')));
    const file = SegmentFile.reopen({ ...at, bytes: segmentOf(frame).length }, writeAt);
    file.append(frame);
    file.close();
    expect(readFileSync(at.path)).toEqual(segmentOf(frame, frame));
  });

  it('notices that it was deleted', () => {
    const at = place();
    const file = SegmentFile.create(at, writeAt);
    expect(file.isGone()).toBe(false);
    rmSync(at.path);
    expect(file.isGone()).toBe(true);
    file.close();
  });
});

describe('SegmentFile brought to the disk', () => {
  it('may be synced, appended to and retired at any moment', () => {
    const at = place();
    const file = SegmentFile.create(at, writeAt);
    file.append(frame);
    file.syncSoon(unexpected);
    file.append(frame);
    file.syncSoon(unexpected);
    file.sync();
    file.append(frame);
    file.retire(unexpected);
    expect(readFileSync(at.path)).toEqual(segmentOf(frame, frame, frame));
  });

  it('may be closed while a sync is under way', () => {
    const file = SegmentFile.create(place(), writeAt);
    file.append(frame);
    file.syncSoon(unexpected);
    file.close();
  });

  it('may be retired when there is nothing to sync', () => {
    const file = SegmentFile.create(place(), writeAt);
    file.sync();
    file.retire(unexpected);
  });
});
