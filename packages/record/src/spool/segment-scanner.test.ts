import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { randomFrom } from '@gatehouse/kernel';
import { describe, expect, it, onTestFinished } from 'vitest';
import { frameOf, segmentOf, writeSegment } from '../__fixtures__/spool-files.ts';
import { temporaryFolder } from '../__fixtures__/temporary-folder.ts';
import { HEADER_BYTES } from './segment-format.ts';
import { readHeader, SegmentScanner } from './segment-scanner.ts';
import { segmentPath } from './segments.ts';

function open(bytes: Uint8Array): number {
  const dir = temporaryFolder();
  writeSegment(dir, 1, bytes);
  const fd = openSync(segmentPath(dir, 1), 'r+');
  onTestFinished(() => closeSync(fd));
  return fd;
}

type Found = string | { readonly damage: number } | { readonly tail: number };

function scan(scanner: SegmentScanner): readonly Found[] {
  const all: Found[] = [];
  for (;;) {
    const found = scanner.next();
    if (found.kind === 'frame') all.push(found.payload.toString('latin1').trimEnd());
    if (found.kind === 'damage') all.push({ damage: found.end - found.offset });
    if (found.kind === 'tail') return [...all, { tail: found.end - found.offset }];
  }
}

const scanBytes = (bytes: Uint8Array): readonly Found[] => scan(new SegmentScanner(open(bytes), HEADER_BYTES));

describe('SegmentScanner', () => {
  const [a, b, c] = [frameOf('{"a":1}'), frameOf('{"b":1}', '{"b":2}'), frameOf('{"c":1}')];

  it('finds the frames in order and a clean end', () => {
    expect(scanBytes(segmentOf(a, b, c))).toEqual(['{"a":1}', '{"b":1}\n{"b":2}', '{"c":1}', { tail: 0 }]);
  });

  it('finds a clean end in a segment without frames', () => {
    expect(scanBytes(segmentOf())).toEqual([{ tail: 0 }]);
  });

  it('says where a frame stands and how many lines it holds', () => {
    const scanner = new SegmentScanner(open(segmentOf(a, b)), 0);
    expect(scanner.next()).toMatchObject({ kind: 'frame', offset: 24, end: 24 + a.length, count: 1 });
    expect(scanner.offset).toBe(24 + a.length);
    expect(scanner.next()).toMatchObject({ offset: 24 + a.length, end: 24 + a.length + b.length, count: 2 });
  });

  it('begins where it is told', () => {
    expect(scan(new SegmentScanner(open(segmentOf(a, b, c)), 24 + a.length))).toEqual([
      '{"b":1}\n{"b":2}',
      '{"c":1}',
      { tail: 0 },
    ]);
  });

  it('finds its way from the middle of a frame', () => {
    const scanner = new SegmentScanner(open(segmentOf(a, b, c)), 24 + 5);
    expect(scan(scanner)).toEqual([{ damage: a.length - 5 }, '{"b":1}\n{"b":2}', '{"c":1}', { tail: 0 }]);
  });

  it('never takes a part of the last frame for a frame, wherever it is cut', () => {
    const whole = segmentOf(a, b, c);
    for (let cut = 1; cut <= c.length; cut++) {
      const expected = cut === c.length ? { tail: 0 } : { tail: c.length - cut };
      expect(scanBytes(whole.subarray(0, whole.length - cut))).toEqual(['{"a":1}', '{"b":1}\n{"b":2}', expected]);
    }
  });

  it('skips exactly the frame in which a bit is wrong', () => {
    const whole = segmentOf(a, b, c);
    for (let bit = (24 + a.length) * 8; bit < (24 + a.length + b.length) * 8; bit++) {
      const bytes = Buffer.from(whole);
      bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(scanBytes(bytes)).toEqual(['{"a":1}', { damage: b.length }, '{"c":1}', { tail: 0 }]);
    }
  });

  it('skips zeros, which a machine that lost its power leaves behind', () => {
    const zeros = Buffer.alloc(5000);
    expect(scanBytes(segmentOf(a, zeros, b))).toEqual(['{"a":1}', { damage: 5000 }, '{"b":1}\n{"b":2}', { tail: 0 }]);
    expect(scanBytes(segmentOf(a, zeros))).toEqual(['{"a":1}', { tail: 5000 }]);
  });

  it('skips damage that is larger than what it reads at a time', () => {
    const noise = Buffer.alloc(1_000_003, 'x');
    expect(scanBytes(segmentOf(a, noise, b))).toEqual([
      '{"a":1}',
      { damage: noise.length },
      '{"b":1}\n{"b":2}',
      { tail: 0 },
    ]);
  });

  it('reads frames of any size across the borders of what it reads at a time', () => {
    for (const size of [1000, 87_381, 262_100, 262_144 - 13, 900_001]) {
      const lines = [0, 1, 2, 3].map((i) => `{"${i}":"${'y'.repeat(size)}"}`);
      expect(scanBytes(segmentOf(...lines.map((line) => frameOf(line))))).toEqual([...lines, { tail: 0 }]);
    }
  });

  it('finds a large frame behind damage', () => {
    const large = `{"l":"${'z'.repeat(700_000)}"}`;
    expect(scanBytes(segmentOf(Buffer.from('damage'), frameOf(large)))).toEqual([{ damage: 6 }, large, { tail: 0 }]);
  });

  it('goes on when the file has grown', () => {
    const fd = open(segmentOf(a));
    const scanner = new SegmentScanner(fd, HEADER_BYTES);
    expect(scan(scanner)).toEqual(['{"a":1}', { tail: 0 }]);
    const at = HEADER_BYTES + a.length;
    for (let i = 0; i < b.length; i++) {
      writeSync(fd, b, i, 1, at + i);
      expect(scan(scanner)).toEqual(i < b.length - 1 ? [{ tail: i + 1 }] : ['{"b":1}\n{"b":2}', { tail: 0 }]);
    }
  });

  it('forgets a torn frame that was cut off and written over', () => {
    const fd = open(Buffer.concat([segmentOf(a), c.subarray(0, 15)]));
    const scanner = new SegmentScanner(fd, HEADER_BYTES);
    expect(scan(scanner)).toEqual(['{"a":1}', { tail: 15 }]);
    ftruncateSync(fd, HEADER_BYTES + a.length);
    writeSync(fd, b, 0, b.length, HEADER_BYTES + a.length);
    expect(scan(scanner)).toEqual(['{"b":1}\n{"b":2}', { tail: 0 }]);
  });

  it('reads many small frames with few reads', () => {
    const frames = Array.from({ length: 5000 }, (_, i) => frameOf(`{"i":${i}}`));
    const scanner = new SegmentScanner(open(segmentOf(...frames)), HEADER_BYTES);
    expect(scan(scanner)).toHaveLength(5001);
    expect(scanner.reads).toBeLessThan(5);
  });
});

describe('SegmentScanner on noise', () => {
  const random = randomFrom(7);
  const upTo = (n: number): number => Math.floor(random() * n);

  it('never throws and finds nothing', () => {
    for (let round = 0; round < 200; round++) {
      const bytes = Buffer.from(Array.from({ length: upTo(400) }, () => upTo(256)));
      expect(scanBytes(bytes)).toEqual([{ tail: Math.max(0, bytes.length - HEADER_BYTES) }]);
    }
  });

  it('is done with it in reasonable time', () => {
    const noise = Buffer.from(Uint32Array.from({ length: 2_000_000 }, () => upTo(4_294_967_296)).buffer);
    expect(scanBytes(segmentOf(noise))).toEqual([{ tail: noise.length }]);
  });

  it('finds only frames that were written, in order, whatever is done to the file', () => {
    const frames = Array.from({ length: 30 }, (_, i) =>
      frameOf(...Array.from({ length: 1 + (i % 3) }, (__, k) => `{"${i}":${k}}`)),
    );
    const written = frames.map((frame) => frame.subarray(12).toString('latin1').trimEnd());
    const whole = segmentOf(...frames);
    for (let round = 0; round < 500; round++) {
      const found = scanBytes(mangle(whole, upTo)).filter((entry) => typeof entry === 'string');
      expect(isSubsequence(found, written)).toBe(true);
      expect(found.length).toBeGreaterThan(0);
    }
  });
});

/** Some of: bits turned, bytes overwritten, a piece taken out, a piece of noise put in, the end cut off. */
function mangle(whole: Buffer, upTo: (n: number) => number): Buffer {
  let bytes = Buffer.from(whole);
  for (let i = upTo(3); i >= 0; i--) {
    const at = HEADER_BYTES + upTo(bytes.length - HEADER_BYTES - 60);
    const length = upTo(40);
    const noise = Buffer.from(Array.from({ length }, () => upTo(256)));
    const changes = [
      () => bytes.fill(bytes.readUInt8(at) ^ (1 << upTo(8)), at, at + 1),
      () => bytes.fill(noise.length > 0 ? noise : 0, at, at + length),
      () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]),
      () => Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]),
      () => bytes.subarray(0, bytes.length - length),
    ];
    bytes = Buffer.from(changes[upTo(changes.length)]?.() ?? bytes);
  }
  return bytes;
}

function isSubsequence(part: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  for (const entry of part) {
    at = all.indexOf(entry, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

describe('readHeader', () => {
  it('reads when the segment was begun', () => {
    expect(readHeader(open(segmentOf()))).toEqual({ createdAt: 1000 });
  });

  it('finds none in an empty file, half a header or another file', () => {
    for (const bytes of [
      Buffer.alloc(0),
      segmentOf().subarray(0, 23),
      Buffer.from('#!/bin/sh\necho this is no segment\n'),
    ])
      expect(readHeader(open(bytes))).toBeUndefined();
  });
});
