/** What a cache did, for `Cache-Status` (RFC 9211). */
export interface CacheAct {
  readonly hit?: boolean;
  readonly forward?:
    | undefined
    | 'uri-miss'
    | 'vary-miss'
    | 'stale'
    | 'request'
    | 'method'
    | 'bypass'
    | 'miss'
    | 'partial';
  readonly forwardStatus?: number;
  readonly ttlMs?: number;
  readonly stored?: boolean;
  readonly collapsed?: boolean;
  readonly detail?: string;
}

export function cacheStatus({
  hit = false,
  forward,
  forwardStatus,
  ttlMs,
  stored = false,
  collapsed = false,
  detail,
}: CacheAct): string {
  const parts = [
    'gatehouse',
    ...(hit ? ['hit'] : []),
    ...(forward === undefined ? [] : [`fwd=${forward}`]),
    ...(forwardStatus === undefined ? [] : [`fwd-status=${forwardStatus}`]),
    ...(ttlMs === undefined || !Number.isFinite(ttlMs) ? [] : [`ttl=${Math.floor(ttlMs / 1000)}`]),
    ...(stored ? ['stored'] : []),
    ...(collapsed ? ['collapsed'] : []),
    ...(detail === undefined ? [] : [`detail=${detail}`]),
  ];
  return parts.join('; ');
}

/** The word of it that records keep. */
export function cacheWord({ hit = false, forward, collapsed = false }: CacheAct): string {
  if (collapsed) return 'collapsed';
  return hit ? (forward === undefined ? 'hit' : 'stale') : (forward ?? 'miss');
}
