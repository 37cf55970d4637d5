import { describe, expect, it } from 'vitest';
import { Pieces } from './pieces.ts';

function filled(bytes: Buffer, pieceBytes: number): Pieces {
  const pieces = new Pieces();
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.add(bytes, at, Math.min(at + pieceBytes, bytes.length));
  return pieces;
}

describe('bytes in pieces', () => {
  it.each([1, 3, 255, 4096, 70_000])('are what was sent, in pieces of %i', (pieceBytes) => {
    const sent = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 251));
    const pieces = filled(sent, pieceBytes);
    expect(pieces.whole().equals(sent)).toBe(true);
    expect(Buffer.concat(pieces.list).equals(sent)).toBe(true);
    pieces.drop();
    expect([pieces.whole().length, pieces.list.length, pieces.bytes]).toEqual([0, 0, sent.length]);
  });

  it('do not weigh a hundred times as much when they come byte by byte', () => {
    const count = 1_000_000;
    const before = process.memoryUsage().heapUsed;
    const pieces = filled(Buffer.alloc(count), 1);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * count);
    expect(pieces.bytes).toBe(count);
  });
});
