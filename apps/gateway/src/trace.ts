import { randomFillSync } from 'node:crypto';
import { FIELD, type RequestHead } from '@gatehouse/http';

/**
 * Version, trace id, parent id and flags of a `traceparent` (Trace Context §3.2): version `ff` is none, ids are not all
 * zero. What versions above 00 add stands behind another dash (§4.3).
 */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;
const LENGTH_00 = 55;
const SAMPLED = 1;
/** Level 2 §3.2.2.2: the last seven bytes of the trace id are random. */
const RANDOM = 2;
const FLAGS = ['00', '01', '02', '03'] as const;
const TRACE_CHARS = 32;
const SPAN_CHARS = 16;
const pool = Buffer.alloc(24 * 256);
let random = '';
let used = 0;

/** Our part in a trace: one span an exchange, whose parent is the caller's. */
export interface Trace {
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined where the trace begins here. */
  readonly parentSpanId: string | undefined;
  /** As the caller has decided; where the trace begins here, as the share of the configuration says. */
  readonly sampled: boolean;
  /** What upstreams are told: their parent is our span. */
  readonly traceparent: string;
}

/** The trace of a request. Where its traceparent cannot be read, its tracestate goes no further (§4.3). */
export function takeTrace(fields: RequestHead['fields'], sampleShare: number): Trace {
  // Two of them are none (§3.2).
  const trace = traceOf(fields.joined(FIELD.traceparent), sampleShare);
  if (trace.parentSpanId === undefined && fields.has(FIELD.tracestate)) fields.withhold('tracestate');
  return trace;
}

/**
 * Goes on with the caller's trace, or begins one where there is none that can be read. Of those that begin here, the
 * ones are sampled whose id, as a share of all ids, lies below `sampleShare`: gates with one share choose the same.
 */
export function traceOf(incoming: string | undefined, sampleShare: number): Trace {
  const parent = incoming === undefined ? null : TRACEPARENT.exec(incoming);
  if (parent === null || (parent[1] === '00' && incoming?.length !== LENGTH_00)) return newTrace(sampleShare);
  const [, , traceId = '', parentSpanId, flagText = ''] = parent;
  // Flags that we do not know are not passed on (§4.3).
  const flags = Number.parseInt(flagText, 16) & (SAMPLED | RANDOM);
  const spanId = randomHex(SPAN_CHARS);
  return {
    traceId,
    spanId,
    parentSpanId,
    sampled: (flags & SAMPLED) !== 0,
    traceparent: `00-${traceId}-${spanId}-${FLAGS[flags] ?? '00'}`,
  };
}

function newTrace(sampleShare: number): Trace {
  const traceId = randomHex(TRACE_CHARS);
  const spanId = randomHex(SPAN_CHARS);
  const sampled = sampleShare > 0 && isBelow(traceId, sampleShare);
  const traceparent = `00-${traceId}-${spanId}-${sampled ? '03' : '02'}`;
  return { traceId, spanId, parentSpanId: undefined, sampled, traceparent };
}

/** By eight of its last digits, which are random in every tracer's ids. */
function isBelow(traceId: string, share: number): boolean {
  return Number.parseInt(traceId.slice(TRACE_CHARS - 8), 16) < share * 2 ** 32;
}

/** Made for hundreds of ids at once, which makes an id a slice. All zeros come once in 2^64. */
function randomHex(chars: number): string {
  if (used + chars > random.length) {
    random = randomFillSync(pool).toString('hex');
    used = 0;
  }
  used += chars;
  return random.slice(used - chars, used);
}
