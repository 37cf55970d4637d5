import { governing, parseDirectives, seconds } from './directives.ts';
import { ageMs, lifetimeMs, type FreshnessOptions } from './freshness.ts';
import { headerOf, type HeaderOf, type StoredReply } from './stored-reply.ts';

export interface UseOptions extends FreshnessOptions {
  /** For replies that do not say, ms. */
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
  /** What callers ask of a cache is done. */
  readonly obeyCallers: boolean;
}

export interface Use {
  /** `fresh`: give it. `stale`: give it, and ask for a newer one meanwhile. `validate`: ask first. */
  readonly how: 'fresh' | 'stale' | 'validate';
  readonly ageMs: number;
  /** How long it is still good, ms; negative for how long it has not been. */
  readonly ttlMs: number;
  /** It may be given when its upstream fails. */
  readonly ifError: boolean;
}

/** RFC 9111 §4, §4.2.4 and §5.2.1, RFC 5861. */
export function useOf(
  stored: StoredReply,
  request: HeaderOf,
  { nowMs, options }: { nowMs: number; options: UseOptions },
): Use {
  const { directives } = governing(headerOf(stored.fields));
  const age = ageMs(stored, nowMs);
  const ttlMs = lifetimeMs(stored, options) - age;
  const strict = ['must-revalidate', 'proxy-revalidate', 'no-cache', 's-maxage'].some((name) => directives.has(name));
  const staleMs = -ttlMs;
  const within = (name: string, byDefault: number): boolean =>
    !strict && staleMs <= (directives.has(name) ? (seconds(directives, name) ?? 0) * 1000 : byDefault);
  // Who asks for a newer one than is still good wants that or nothing.
  const ifError = staleMs >= 0 && within('stale-if-error', options.staleIfErrorMs);
  const wish = options.obeyCallers ? wishOf(request) : NO_WISH;
  const base = { ageMs: age, ttlMs, ifError };
  if (directives.has('no-cache') || wish.validate || age > wish.maxAgeMs || ttlMs < wish.minFreshMs) {
    return { ...base, how: ttlMs > 0 || !mayBeStale(wish, strict, staleMs) ? 'validate' : 'stale' };
  }
  if (ttlMs > 0) return { ...base, how: 'fresh' };
  if (mayBeStale(wish, strict, staleMs)) return { ...base, how: 'fresh' };
  return { ...base, how: within('stale-while-revalidate', options.staleWhileRevalidateMs) ? 'stale' : 'validate' };
}

interface Wish {
  readonly validate: boolean;
  readonly maxAgeMs: number;
  readonly minFreshMs: number;
  readonly maxStaleMs: number;
}

const NO_WISH: Wish = { validate: false, maxAgeMs: Infinity, minFreshMs: -Infinity, maxStaleMs: -1 };

function wishOf(request: HeaderOf): Wish {
  const header = request('cache-control');
  if (header === undefined) {
    const old = (request('pragma') ?? '').toLowerCase().includes('no-cache');
    return old ? { ...NO_WISH, validate: true } : NO_WISH;
  }
  const directives = parseDirectives(header);
  const ms = (name: string): number | undefined => {
    const told = seconds(directives, name);
    return told === undefined ? undefined : told * 1000;
  };
  return {
    validate: directives.has('no-cache'),
    maxAgeMs: ms('max-age') ?? Infinity,
    minFreshMs: ms('min-fresh') ?? -Infinity,
    maxStaleMs: directives.get('max-stale') === '' ? Infinity : (ms('max-stale') ?? -1),
  };
}

function mayBeStale({ maxStaleMs, validate, maxAgeMs, minFreshMs }: Wish, strict: boolean, staleMs: number): boolean {
  const asksForNew = validate || maxAgeMs !== Infinity || minFreshMs !== -Infinity;
  return !strict && !asksForNew && staleMs <= maxStaleMs;
}
