import type { SlowStartSpec } from '@gatehouse/config';

/** A share of nothing would never warm anything up. */
const SHARE_MIN = 0.1;

/** What part of its weight an endpoint has, from a tenth to all of it. */
export function warmth(spec: SlowStartSpec, warmForMs: number): number {
  if (warmForMs >= spec.windowMs) return 1;
  return Math.max(SHARE_MIN, Math.max(0, warmForMs / spec.windowMs) ** (1 / spec.aggression));
}
