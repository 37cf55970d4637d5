import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  frameOf,
  linesOf,
  payloadOf,
  readAll,
  readSegment,
  reasonsOf,
  segmentOf,
  writeSegment,
} from '../__fixtures__/spool-files.ts';
import { temporaryFolder } from '../__fixtures__/temporary-folder.ts';
import { writeAt } from './segment-file.ts';
import { listSegments, segmentPath } from './segments.ts';
import { SpoolWriter } from './spool-writer.ts';
import type { SpoolOptions } from './spool-options.ts';

function open(dir: string, options: Partial<SpoolOptions> = {}): SpoolWriter {
  const writer = SpoolWriter.open(dir, { now: () => 5000, owner: 'test', ...options });
  onTestFinished(() => writer.close());
  return writer;
}

const put = (writer: SpoolWriter, ...lines: readonly string[]): boolean =>
  writer.append(payloadOf(...lines), lines.length);
const line = (i: number): string => `{"i":${String(i).padStart(80, '0')}}`;
const sequences = (dir: string): readonly number[] => listSegments(dir).map(({ sequence }) => sequence);
const read = (dir: string): readonly string[] => linesOf(readAll(dir));
/** A segment of this size holds eight of these lines, one a frame. */
const small = { segmentBytesMax: 900, totalBytesMax: 3600 };

describe('SpoolWriter', () => {
  it('makes a folder and files that only their owner can read', () => {
    const dir = temporaryFolder();
    put(open(dir), '{"a":1}');
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(readdirSync(dir)).toEqual(['lock', 'spool-0000000000000001.ghs']);
    expect(statSync(segmentPath(dir, 1)).mode & 0o777).toBe(0o600);
  });

  it('makes no file before there is something to write', () => {
    const dir = temporaryFolder();
    expect(open(dir).opened).toEqual({ sequence: undefined, truncatedBytes: 0, damagedBytes: 0 });
    expect(sequences(dir)).toEqual([]);
  });

  it('lets a reader see at once what was appended', () => {
    const dir = temporaryFolder();
    const writer = open(dir);
    expect(put(writer, '{"a":1}', '{"a":2}')).toBe(true);
    expect(read(dir)).toEqual(['{"a":1}', '{"a":2}']);
    expect(put(writer, '{"a":3}')).toBe(true);
    expect(read(dir)).toEqual(['{"a":1}', '{"a":2}', '{"a":3}']);
  });

  it('counts what it writes', () => {
    const writer = open(temporaryFolder());
    put(writer, '{"a":1}', '{"a":2}');
    put(writer, '{"a":3}');
    writer.flush();
    expect(writer.stats()).toEqual({
      frames: 2,
      lines: 3,
      payloadBytes: 24,
      failedAppends: 0,
      failedSyncs: 0,
      lastError: undefined,
      segments: 1,
      bytes: 24 + 2 * 12 + 24,
      deletedSegments: 0,
      deletedBytes: 0,
    });
  });

  it('goes on with the newest segment when it is opened again', () => {
    const dir = temporaryFolder();
    const first = open(dir);
    put(first, '{"a":1}');
    first.close();
    const second = open(dir);
    expect(second.opened).toEqual({ sequence: 1, truncatedBytes: 0, damagedBytes: 0 });
    put(second, '{"a":2}');
    expect(sequences(dir)).toEqual([1]);
    expect(read(dir)).toEqual(['{"a":1}', '{"a":2}']);
  });

  it('refuses a folder that another writes to', () => {
    const dir = temporaryFolder();
    put(open(dir), '{"a":1}');
    expect(() => open(dir, { owner: 'other' })).toThrow('in use by another gatehouse');
  });

  it('gives the folder back when it is closed', () => {
    const dir = temporaryFolder();
    open(dir).close();
    put(open(dir, { owner: 'other' }), '{"a":1}');
    expect(read(dir)).toEqual(['{"a":1}']);
  });

  it('refuses a bound that leaves no room for two segments', () => {
    expect(() => open(temporaryFolder(), { segmentBytesMax: 1000, totalBytesMax: 1999 })).toThrow('two segments');
  });

  it('refuses what no reader could read', () => {
    const writer = open(temporaryFolder(), small);
    for (const [bytes, count] of [
      [Buffer.alloc(0), 0],
      [Buffer.from('{}'), 1],
      [payloadOf('{}'), 0],
      [payloadOf('x'.repeat(900)), 1],
    ] as const) {
      expect(writer.takes(bytes, count)).toBe(false);
      expect(() => writer.append(bytes, count)).toThrow(RangeError);
    }
  });
});

describe('SpoolWriter on a folder whose process died', () => {
  const [a, b] = [frameOf('{"a":1}'), frameOf('{"b":1}', '{"b":2}')];

  it('cuts off a torn frame at every byte and goes on', () => {
    const whole = segmentOf(a, b);
    for (let cut = 1; cut < b.length; cut++) {
      const dir = temporaryFolder();
      writeSegment(dir, 1, whole.subarray(0, whole.length - cut));
      const writer = open(dir);
      expect(writer.opened).toEqual({ sequence: 1, truncatedBytes: b.length - cut, damagedBytes: 0 });
      put(writer, '{"c":1}');
      writer.close();
      expect(readSegment(dir, 1)).toEqual(segmentOf(a, frameOf('{"c":1}')));
    }
  });

  it('begins a segment anew whose header is not whole', () => {
    for (let length = 0; length < 24; length++) {
      const dir = temporaryFolder();
      writeSegment(dir, 1, segmentOf(a));
      writeSegment(dir, 2, segmentOf().subarray(0, length));
      const writer = open(dir);
      expect(writer.opened).toEqual({ sequence: undefined, truncatedBytes: length, damagedBytes: 0 });
      put(writer, '{"b":1}');
      writer.close();
      expect(sequences(dir)).toEqual([1, 2]);
      expect(read(dir)).toEqual(['{"a":1}', '{"b":1}']);
    }
  });

  it('keeps sound frames that stand behind damage', () => {
    const dir = temporaryFolder();
    const bytes = segmentOf(a, b, a);
    bytes.writeUInt8(bytes.readUInt8(24 + a.length + 20) ^ 1, 24 + a.length + 20);
    writeSegment(dir, 1, bytes);
    const writer = open(dir);
    expect(writer.opened).toEqual({ sequence: 1, truncatedBytes: 0, damagedBytes: b.length });
    put(writer, '{"c":1}');
    expect(read(dir)).toEqual(['{"a":1}', '{"a":1}', '{"c":1}']);
    expect(reasonsOf(readAll(dir))).toEqual(['damaged']);
  });

  it('leaves a file of a later version alone and begins the next', () => {
    const dir = temporaryFolder();
    const later = segmentOf(a);
    later.writeUInt32LE(9, 8);
    writeSegment(dir, 4, later);
    const writer = open(dir);
    put(writer, '{"c":1}');
    expect(sequences(dir)).toEqual([4, 5]);
    expect(readSegment(dir, 4)).toEqual(later);
    expect(read(dir)).toEqual(['{"c":1}']);
  });

  it('leaves other files of the folder alone', () => {
    const dir = temporaryFolder();
    mkdirSync(dir);
    for (const name of ['notes.txt', 'spool-1.ghs', 'spool-0000000000000001.ghs.bak', 'spool-000000000000000x.ghs'])
      writeFileSync(join(dir, name), 'x');
    put(open(dir, small), line(1));
    expect(readdirSync(dir)).toHaveLength(6);
    expect(sequences(dir)).toEqual([1]);
  });
});

describe('SpoolWriter keeps its bounds', () => {
  it('begins a new segment when one is full', () => {
    const dir = temporaryFolder();
    const writer = open(dir, small);
    for (let i = 0; i < 20; i++) put(writer, line(i));
    expect(sequences(dir)).toEqual([1, 2, 3]);
    for (const { path } of listSegments(dir)) expect(statSync(path).size).toBeLessThanOrEqual(900);
    expect(read(dir)).toEqual(Array.from({ length: 20 }, (_, i) => line(i)));
  });

  it('begins a new segment when one is old', () => {
    const clock = { now: 0 };
    const dir = temporaryFolder();
    const writer = open(dir, { now: () => clock.now, segmentAgeMs: 1000 });
    for (const now of [0, 999, 1000, 1999, 2000]) {
      clock.now = now;
      put(writer, `{"now":${now}}`);
    }
    expect(sequences(dir)).toEqual([1, 2, 3]);
  });

  it('counts the age of a segment from when it was begun, also across processes', () => {
    const dir = temporaryFolder();
    const first = open(dir, { now: () => 0, segmentAgeMs: 1000 });
    put(first, '{"a":1}');
    first.close();
    put(open(dir, { now: () => 1000, segmentAgeMs: 1000 }), '{"a":2}');
    expect(sequences(dir)).toEqual([1, 2]);
  });

  it('deletes the oldest and never exceeds the whole', () => {
    const dir = temporaryFolder();
    const writer = open(dir, small);
    for (let i = 0; i < 100; i++) {
      put(writer, line(i));
      const bytes = listSegments(dir).reduce((sum, { path }) => sum + statSync(path).size, 0);
      expect(bytes).toBeLessThanOrEqual(3600);
      expect(writer.stats().bytes).toBe(bytes);
    }
    const kept = read(dir);
    expect(kept.at(-1)).toBe(line(99));
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => line(100 - kept.length + i)));
    expect(kept.length).toBeGreaterThan(24);
    expect(writer.stats()).toMatchObject({ segments: 4, deletedSegments: Number(sequences(dir)[0]) - 1 });
  });

  it('deletes what is too much already when it is opened', () => {
    const dir = temporaryFolder();
    for (let i = 1; i <= 9; i++) writeSegment(dir, i, segmentOf(frameOf(line(i)), Buffer.alloc(700)));
    const writer = open(dir, small);
    expect(sequences(dir)).toEqual([6, 7, 8, 9]);
    expect(writer.stats()).toMatchObject({ deletedSegments: 5, segments: 4 });
  });

  it('holds back what a shipper protects', () => {
    const dir = temporaryFolder();
    const writer = open(dir, { ...small, protectedBytesMax: 9000 });
    writer.protect(2);
    for (let i = 0; i < 60; i++) put(writer, line(i));
    expect(sequences(dir)[0]).toBe(2);
    writer.protect(undefined);
    for (let i = 0; i < 20; i++) put(writer, line(i));
    expect(sequences(dir)).toHaveLength(4);
  });

  it('lets protected ones go at the outer bound', () => {
    const dir = temporaryFolder();
    const writer = open(dir, { ...small, protectedBytesMax: 5400 });
    writer.protect(1);
    for (let i = 0; i < 200; i++) put(writer, line(i));
    expect(sequences(dir)).toHaveLength(6);
  });
});

describe('SpoolWriter on a failing disk', () => {
  /** Takes `room` bytes and no more. */
  function disk(room: number) {
    const state = { room };
    const write: SpoolOptions['write'] = (fd, bytes, offset, position) => {
      if (state.room <= 0) throw new Error('ENOSPC: no space left on device');
      const length = Math.min(state.room, bytes.length - offset);
      state.room -= length;
      return writeAt(fd, bytes.subarray(0, offset + length), offset, position);
    };
    return { state, write };
  }

  it('says that nothing was written and goes on when there is room again', () => {
    const dir = temporaryFolder();
    const { state, write } = disk(200);
    const writer = open(dir, { write });
    expect([1, 2, 3].map((i) => put(writer, line(i)))).toEqual([true, false, false]);
    expect(read(dir)).toEqual([line(1)]);
    expect(reasonsOf(readAll(dir))).toEqual([]);
    expect(writer.stats()).toMatchObject({
      frames: 1,
      failedAppends: 2,
      lastError: 'Error: ENOSPC: no space left on device',
    });
    state.room = 1000;
    expect(put(writer, line(4))).toBe(true);
    expect(read(dir)).toEqual([line(1), line(4)]);
  });

  it('tries again when not even a new segment can be begun', () => {
    const dir = temporaryFolder();
    const { state, write } = disk(0);
    const writer = open(dir, { write });
    for (const room of [0, 10, 23, 24, 30]) {
      state.room = room;
      expect(put(writer, line(1))).toBe(false);
    }
    state.room = 1000;
    expect(put(writer, line(1))).toBe(true);
    expect(sequences(dir)).toEqual([1]);
    expect(read(dir)).toEqual([line(1)]);
  });

  it('never shows a reader a part of a frame, wherever the disk ends', () => {
    for (let room = 0; room < 300; room++) {
      const dir = temporaryFolder();
      const { state, write } = disk(room);
      const writer = open(dir, { write });
      const written = [1, 2, 3].filter((i) => put(writer, line(i)));
      state.room = 1000;
      expect(put(writer, line(9))).toBe(true);
      expect(read(dir)).toEqual([...written, 9].map(line));
      expect(reasonsOf(readAll(dir))).toEqual([]);
      writer.close();
    }
  });
});

describe('SpoolWriter looked after', () => {
  it('begins anew when its file was deleted', () => {
    const dir = temporaryFolder();
    const writer = open(dir);
    put(writer, '{"a":1}');
    writer.maintain();
    rmSync(segmentPath(dir, 1));
    put(writer, '{"a":2}');
    writer.maintain();
    put(writer, '{"a":3}');
    expect(sequences(dir)).toEqual([2]);
    expect(read(dir)).toEqual(['{"a":3}']);
  });

  it('begins anew when its folder was deleted', () => {
    const dir = temporaryFolder();
    const writer = open(dir);
    put(writer, '{"a":1}');
    rmSync(dir, { recursive: true });
    writer.maintain();
    expect(put(writer, '{"a":2}')).toBe(true);
    expect(read(dir)).toEqual(['{"a":2}']);
  });

  it('needs no looking after when nothing was written', () => {
    const writer = open(temporaryFolder());
    writer.maintain();
    writer.flush();
    expect(writer.stats()).toMatchObject({ segments: 0, bytes: 0, failedSyncs: 0 });
  });

  it('may be closed twice', () => {
    const writer = open(temporaryFolder());
    put(writer, '{"a":1}');
    writer.close();
    writer.close();
  });
});
