import { randomFillSync } from 'node:crypto';

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
const ID_CHARS = 48;
const pool = Buffer.alloc(24 * 256);
let random = '';
let used = 0;

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
  if (used === random.length) {
    random = randomFillSync(pool).toString('hex');
    used = 0;
  }
  const id = random.slice(used, used + 32);
  const span = random.slice(used + 32, used + ID_CHARS);
  used += ID_CHARS;
  return { traceId: id, traceparent: `00-${id}-${span}-00` };
}
