import { describe, expect, it } from 'vitest';
import { SLOT_CELLS } from './cells.ts';
import { cellIndex, createCounterMemory, KIND, lockIndex, WAYS } from './counter-memory.ts';

describe('createCounterMemory', () => {
  it('fits in 16 MiB and holds tens of thousands of keys by default', () => {
    const { buffer, buckets } = createCounterMemory();
    expect(buffer.byteLength).toBeLessThanOrEqual(16 * 1024 ** 2);
    expect(buckets * WAYS).toBeGreaterThan(32_768);
  });

  it('rounds up to whole buckets', () => {
    expect(createCounterMemory({ slots: 17 }).buckets).toBe(2);
  });

  it.each([0, -1, 1.5, NaN])('refuses %d slots', (slots) => {
    expect(() => createCounterMemory({ slots })).toThrow(RangeError);
  });

  it('survives being posted to a thread', () => {
    const memory = createCounterMemory({ slots: 16 });
    const copy = structuredClone(memory);
    new Int32Array(memory.buffer)[0] = 7;
    expect(new Int32Array(copy.buffer)[0]).toBe(7);
  });

  it('gives every lock, tag and slot a place of its own, the last one inside the buffer', () => {
    const { buffer, buckets } = createCounterMemory({ slots: 48 });
    for (let bucket = 0; bucket < buckets; bucket++) {
      expect((lockIndex(bucket) * 4) % 64).toBe(0);
      expect((lockIndex(bucket) + KIND + WAYS) * 4).toBeLessThanOrEqual(cellIndex(bucket, 0) * 8);
      const end = (cellIndex(bucket, WAYS - 1) + SLOT_CELLS) * 8;
      expect(end).toBe(bucket + 1 < buckets ? lockIndex(bucket + 1) * 4 : buffer.byteLength);
    }
  });
});
