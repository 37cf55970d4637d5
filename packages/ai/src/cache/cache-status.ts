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
  /** Why it was not compared with questions that mean the same. */
  readonly notCompared?: NotCompared;
  /** It waited for another call's answer in vain. */
  readonly waited?: true;
}

/** The vector of a question failed to come, came too late, could not be paid, or was not asked for after failures. */
export type NotCompared = 'embedding_failed' | 'embedding_timeout' | 'embedding_unpaid' | 'embedding_rests';

/**
 * `hit`: kept for the same request. `similar`: kept for another that means the same. `shared`: of a call that was under
 * way. `refreshed`: the caller wanted none that is kept. `stale`: what is kept is too old.
 */
export type CacheOutcome = 'hit' | 'similar' | 'shared' | 'miss' | 'stale' | 'refreshed' | 'bypass';

/** `Cache-Status` (RFC 9211). A stream's head is written before anybody knows whether its answer will be kept. */
export function cacheStatus(facts: CacheFacts): string {
  const { outcome, ttlMs = 0, similarity, kept, waited } = facts;
  const ttl = `; ttl=${Math.floor(ttlMs / 1000)}`;
  // Also to who has waited for it: another question's answer is not passed off as its own.
  if (similarity !== undefined) {
    return `${NAME}; hit${ttl}; detail=semantic; gatehouse-similarity=${threeDigits(similarity)}`;
  }
  switch (outcome) {
    case 'hit':
    case 'similar':
      return `${NAME}; hit${ttl}`;
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
  const detail = facts.notKept ?? facts.notCompared;
  return `${NAME}; fwd=${FORWARDED[outcome]}${stored}${collapsed}${detail === undefined ? '' : `; detail=${detail}`}`;
}

/** Rounded down: 1 only for what is the same. More digits a decimal may not have (RFC 9651 §3.3.2). */
function threeDigits(similarity: number): number {
  return Math.floor(Math.min(1, similarity) * 1000) / 1000;
}

const NAME = 'gatehouse';
const FORWARDED = { miss: 'miss', stale: 'stale', refreshed: 'request', bypass: 'bypass' } as const;
