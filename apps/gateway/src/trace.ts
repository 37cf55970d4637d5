import { randomFillSync } from 'node:crypto';

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
const pool = Buffer.alloc(24 * 256);
let used = pool.length;

export interface Trace {
  readonly traceId: string;
  readonly traceparent: string;
}

/** Continues a valid W3C `traceparent` as it came; begins an unsampled one where there is none (Trace Context §3.2). */
export function traceOf(incoming: string | undefined): Trace {
  const match = incoming === undefined ? null : TRACEPARENT.exec(incoming);
  const traceId = match?.[1];
  if (incoming !== undefined && traceId !== undefined && !/^0+$/.test(traceId) && !/^0+$/.test(match?.[2] ?? '0')) {
    return { traceId, traceparent: incoming };
  }
  if (used + 24 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const fresh = pool.toString('hex', used, used + 24);
  used += 24;
  const id = fresh.slice(0, 32);
  return { traceId: id, traceparent: `00-${id}-${fresh.slice(32)}-00` };
}
