import type { Usage } from '../usage.ts';
import type { NotKept } from './cache-rules.ts';

/** What the cache did for a call, for the record. */
export interface CacheFacts {
  readonly outcome: CacheOutcome;
  /** Of the answer that was given: since the provider gave it. */
  readonly ageMs?: number;
  /** How long it will be given yet. */
  readonly ttlMs?: number;
  /** Cosine to the question that it was first given to. */
  readonly similarity?: number;
  /** What the provider would have counted: tokens that nobody pays for this time. */
  readonly saved?: Usage;
  /** Absent until the answer is whole. */
  readonly kept?: boolean;
  readonly notKept?: NotKept;
  /** It waited for another call's answer in vain. */
  readonly waited?: true;
}

/**
 * `hit`: kept for the same request. `similar`: kept for another that means the same. `shared`: of a call that was under
 * way. `refreshed`: the caller wanted none that is kept. `stale`: what is kept is too old.
 */
export type CacheOutcome = 'hit' | 'similar' | 'shared' | 'miss' | 'stale' | 'refreshed' | 'bypass';

/** `Cache-Status` (RFC 9211). A stream's head is written before anybody knows whether its answer will be kept. */
export function cacheStatus(facts: CacheFacts): string {
  const { outcome, ttlMs = 0, kept, notKept, waited } = facts;
  const ttl = `; ttl=${Math.floor(ttlMs / 1000)}`;
  switch (outcome) {
    case 'hit':
      return `${NAME}; hit${ttl}`;
    case 'similar':
      return `${NAME}; hit${ttl}; detail=similar`;
    case 'shared':
      return `${NAME}; fwd=miss; collapsed`;
    case 'miss':
    case 'stale':
    case 'refreshed':
    case 'bypass':
      break;
  }
  const stored = kept === true ? '; stored' : '';
  const collapsed = waited === true ? '; collapsed=?0' : '';
  return `${NAME}; fwd=${FORWARDED[outcome]}${stored}${collapsed}${notKept === undefined ? '' : `; detail=${notKept}`}`;
}

const NAME = 'gatehouse';
const FORWARDED = { miss: 'miss', stale: 'stale', refreshed: 'request', bypass: 'bypass' } as const;
