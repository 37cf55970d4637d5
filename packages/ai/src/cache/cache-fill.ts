import type { ChatReply } from '../canonical/chat-reply.ts';
import { freshHit, takeKept, type CacheHit, type CacheTerms } from './cache-hit.ts';
import type { CacheKey } from './cache-key.ts';
import { whyNotShared, type NotKept } from './cache-rules.ts';
import type { CacheFacts } from './cache-status.ts';
import type { Flight } from './flights.ts';
import type { ReplyStore } from './reply-store.ts';
import type { SimilarQuestion } from './semantic-index.ts';

export interface FillParts extends CacheTerms {
  readonly store: ReplyStore;
  readonly facts: CacheFacts;
  readonly key?: CacheKey;
  readonly flight?: Flight<CacheHit>;
  /** Why nothing is kept, whatever comes. */
  readonly never?: NotKept;
}

/** What a call that the cache cannot answer owes it: to say how it ended, once. */
export class CacheFill {
  readonly #parts: FillParts;
  #facts: CacheFacts;
  #settled = false;

  constructor(parts: FillParts) {
    this.#parts = parts;
    this.#facts = parts.never === undefined ? parts.facts : this.#notKept(parts.never);
  }

  get facts(): CacheFacts {
    return this.#facts;
  }

  /** The provider's whole answer. A stream that broke off has none: that is `fail`. */
  keep(reply: ChatReply): CacheFacts {
    const { store, rules, key, never } = this.#parts;
    if (this.#settled) return this.#facts;
    const notShared = never ?? whyNotShared(reply, rules);
    const kept = notShared === undefined && key !== undefined && store.keep(key, reply, rules.ttlMs);
    this.#settle(notShared === undefined ? freshHit(reply, rules) : undefined);
    this.#facts = kept ? { ...this.#parts.facts, kept } : this.#notKept(notShared ?? 'too_large');
    return this.#facts;
  }

  /** It failed, was cut, or its caller left: whoever waits goes on alone. */
  fail(): CacheFacts {
    if (this.#settled) return this.#facts;
    this.#settle(undefined);
    this.#facts = this.#notKept(this.#parts.never ?? 'failed');
    return this.#facts;
  }

  /** The first of these answers that is still there: it is this call's too, and the provider need not be asked. */
  takeSimilar(questions: readonly SimilarQuestion[]): CacheHit | undefined {
    const { store, key, never } = this.#parts;
    if (this.#settled || key === undefined) return undefined;
    for (const question of questions) {
      const kept = question.key.tenant === key.tenant ? store.find(question.key) : undefined;
      if (kept === undefined || kept === 'stale') continue;
      const hit = takeKept({ ...kept, similarity: question.similarity }, this.#parts);
      if (typeof hit === 'string') continue;
      if (never === undefined) store.keepAlso(key, question);
      this.#settle(hit);
      this.#facts = hit.facts;
      return hit;
    }
    return undefined;
  }

  #settle(hit: CacheHit | undefined): void {
    this.#settled = true;
    this.#parts.flight?.land(hit);
  }

  #notKept(notKept: NotKept): CacheFacts {
    return { ...this.#parts.facts, kept: false, notKept };
  }
}
