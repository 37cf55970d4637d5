import { hash64 } from '@gatehouse/kernel';
import { SHARDS, type CacheMemory } from '../cache-memory.ts';
import { Shard, type Kept } from './shard.ts';

export interface StoreStats {
  readonly entries: number;
  /** Of values, without what the store needs for them. */
  readonly bytes: number;
  readonly bytesMax: number;
}

const NO_LABEL = Buffer.alloc(0);

/** What all workers keep together, by keys of any text. */
export class SharedStore {
  readonly #shards: readonly Shard[];
  readonly #bytesMax: number;

  constructor(memory: CacheMemory, owner: number) {
    this.#shards = Array.from({ length: SHARDS }, (_, index) => new Shard(memory, index, owner));
    this.#bytesMax = (memory.smallBytes + memory.mainBytes) * SHARDS;
  }

  get(key: string): Buffer | undefined {
    const hash = hash64(key);
    return this.#shardOf(hash.high).get(hash, Buffer.from(key));
  }

  /** False when it is too large to be kept. `label` is what `removeWhere` looks at. */
  put(key: string, label: string, value: Buffer): boolean {
    const hash = hash64(key);
    return this.#shardOf(hash.high).put(hash, { key: Buffer.from(key), label: Buffer.from(label), value });
  }

  /** Puts only if what is there is `instead`, or nothing; says whether it was, and what is put not too large. */
  replace(key: string, instead: Buffer | undefined, value: Buffer): boolean {
    const hash = hash64(key);
    const kept = { key: Buffer.from(key), label: NO_LABEL, value };
    return this.#shardOf(hash.high).put(hash, kept, instead ?? null);
  }

  remove(key: string): boolean {
    const hash = hash64(key);
    return this.#shardOf(hash.high).remove(hash, Buffer.from(key));
  }

  removeWhere(test: (key: string, label: string) => boolean): number {
    const told = ({ key, label }: Kept): boolean => test(key.toString(), label.toString());
    return this.#shards.reduce((count, shard) => count + shard.removeWhere(told), 0);
  }

  stats(): StoreStats {
    const all = this.#shards.map((shard) => shard.stats());
    const sum = (pick: (stats: { entries: number; bytes: number }) => number): number =>
      all.reduce((total, stats) => total + pick(stats), 0);
    return { entries: sum(({ entries }) => entries), bytes: sum(({ bytes }) => bytes), bytesMax: this.#bytesMax };
  }

  /** Frees the locks of a thread that has ended. */
  ownerDied(owner: number): void {
    for (const shard of this.#shards) shard.ownerDied(owner);
  }

  #shardOf(high: number): Shard {
    const shard = this.#shards[(high >>> 0) % SHARDS];
    if (shard === undefined) throw new RangeError('a store has shards');
    return shard;
  }
}
