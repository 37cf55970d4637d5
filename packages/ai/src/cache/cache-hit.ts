import type { ChatReply } from '../canonical/chat-reply.ts';
import type { CacheControls } from './cache-controls.ts';
import { whyNotShared, type CacheRules } from './cache-rules.ts';
import type { CacheFacts, CacheOutcome } from './cache-status.ts';
import type { StoredReply } from './reply-store.ts';

/** An answer that the provider need not give again, to be written in whatever form the caller wants. */
export interface CacheHit {
  readonly reply: ChatReply;
  readonly facts: CacheFacts;
}

/** What one call lets the cache do. */
export interface CacheTerms {
  readonly rules: CacheRules;
  readonly controls: CacheControls;
}

/**
 * What is kept, as far as this call may have it; else why not. The route that kept it may have been another one, or a
 * less strict one.
 */
export function takeKept(kept: StoredReply, { rules, controls }: CacheTerms): CacheHit | CacheOutcome {
  const { ageMs, similarity } = kept;
  if (ageMs >= rules.ttlMs) return 'stale';
  if (controls.noCache || ageMs > (controls.maxAgeMs ?? Infinity)) return 'refreshed';
  const reply = kept.read();
  if (whyNotShared(reply, rules) !== undefined) return 'miss';
  const ttlMs = Math.min(kept.ttlMs, rules.ttlMs) - ageMs;
  const facts = { outcome: similarity === undefined ? 'hit' : 'similar', ageMs, ttlMs, ...savedBy(reply) } as const;
  return { reply, facts: similarity === undefined ? facts : { ...facts, similarity } };
}

/** What has landed for those who waited, as far as this call may have it. */
export function takeShared(hit: CacheHit, { rules, controls }: CacheTerms): CacheHit | undefined {
  const { ageMs = 0 } = hit.facts;
  if (ageMs > (controls.maxAgeMs ?? Infinity) || whyNotShared(hit.reply, rules) !== undefined) return undefined;
  return { reply: hit.reply, facts: { ...hit.facts, outcome: 'shared' } };
}

export function freshHit(reply: ChatReply, { ttlMs }: CacheRules): CacheHit {
  return { reply, facts: { outcome: 'hit', ageMs: 0, ttlMs, ...savedBy(reply) } };
}

function savedBy({ usage }: ChatReply): Pick<CacheFacts, 'saved'> {
  return usage === undefined ? {} : { saved: usage };
}
