import { randomFrom } from '@gatehouse/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCacheMemory } from '../cache-memory.ts';
import { SharedStore } from './shared-store.ts';

const store = (bytes = 256 * 1024, entries = 4096): SharedStore =>
  new SharedStore(createCacheMemory({ bytes, entries }), 0);

describe('a store', () => {
  it('gives what was put, to every thread, until it is removed', () => {
    const memory = createCacheMemory({ bytes: 100_000 });
    const [one, two] = [new SharedStore(memory, 0), new SharedStore(memory, 1)];
    expect(one.put('a', 'label', Buffer.from('value'))).toBe(true);
    expect(two.get('a')?.toString()).toBe('value');
    one.put('a', '', Buffer.from('another'));
    expect(two.get('a')?.toString()).toBe('another');
    expect([two.remove('a'), two.remove('a'), one.get('a')]).toEqual([true, false, undefined]);
  });

  it('gives copies: what is put later changes nothing that was given', () => {
    const small = store(4096);
    small.put('a', '', Buffer.from('first'));
    const seen = small.get('a');
    for (let i = 0; i < 200; i++) small.put(`${i}`, '', Buffer.alloc(200, i));
    expect(seen?.toString()).toBe('first');
  });

  it('removes by label', () => {
    const all = store();
    for (let i = 0; i < 20; i++) all.put(`${i}`, i % 2 === 0 ? 'even' : 'odd', Buffer.from('x'));
    expect(all.removeWhere((_key, label) => label === 'even')).toBe(10);
    expect(all.stats().entries).toBe(10);
    expect([all.get('2'), all.get('3')?.toString()]).toEqual([undefined, 'x']);
  });

  it('takes nothing that is too large for it, and keeps what it has', () => {
    const small = store(4096);
    small.put('a', '', Buffer.from('x'));
    expect(small.put('b', '', Buffer.alloc(4096))).toBe(false);
    expect(small.get('a')?.toString()).toBe('x');
  });

  it('never gives anything but what was put last, whatever is put, got and removed', () => {
    const step = fc.record({
      does: fc.constantFrom('put', 'put', 'get', 'remove'),
      key: fc.integer({ min: 0, max: 60 }),
      size: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 3000 })),
      owner: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const memory = createCacheMemory({ bytes: 16 * 1024, entries: 32 });
        const threads = [0, 1, 2].map((owner) => new SharedStore(memory, owner));
        const last = new Map<string, string>();
        steps.forEach(({ does, key, size, owner }, index) => {
          const thread = threads[owner];
          const name = `key ${key}`;
          if (does === 'put') {
            const value = `${index} `.repeat(size).slice(0, size);
            if (thread?.put(name, '', Buffer.from(value)) === true) last.set(name, value);
            else last.delete(name);
          } else if (does === 'remove') {
            thread?.remove(name);
            last.delete(name);
          } else {
            const seen = thread?.get(name);
            if (seen !== undefined) expect(seen.toString()).toBe(last.get(name));
          }
        });
        expect(threads[0]?.stats().bytes).toBeLessThanOrEqual(16 * 1024 + 1024);
      }),
      { numRuns: 200 },
    );
  });

  it('goes on after a thread that died while it held a lock', () => {
    const memory = createCacheMemory({ bytes: 100_000 });
    const one = new SharedStore(memory, 1);
    one.put('a', '', Buffer.from('x'));
    // The lock of every shard, as a thread of number 2 leaves it that is ended between taking and letting go.
    const words = new Int32Array(memory.store);
    const shardWords = memory.store.byteLength / 4 / 4;
    for (let shard = 0; shard < 4; shard++) words[shard * shardWords] = 3;
    one.ownerDied(2);
    expect(one.get('a')?.toString()).toBe('x');
  });
});

describe('what stays when there is too much', () => {
  /** Calls for keys of a Zipf law, with a scan of keys that come once in between; the share that was there. */
  function hitRatio(get: (key: string) => boolean, put: (key: string) => void): number {
    const random = randomFrom(7);
    let hits = 0;
    let calls = 0;
    for (let i = 0; i < 40_000; i++) {
      const scanning = i % 4 === 3;
      const key = scanning ? `once ${i}` : `often ${Math.floor(2000 ** random())}`;
      const found = get(key);
      if (!scanning) {
        calls++;
        if (found) hits++;
      }
      if (!found) put(key);
    }
    return hits / calls;
  }

  it('is asked for more often than with a list of the last ones used', () => {
    const value = Buffer.alloc(900, 'x');
    const shared = store(300 * 1024, 4096);
    const ours = hitRatio(
      (key) => shared.get(key) !== undefined,
      (key) => void shared.put(key, '', value),
    );
    const lru = new Map<string, true>();
    const room = shared.stats().entries;
    const theirs = hitRatio(
      (key) => {
        if (!lru.delete(key)) return false;
        lru.set(key, true);
        return true;
      },
      (key) => {
        lru.set(key, true);
        for (const oldest of lru.keys()) {
          if (lru.size <= room) break;
          lru.delete(oldest);
        }
      },
    );
    expect(room).toBeGreaterThan(200);
    expect(ours).toBeGreaterThan(theirs);
  });
});
