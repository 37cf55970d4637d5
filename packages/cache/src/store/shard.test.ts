import { describe, expect, it } from 'vitest';
import { createCacheMemory, type CacheMemory } from '../cache-memory.ts';
import { Shard } from './shard.ts';

const MIB = 1024 ** 2;
const NOTHING = Buffer.alloc(0);
const hashOf = (index: number): { high: number; low: number } => ({ high: 0, low: index });
const keyOf = (index: number): Buffer => Buffer.from(`key ${index}`);

interface Table {
  readonly memory: CacheMemory;
  readonly shard: Shard;
  readonly put: (index: number, bytes: number, times?: number) => boolean;
  readonly get: (index: number) => Buffer | undefined;
}

function shardOf(bytes: number, entries = 32_768): Table {
  const memory = createCacheMemory({ bytes: bytes * 4, entries });
  const shard = new Shard(memory, 0, 0);
  const get = (index: number): Buffer | undefined => shard.get(hashOf(index), keyOf(index));
  const put = (index: number, size: number, times = 0): boolean => {
    const done = shard.put(hashOf(index), {
      key: keyOf(index),
      label: NOTHING,
      value: Buffer.alloc(size, index & 0xff),
    });
    for (let time = 0; time < times; time++) get(index);
    return done;
  };
  return { memory, shard, put, get };
}

/** How many bytes were ever written to the main ring. */
const written = ({ store }: CacheMemory): number => new Float64Array(store, 0, 8)[6] ?? NaN;

describe('one part of the store', () => {
  it('copies at most a megabyte of what stays for one entry, though everything in it was asked for', () => {
    const { memory, put, get } = shardOf(16 * MIB);
    for (let round = 0; round < 3; round++) for (let index = 0; index < 1400; index++) put(index, 10_000, 3);
    for (let index = 0; index < 1400; index++) for (let time = 0; time < 3; time++) get(index);
    let most = 0;
    for (let index = 2000; index < 2400; index++) {
      const before = written(memory);
      put(index, 10_000, 1);
      most = Math.max(most, written(memory) - before);
    }
    expect(most).toBeGreaterThan(MIB / 2);
    expect(most).toBeLessThan(MIB + 50_000);
  });

  it('copies at most some hundred small ones', () => {
    const { memory, put, get } = shardOf(MIB);
    for (let round = 0; round < 3; round++) for (let index = 0; index < 6000; index++) put(index, 20, 3);
    for (let index = 0; index < 6000; index++) for (let time = 0; time < 3; time++) get(index);
    let most = 0;
    for (let index = 7000; index < 8500; index++) {
      const before = written(memory);
      put(index, 20, 1);
      most = Math.max(most, written(memory) - before);
    }
    expect(most).toBeLessThanOrEqual(260 * 64);
  });

  it('keeps what is asked for again and again, also where it meets the end of a ring', () => {
    const { put, get } = shardOf(100_000);
    put(0, 15_000, 3);
    let lost = 0;
    // Sizes that never end where the ring ends.
    for (let index = 1; index < 400; index++) {
      put(index, 4000 + ((index * 977) % 5000));
      if (get(index % 3 === 0 ? 0 : index) === undefined && index % 3 === 0) lost++;
    }
    expect(lost).toBe(0);
    expect(get(0)?.equals(Buffer.alloc(15_000))).toBe(true);
  });

  it('puts instead of what is expected there, or not at all', () => {
    const { shard, get } = shardOf(100_000);
    const instead = (value: string, expected: string | null): boolean =>
      shard.put(
        hashOf(1),
        { key: keyOf(1), label: NOTHING, value: Buffer.from(value) },
        expected === null ? null : Buffer.from(expected),
      );
    expect([instead('a', 'x'), instead('a', null), instead('b', null), instead('b', 'x')]).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect([instead('b', 'a'), get(1)?.toString()]).toEqual([true, 'b']);
    shard.remove(hashOf(1), keyOf(1));
    expect([instead('c', 'b'), instead('c', null)]).toEqual([false, true]);
  });

  it('gives nothing to another key of the same hash', () => {
    const { shard, put } = shardOf(100_000);
    put(1, 10);
    expect(shard.get(hashOf(1), keyOf(2))).toBeUndefined();
    expect(shard.remove(hashOf(1), keyOf(2))).toBe(false);
  });
});
