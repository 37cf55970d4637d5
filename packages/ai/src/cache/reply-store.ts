import type { ChatReply } from '../canonical/chat-reply.ts';
import { parseExact, type Json } from '../canonical/json.ts';
import type { CacheKey } from './cache-key.ts';

export interface StoreBounds {
  readonly entriesMax: number;
  readonly bytesMax: number;
  /** Larger answers are not kept. */
  readonly entryBytesMax: number;
}

export interface StoredReply {
  readonly ageMs: number;
  readonly ttlMs: number;
  /** Set when it was first given to another question. */
  readonly similarity: number | undefined;
  read(): ChatReply;
}

/**
 * Answers by key, as bytes: their size is known, no reader can change them, and the garbage collector does not walk
 * them. The one that nobody asked for longest goes first.
 */
export class ReplyStore {
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();
  readonly #bounds: StoreBounds;
  readonly #now: () => number;
  #bytes = 0;

  constructor(bounds: StoreBounds, now: () => number) {
    this.#bounds = bounds;
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** An answer that has outlived its time is gone by being asked for. */
  find(key: CacheKey): StoredReply | 'stale' | undefined {
    const entry = this.#entries.get(key.digest);
    if (entry === undefined || entry.tenant !== key.tenant) return undefined;
    const ageMs = this.#now() - entry.storedAt;
    this.#remove(key.digest);
    if (ageMs >= entry.ttlMs) return 'stale';
    this.#insert(key.digest, entry);
    const { ttlMs, similarity, value } = entry;
    return { ageMs, ttlMs, similarity, read: () => readValue(value) };
  }

  /** False for an answer that is too large; the one before it is gone all the same. */
  keep(key: CacheKey, reply: ChatReply, ttlMs: number): boolean {
    this.#remove(key.digest);
    const value = writeValue(reply);
    if (value.length > this.#bounds.entryBytesMax) return false;
    return this.#admit(key.digest, { tenant: key.tenant, value, storedAt: this.#now(), ttlMs, similarity: undefined });
  }

  /** Gives what is kept for one key to another too, as old as it is. */
  keepAlso(key: CacheKey, kept: { readonly key: CacheKey; readonly similarity: number }): boolean {
    const entry = this.#entries.get(kept.key.digest);
    if (entry === undefined || entry.tenant !== key.tenant || kept.key.digest === key.digest) return false;
    this.#remove(key.digest);
    return this.#admit(key.digest, { ...entry, similarity: kept.similarity });
  }

  /** Everything that a tenant has here; how many answers that were. */
  forget(tenant: string): number {
    const digests = [...this.#entries].filter(([, entry]) => entry.tenant === tenant).map(([digest]) => digest);
    for (const digest of digests) this.#remove(digest);
    return digests.length;
  }

  #admit(digest: string, entry: Entry): boolean {
    const { entriesMax, bytesMax } = this.#bounds;
    const bytes = bytesOf(entry);
    if (bytes > bytesMax || entriesMax < 1) return false;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < entriesMax && this.#bytes + bytes <= bytesMax) break;
      this.#remove(oldest);
    }
    this.#insert(digest, entry);
    return true;
  }

  #insert(digest: string, entry: Entry): void {
    this.#entries.set(digest, entry);
    this.#bytes += bytesOf(entry);
  }

  #remove(digest: string): void {
    const entry = this.#entries.get(digest);
    if (entry === undefined) return;
    this.#entries.delete(digest);
    this.#bytes -= bytesOf(entry);
  }
}

interface Entry {
  readonly tenant: string;
  readonly value: Buffer;
  readonly storedAt: number;
  readonly ttlMs: number;
  readonly similarity: number | undefined;
}

/** Key, map slot, object and buffer header, as measured on Node 26. */
const ENTRY_BYTES = 400;

function bytesOf({ value, tenant }: Entry): number {
  return ENTRY_BYTES + 2 * tenant.length + value.length;
}

/** Not from Node's pool, of which a small entry would hold a whole slab. */
function writeValue(reply: ChatReply): Buffer {
  const text = JSON.stringify(reply);
  const value = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  value.write(text);
  return value;
}

function readValue(value: Buffer): ChatReply {
  return asReply(parseExact(value.toString('utf8')));
}

/** What `writeValue` wrote. */
function asReply(value: Json | undefined): ChatReply {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nobody else writes these bytes
  return value as unknown as ChatReply;
}
