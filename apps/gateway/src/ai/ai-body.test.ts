import { TimerWheel } from '@gatehouse/http';
import { describe, expect, it } from 'vitest';
import { AiBody } from './ai-body.ts';

function body(bytesMax: number): AiBody {
  return new AiBody(new TimerWheel({ tickMs: 50, monotonic: () => 0 }), bytesMax);
}

function fill(one: AiBody, bytes: Buffer, pieceBytes: number): void {
  for (let at = 0; at < bytes.length; at += pieceBytes) one.add(bytes, at, Math.min(at + pieceBytes, bytes.length));
}

describe('the body of a model call', () => {
  it.each([1, 3, 255, 4096, 70_000])('is what was sent, in pieces of %i bytes', (pieceBytes) => {
    const sent = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 251));
    const one = body(sent.length);
    fill(one, sent, pieceBytes);
    expect(one.take().equals(sent)).toBe(true);
    expect(one.take()).toHaveLength(0);
  });

  it('is refused from the first byte too many', () => {
    const one = body(2);
    expect([one.add(Buffer.from('abc'), 0, 2), one.add(Buffer.from('abc'), 2, 3)]).toEqual([true, false]);
  });

  it('does not weigh a hundred times as much from a caller who sends it byte by byte', () => {
    const count = 1_000_000;
    const one = body(count);
    const before = process.memoryUsage().heapUsed;
    fill(one, Buffer.alloc(count), 1);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * count);
    expect(one.take()).toHaveLength(count);
  });
});
