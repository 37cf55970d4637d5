import type { ChatRequest } from '../canonical/chat-request.ts';
import { CacheFill } from './cache-fill.ts';
import { takeKept, takeShared, type CacheHit, type CacheTerms } from './cache-hit.ts';
import type { CacheKey } from './cache-key.ts';
import { whyNotAsked, type NotKept } from './cache-rules.ts';
import type { CacheOutcome } from './cache-status.ts';
import { Flights, type CacheHost } from './flights.ts';
import { ReplyStore, type StoreBounds } from './reply-store.ts';

export interface CacheOptions extends StoreBounds {
  /** How long a call waits for another that asks the same. */
  readonly waitMsMax: number;
}

export interface CacheAsk extends CacheTerms {
  readonly request: ChatRequest;
}

/**
 * `hit`: nobody has to be asked. `leader` and `alone`: ask the provider, and tell `fill` what came of it, whatever came
 * of it; others may be waiting for a leader. `follower`: wait for `answer`; when that is undefined, go on as if alone.
 */
export type CacheStart =
  | { readonly state: 'hit'; readonly hit: CacheHit }
  | { readonly state: 'leader' | 'alone'; readonly fill: CacheFill }
  | {
      readonly state: 'follower';
      readonly answer: Promise<CacheHit | undefined>;
      readonly leave: () => void;
      readonly fill: CacheFill;
    };

/** Answers of models, for callers who ask the same again. */
export class ResponseCache {
  readonly #store: ReplyStore;
  readonly #flights: Flights<CacheHit>;

  constructor(options: CacheOptions, host: CacheHost) {
    this.#store = new ReplyStore(options, () => host.clock.monotonic());
    this.#flights = new Flights(host, options.waitMsMax);
  }

  get size(): number {
    return this.#store.size;
  }

  get bytes(): number {
    return this.#store.bytes;
  }

  /** Calls that others may wait for. */
  get underWay(): number {
    return this.#flights.size;
  }

  /** Without a key the request could not be read, and is no business of the cache. */
  begin(key: CacheKey | undefined, ask: CacheAsk): CacheStart {
    const { request, ...terms } = ask;
    const notAsked = whyNotAsked(request, terms.rules);
    if (key === undefined || notAsked !== undefined) return this.#bypass(notAsked ?? 'nesting', terms);
    const found = this.#find(key, terms);
    return typeof found === 'string' ? this.#forward(key, terms, found) : { state: 'hit', hit: found };
  }

  /** Everything that a tenant has here; how many answers that were. */
  forget(tenant: string): number {
    return this.#store.forget(tenant);
  }

  #bypass(notKept: NotKept, terms: CacheTerms): CacheStart {
    const fill = new CacheFill({ ...terms, store: this.#store, never: notKept, facts: { outcome: 'bypass' } });
    return { state: 'alone', fill };
  }

  #find(key: CacheKey, terms: CacheTerms): CacheHit | CacheOutcome {
    if (terms.controls.noCache) return 'refreshed';
    const kept = this.#store.find(key);
    if (kept === undefined) return 'miss';
    return kept === 'stale' ? kept : takeKept(kept, terms);
  }

  #forward(key: CacheKey, terms: CacheTerms, outcome: CacheOutcome): CacheStart {
    const { noCache, noStore } = terms.controls;
    const flight = this.#flights.find(key.digest);
    const parts = { ...terms, key, store: this.#store, ...(noStore && { never: 'no_store' as const }) };
    if (flight !== undefined && !noCache) {
      const { answer, leave } = flight.follow();
      const fill = new CacheFill({ ...parts, facts: { outcome, waited: true } });
      return { state: 'follower', answer: answer.then((hit) => hit && takeShared(hit, terms)), leave, fill };
    }
    const facts = { outcome };
    if (flight !== undefined || noStore) return { state: 'alone', fill: new CacheFill({ ...parts, facts }) };
    return { state: 'leader', fill: new CacheFill({ ...parts, facts, flight: this.#flights.begin(key.digest) }) };
  }
}
