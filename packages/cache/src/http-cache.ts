import { randomBytes } from 'node:crypto';
import type { CacheMemory } from './cache-memory.ts';
import { Flights } from './flights/flights.ts';
import { selectingFields, selects } from './rules/selecting.ts';
import type { Field, HeaderOf, StoredReply } from './rules/stored-reply.ts';
import { SharedStore, type StoreStats } from './store/shared-store.ts';

/** What is to be forgotten. Prefixes and addresses are `https://host/path?query`, as they are kept. */
export type Purge = { readonly url: string } | { readonly prefix: string } | { readonly tag: string };

/** What is known of an address: under which name its replies are kept, and what they are told apart by. */
interface AddressRecord {
  readonly generation: string;
  /** Names that the last `Vary` had. */
  readonly vary: string;
  /** The last reply was for anybody. */
  readonly shared: boolean;
  /** It was forgotten, ms; what was asked for before is out of date. 0 for never. */
  readonly forgottenMs: number;
  /** Nothing was kept since it was forgotten. */
  readonly empty: boolean;
}

/** Another thread may be changing the same address; whoever loses that often keeps nothing. */
const TRIES = 4;

/** Longer than any reply is on its way: what seems to have been asked for still earlier was asked by another clock. */
const UNDER_WAY_MS_MAX = 600_000;

/** The replies that all workers keep together. Everything that a caller waits for answers at once. */
export class HttpCache {
  readonly flights: Flights;
  readonly #store: SharedStore;
  readonly #purged: BigInt64Array;

  constructor(memory: CacheMemory, owner: number) {
    this.#purged = new BigInt64Array(memory.purged);
    this.#store = new SharedStore(memory, owner);
    this.flights = new Flights(memory, owner);
  }

  /** The reply that a request may be answered with: its caller's own, or one for anybody. */
  find(url: string, partition: string, request: HeaderOf): StoredReply | undefined {
    const address = parsed(this.#store.get(addressKey(url)));
    if (address === undefined || address.empty) return undefined;
    const selecting = selectingFields(address.vary, request);
    for (const owner of partition === '' ? [''] : [partition, '']) {
      const stored = this.#store.get(replyKey(url, address, { partition: owner, selecting }));
      const reply = stored === undefined ? undefined : decode(stored);
      if (reply !== undefined && selects(reply, request)) return reply;
    }
    return undefined;
  }

  /** Whether another request for the address has been answered with what anybody may have. */
  isShared(url: string): boolean {
    return parsed(this.#store.get(addressKey(url)))?.shared === true;
  }

  /** Are there other replies of the same address, for other requests? */
  knows(url: string): boolean {
    return parsed(this.#store.get(addressKey(url)))?.empty === false;
  }

  /**
   * False when it is too large, when something was purged after it was asked for, or when the address was forgotten
   * after `asOfMs`: when its request was sent, or later for the reply to the very change that the address was
   * forgotten for.
   */
  keep(url: string, reply: StoredReply, tags: readonly string[], asOfMs = reply.requestMs): boolean {
    const purgedMs = this.#purgedMs;
    if (isOutdated(reply.requestMs, purgedMs)) return false;
    const address = this.#addressFor(url, reply, asOfMs);
    if (address === undefined) return false;
    const key = replyKey(url, address, reply);
    if (!this.#store.put(key, JSON.stringify([url, ...tags]), encode(reply))) return false;
    if (this.#purgedMs === purgedMs) return true;
    // A purge came in between, and may have looked there already.
    this.#store.remove(key);
    return false;
  }

  /** What the address is once the reply is kept; undefined when it is none to keep. */
  #addressFor(url: string, reply: StoredReply, asOfMs: number): AddressRecord | undefined {
    const vary = reply.selecting.map(([name]) => name).join(',');
    const shared = reply.partition === '';
    for (let tries = 0; tries < TRIES; tries++) {
      const seen = this.#store.get(addressKey(url));
      const known = parsed(seen);
      if (known !== undefined && isOutdated(asOfMs, known.forgottenMs)) return undefined;
      if (known?.empty === false && known.vary === vary && known.shared === shared) return known;
      const { generation = generated(), forgottenMs = 0 } = known ?? {};
      const address = { generation, vary, shared, forgottenMs, empty: false };
      if (this.#store.replace(addressKey(url), seen, Buffer.from(JSON.stringify(address)))) return address;
    }
    return undefined;
  }

  /**
   * Replies of the address are not used any more: RFC 9111 §4.4. Nor is what is on its way since before `nowMs`, which
   * may be older than the change. Says whether there were any.
   */
  forget(url: string, nowMs: number): boolean {
    const known = this.knows(url);
    const address = { generation: generated(), vary: '', shared: false, forgottenMs: nowMs, empty: true };
    if (!this.#store.put(addressKey(url), '', Buffer.from(JSON.stringify(address))))
      this.#store.remove(addressKey(url));
    return known;
  }

  /** How many replies, or addresses, are not used any more. What was asked for before `nowMs` is not kept, whatever it is. */
  purge(purge: Purge, nowMs: number): number {
    Atomics.store(this.#purged, 0, BigInt(Math.ceil(nowMs)));
    if ('url' in purge) {
      // Behind a # stands what else told replies of the address apart.
      const parts = this.#store.removeWhere((_key, label) => partsOf(label)[0]?.startsWith(`${purge.url}#`) === true);
      return parts + (this.forget(purge.url, nowMs) ? 1 : 0);
    }
    if ('tag' in purge) return this.#store.removeWhere((_key, label) => partsOf(label).slice(1).includes(purge.tag));
    return this.#store.removeWhere((_key, label) => partsOf(label)[0]?.startsWith(purge.prefix) === true);
  }

  get #purgedMs(): number {
    return Number(Atomics.load(this.#purged, 0));
  }

  stats(): StoreStats {
    return this.#store.stats();
  }

  ownerDied(owner: number): void {
    this.#store.ownerDied(owner);
    this.flights.ownerDied(owner);
  }
}

function parsed(text: Buffer | undefined): AddressRecord | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this file alone writes under such keys
  return text === undefined ? undefined : (JSON.parse(text.toString()) as AddressRecord);
}

function isOutdated(asOfMs: number, changedMs: number): boolean {
  return asOfMs <= changedMs && changedMs - asOfMs < UNDER_WAY_MS_MAX;
}

function generated(): string {
  return randomBytes(8).toString('base64url');
}

function addressKey(url: string): string {
  return `a ${url}`;
}

function replyKey(
  url: string,
  { generation }: Pick<AddressRecord, 'generation'>,
  { partition, selecting }: { readonly partition: string; readonly selecting: readonly Field[] },
): string {
  return `r ${JSON.stringify([generation, partition, selecting])} ${url}`;
}

function partsOf(label: string): readonly string[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `keep` alone writes labels
  return label === '' ? [] : (JSON.parse(label) as string[]);
}

/** The head as JSON, its length in front, and the body as it is. */
function encode({ body, ...head }: StoredReply): Buffer {
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text, body]);
}

function decode(bytes: Buffer): StoredReply {
  const end = 4 + bytes.readUInt32LE(0);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what `encode` made
  const head = JSON.parse(bytes.toString('utf8', 4, end)) as Omit<StoredReply, 'body'>;
  return { ...head, body: bytes.subarray(end) };
}
