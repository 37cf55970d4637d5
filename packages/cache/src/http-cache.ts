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
}

/** The replies that all workers keep together. Everything that a caller waits for answers at once. */
export class HttpCache {
  readonly flights: Flights;
  readonly #store: SharedStore;

  constructor(memory: CacheMemory, owner: number) {
    this.#store = new SharedStore(memory, owner);
    this.flights = new Flights(memory, owner);
  }

  /** The reply that a request may be answered with: its caller's own, or one for anybody. */
  find(url: string, partition: string, request: HeaderOf): StoredReply | undefined {
    const address = this.#addressOf(url);
    if (address === undefined) return undefined;
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
    return this.#addressOf(url)?.shared === true;
  }

  /** Are there other replies of the same address, for other requests? */
  knows(url: string): boolean {
    return this.#addressOf(url) !== undefined;
  }

  /** False when it is too large. */
  keep(url: string, reply: StoredReply, tags: readonly string[]): boolean {
    const vary = reply.selecting.map(([name]) => name).join(',');
    const known = this.#addressOf(url);
    const address = {
      generation: known?.generation ?? randomBytes(8).toString('base64url'),
      vary,
      shared: reply.partition === '',
    };
    if (known === undefined || known.vary !== vary || known.shared !== address.shared) {
      if (!this.#store.put(addressKey(url), '', Buffer.from(JSON.stringify(address)))) return false;
    }
    return this.#store.put(replyKey(url, address, reply), JSON.stringify([url, ...tags]), encode(reply));
  }

  /** Replies of the address are not used any more: RFC 9111 §4.4. */
  forget(url: string): boolean {
    return this.#store.remove(addressKey(url));
  }

  /** How many replies, or addresses, are not used any more. */
  purge(purge: Purge): number {
    if ('url' in purge) return this.forget(purge.url) ? 1 : 0;
    if ('tag' in purge) return this.#store.removeWhere((_key, label) => partsOf(label).slice(1).includes(purge.tag));
    return this.#store.removeWhere((_key, label) => partsOf(label)[0]?.startsWith(purge.prefix) === true);
  }

  stats(): StoreStats {
    return this.#store.stats();
  }

  ownerDied(owner: number): void {
    this.#store.ownerDied(owner);
    this.flights.ownerDied(owner);
  }

  #addressOf(url: string): AddressRecord | undefined {
    const text = this.#store.get(addressKey(url));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `keep` alone writes under such keys
    return text === undefined ? undefined : (JSON.parse(text.toString()) as AddressRecord);
  }
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
