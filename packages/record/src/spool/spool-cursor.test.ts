import { appendFileSync, mkdirSync, rmSync, truncateSync } from 'node:fs';
import { randomFrom } from '@gatehouse/kernel';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  drain,
  frameOf,
  linesOf,
  payloadOf,
  readAll,
  reasonsOf,
  segmentOf,
  writeSegment,
} from '../__fixtures__/spool-files.ts';
import { temporaryFolder } from '../__fixtures__/temporary-folder.ts';
import { segmentPath } from './segments.ts';
import { SpoolCursor } from './spool-cursor.ts';
import type { Position } from './spool-cursor.ts';
import { SpoolWriter } from './spool-writer.ts';
import type { SpoolOptions } from './spool-options.ts';

const [a, b, c] = [frameOf('{"a":1}'), frameOf('{"b":1}', '{"b":2}'), frameOf('{"c":1}')];

function cursorOn(dir: string, from?: Position): SpoolCursor {
  const cursor = new SpoolCursor(dir, from);
  onTestFinished(() => cursor.close());
  return cursor;
}

function writerOn(dir: string, options: Partial<SpoolOptions> = {}): SpoolWriter {
  const writer = SpoolWriter.open(dir, { now: () => 0, owner: 'test', ...options });
  onTestFinished(() => writer.close());
  return writer;
}

describe('SpoolCursor', () => {
  it('finds nothing in a folder that is not there, is empty or holds no frame', () => {
    const dir = temporaryFolder();
    const cursor = cursorOn(dir);
    expect(cursor.next()).toBeUndefined();
    mkdirSync(dir);
    expect(cursor.next()).toBeUndefined();
    writeSegment(dir, 1, segmentOf().subarray(0, 10));
    expect(cursor.next()).toBeUndefined();
    writeSegment(dir, 1, segmentOf());
    expect(cursor.next()).toBeUndefined();
    writeSegment(dir, 1, segmentOf(a));
    expect(linesOf(drain(cursor))).toEqual(['{"a":1}']);
  });

  it('goes from segment to segment', () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, segmentOf(a, b));
    writeSegment(dir, 2, segmentOf());
    writeSegment(dir, 3, segmentOf(c));
    const batches = readAll(dir);
    expect(linesOf(batches)).toEqual(['{"a":1}', '{"b":1}', '{"b":2}', '{"c":1}']);
    expect(reasonsOf(batches)).toEqual([]);
  });

  it('can be begun again at any `next`', () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, segmentOf(a, b));
    writeSegment(dir, 2, segmentOf(c, a));
    const batches = readAll(dir);
    for (const [i, { next }] of batches.entries()) expect(drain(cursorOn(dir, next))).toEqual(batches.slice(i + 1));
    expect(batches.map(({ position }) => position).slice(1, 2)).toEqual([batches[0]?.next]);
  });

  it('begins with the oldest there is', () => {
    const dir = temporaryFolder();
    writeSegment(dir, 7, segmentOf(a));
    expect(reasonsOf(readAll(dir))).toEqual([]);
    expect(linesOf(readAll(dir))).toEqual(['{"a":1}']);
  });

  it('sees what is written after it came to the end', () => {
    const dir = temporaryFolder();
    const writer = writerOn(dir, { segmentBytesMax: 200, totalBytesMax: 4000 });
    const cursor = cursorOn(dir);
    for (let i = 0; i < 50; i++) {
      writer.append(payloadOf(`{"i":${i},"x":"${'x'.repeat(40)}"}`), 1);
      expect(linesOf(drain(cursor))).toHaveLength(1);
    }
  });

  it('reads the last frame of a segment that was finished behind its back', () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, segmentOf(a));
    const cursor = cursorOn(dir);
    expect(linesOf(drain(cursor))).toEqual(['{"a":1}']);
    appendFileSync(segmentPath(dir, 1), b);
    writeSegment(dir, 2, segmentOf(c));
    expect(linesOf(drain(cursor))).toEqual(['{"b":1}', '{"b":2}', '{"c":1}']);
  });

  it('reads a segment to its end that was deleted while it was read', () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, segmentOf(a, b));
    const cursor = cursorOn(dir);
    expect(cursor.next()?.lines).toEqual(['{"a":1}']);
    rmSync(segmentPath(dir, 1));
    writeSegment(dir, 2, segmentOf(c));
    expect(linesOf(drain(cursor))).toEqual(['{"b":1}', '{"b":2}', '{"c":1}']);
  });
});

describe('SpoolCursor tells of a hole', () => {
  it('where segments were deleted before they were read', () => {
    const dir = temporaryFolder();
    for (const sequence of [1, 2, 3, 4]) writeSegment(dir, sequence, segmentOf(a));
    const cursor = cursorOn(dir);
    expect(cursor.next()?.lines).toEqual(['{"a":1}']);
    rmSync(segmentPath(dir, 2));
    rmSync(segmentPath(dir, 3));
    const rest = drain(cursor);
    expect(reasonsOf(rest)).toEqual(['missing']);
    expect(rest[0]).toMatchObject({ position: { sequence: 2, offset: 0 }, next: { sequence: 4, offset: 0 } });
    expect(linesOf(rest)).toEqual(['{"a":1}']);
  });

  it('where bytes in the middle are damaged, and goes on behind them', () => {
    const dir = temporaryFolder();
    const bytes = segmentOf(a, b, c);
    bytes.fill('#', 24 + a.length, 24 + a.length + b.length);
    writeSegment(dir, 1, bytes);
    const batches = readAll(dir);
    expect(linesOf(batches)).toEqual(['{"a":1}', '{"c":1}']);
    expect(batches[1]).toEqual({
      position: { sequence: 1, offset: 24 + a.length },
      next: { sequence: 1, offset: 24 + a.length + b.length },
      lines: [],
      corrupt: { reason: 'damaged', bytes: b.length },
    });
  });

  it('where a finished segment is torn, at every byte', () => {
    const whole = segmentOf(a, b);
    for (let cut = 1; cut < b.length; cut++) {
      const dir = temporaryFolder();
      writeSegment(dir, 1, whole.subarray(0, whole.length - cut));
      expect(reasonsOf(readAll(dir))).toEqual([]);
      writeSegment(dir, 2, segmentOf(c));
      const batches = readAll(dir);
      expect(linesOf(batches)).toEqual(['{"a":1}', '{"c":1}']);
      expect(batches[1]?.corrupt).toEqual({ reason: 'torn', bytes: b.length - cut });
    }
  });

  it('where a file is no segment, once a later one is there', () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, Buffer.alloc(100, 'x'));
    const cursor = cursorOn(dir);
    expect(drain(cursor)).toEqual([]);
    writeSegment(dir, 2, segmentOf(c));
    const batches = drain(cursor);
    expect(batches[0]?.corrupt).toEqual({ reason: 'foreign', bytes: 100 });
    expect(linesOf(batches)).toEqual(['{"c":1}']);
  });

  it('where the folder was begun anew', () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, segmentOf(a));
    const batches = drain(cursorOn(dir, { sequence: 9, offset: 500 }));
    expect(reasonsOf(batches)).toEqual(['reset']);
    expect(linesOf(batches)).toEqual(['{"a":1}']);
  });

  it('where the folder was begun anew while it was read', () => {
    const dir = temporaryFolder();
    writeSegment(dir, 5, segmentOf(a));
    const cursor = cursorOn(dir);
    drain(cursor);
    rmSync(dir, { recursive: true });
    expect(drain(cursor)).toEqual([]);
    writeSegment(dir, 1, segmentOf(c));
    const batches = drain(cursor);
    expect(reasonsOf(batches)).toEqual(['reset']);
    expect(linesOf(batches)).toEqual(['{"c":1}']);
  });

  it('where a file is shorter than what was read of it', () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, segmentOf(a, b));
    const cursor = cursorOn(dir);
    drain(cursor);
    truncateSync(segmentPath(dir, 1), 24 + a.length);
    const shrunk = drain(cursor);
    expect(reasonsOf(shrunk)).toEqual(['shrunk']);
    expect(shrunk[0]?.next).toEqual({ sequence: 1, offset: 24 + a.length });
    appendFileSync(segmentPath(dir, 1), c);
    expect(linesOf(drain(cursor))).toEqual(['{"c":1}']);
  });
});

describe('SpoolCursor beside a writer', () => {
  const random = randomFrom(11);
  const upTo = (n: number): number => Math.floor(random() * n);

  /** A writer that is closed, killed with a torn frame, damaged or left alone at random, and readers that come and go. */
  function play(rounds: number): { readonly written: string[]; readonly seen: string[]; readonly holes: number } {
    const dir = temporaryFolder();
    const options = { now: () => 0, owner: 'test', segmentBytesMax: 600, totalBytesMax: 3000 };
    let writer = SpoolWriter.open(dir, options);
    let cursor = new SpoolCursor(dir);
    const written: string[] = [];
    const seen: string[] = [];
    let holes = 0;
    const read = (): void => {
      const batches = drain(cursor);
      seen.push(...linesOf(batches));
      holes += reasonsOf(batches).length;
    };
    const steps = [
      () => {
        const lines = Array.from({ length: 1 + upTo(3) }, (_, i) => `{"n":${written.length + i}}`);
        if (writer.append(payloadOf(...lines), lines.length)) written.push(...lines);
      },
      read,
      () => {
        const at = cursor.position;
        cursor.close();
        cursor = new SpoolCursor(dir, at);
      },
      () => {
        writer.close();
        const torn = frameOf('{"never":"written"}');
        const newest = Math.max(0, ...readAll(dir).map(({ next }) => next.sequence));
        if (newest > 0) appendFileSync(segmentPath(dir, newest), torn.subarray(0, upTo(torn.length)));
        read();
        writer = SpoolWriter.open(dir, options);
      },
    ];
    for (let i = 0; i < rounds; i++) steps[Math.max(0, upTo(steps.length + 6) - 6)]?.();
    read();
    cursor.close();
    writer.close();
    return { written, seen, holes };
  }

  it('yields what was written, in order and once, with a hole wherever something is left out', () => {
    for (let game = 0; game < 25; game++) {
      const { written, seen, holes } = play(150);
      expect(new Set(seen).size).toBe(seen.length);
      const numbers = seen.map((line) => written.indexOf(line));
      expect(numbers).toEqual(numbers.toSorted((x, y) => x - y));
      expect(numbers[0] ?? 0).toBeGreaterThanOrEqual(0);
      if (holes === 0) expect(seen).toEqual(written.slice(written.length - seen.length));
    }
  });
});
