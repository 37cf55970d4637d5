import { createHash } from 'node:crypto';
import type { ExchangeRecord } from '@gatehouse/record';
import { attributesOf } from './attribute-table.ts';
import {
  errorType,
  knownMethod,
  methodAttributes,
  requestAttributes,
  routePath,
  serverAttributes,
} from './http-attributes.ts';
import { modelOperation } from './model-operation.ts';
import { keyValue, nanos, SPAN_KIND, STATUS_ERROR, type Span } from './otlp-model.ts';
import { upstreamTries, type UpstreamTry } from './upstream-tries.ts';

const SAMPLED = 0x01;
/** It is known whether the parent is in another process, and it is. */
const LOCAL_PARENT = 0x100;
const REMOTE_PARENT = 0x300;

/**
 * The spans of one sampled call: the gate's own, and inside it one for each try at an upstream, or one for the model
 * call. Their ids come from the gate's span, so that a record that is sent twice is the same spans twice.
 */
export function recordSpans(record: ExchangeRecord): readonly Span[] {
  const { traceId, spanId } = record;
  if (traceId === undefined || spanId === undefined) return [];
  const inside = record.aiProvider === undefined ? triesOf(record) : [modelSpan(record)];
  return [serverSpan(record), ...inside.map((span) => ({ ...span, traceId, flags: SAMPLED | LOCAL_PARENT }))].map(
    (span) => ({ ...span, traceId }),
  );
}

type Inside = Omit<Span, 'traceId' | 'flags'>;

function serverSpan(record: ExchangeRecord): Omit<Span, 'traceId'> {
  const { time, durationMs, spanId = '', parentSpanId, status } = record;
  const path = routePath(record);
  const method = knownMethod(record.method);
  return {
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    flags: SAMPLED | (parentSpanId === undefined ? LOCAL_PARENT : REMOTE_PARENT),
    name: path === undefined ? method : `${method} ${path}`,
    kind: SPAN_KIND.server,
    ...between(time, time + durationMs),
    attributes: [...requestAttributes(record), ...attributesOf(record, 'call')],
    // A refusal is no error of the server's.
    ...(status >= 500 && failed(errorType(record))),
  };
}

function triesOf(record: ExchangeRecord): readonly Inside[] {
  const tries = upstreamTries(record);
  return tries.flatMap((one, index) => {
    const span = trySpan(record, one, index);
    return tries.length === 1 ? [span, ...phasesOf(record, one, span.spanId)] : [span];
  });
}

function trySpan(record: ExchangeRecord, { endpoint, outcome, startMs, endMs }: UpstreamTry, index: number): Inside {
  const status = /^\d{3}$/.test(outcome) ? Number(outcome) : undefined;
  const isError = outcome !== 'cancelled' && (status === undefined || status >= 400);
  return {
    spanId: childId(record, `try ${index}`),
    parentSpanId: record.spanId ?? '',
    name: knownMethod(record.method),
    kind: SPAN_KIND.client,
    ...between(startMs, endMs),
    attributes: [
      ...methodAttributes(record.method),
      ...serverAttributes(endpoint),
      ...(status === undefined ? [] : [keyValue('http.response.status_code', status)]),
      ...(index === 0 ? [] : [keyValue('http.request.resend_count', index)]),
      ...(isError ? [keyValue('error.type', outcome)] : []),
      ...(outcome === 'cancelled' ? [keyValue('gatehouse.upstream.cancelled', true)] : []),
    ],
    ...(isError && failed(undefined)),
  };
}

/** What the time at the upstream went to, where there was one try. */
function phasesOf(record: ExchangeRecord, { startMs }: UpstreamTry, parentSpanId: string): readonly Inside[] {
  const { connectMs = 0, firstByteMs, bodyMs = 0 } = record;
  const phases = [
    ['connect', 0, connectMs],
    ['wait for first byte', connectMs, firstByteMs ?? connectMs],
    ['receive body', firstByteMs ?? 0, (firstByteMs ?? 0) + bodyMs],
  ] as const;
  return phases
    .filter(([, fromMs, toMs]) => toMs > fromMs)
    .map(([name, fromMs, toMs]) => ({
      spanId: childId(record, name),
      parentSpanId,
      name,
      kind: SPAN_KIND.internal,
      ...between(startMs + fromMs, startMs + toMs),
      attributes: [],
    }));
}

/** The conventions for generative AI, "Inference span"; usage stands here and nowhere else, so that it is counted once. */
function modelSpan(record: ExchangeRecord): Inside {
  const { time, gatewayMs, durationMs, firstByteMs, bodyMs = 0, aiModel, aiModelAsked } = record;
  const startMs = time + gatewayMs;
  const operation = modelOperation(record);
  const model = aiModelAsked ?? aiModel;
  const error = record.status >= 400 ? (errorType(record) ?? String(record.status)) : record.code;
  return {
    spanId: childId(record, 'model'),
    parentSpanId: record.spanId ?? '',
    name: model === undefined ? operation : `${operation} ${model}`,
    kind: SPAN_KIND.client,
    ...between(startMs, firstByteMs === undefined ? time + durationMs : startMs + firstByteMs + bodyMs),
    attributes: [
      keyValue('gen_ai.operation.name', operation),
      ...attributesOf(record, 'model'),
      ...(error === undefined ? [] : [keyValue('error.type', error)]),
    ],
    ...(error !== undefined && failed(undefined)),
  };
}

function failed(message: string | undefined): Pick<Span, 'status'> {
  return { status: { code: STATUS_ERROR, ...(message !== undefined && { message }) } };
}

function between(startMs: number, endMs: number): Pick<Span, 'startTimeUnixNano' | 'endTimeUnixNano'> {
  return { startTimeUnixNano: nanos(startMs), endTimeUnixNano: nanos(Math.max(startMs, endMs)) };
}

function childId({ traceId, spanId }: ExchangeRecord, what: string): string {
  return createHash('sha256').update(`${traceId}-${spanId}-${what}`).digest('hex').slice(0, 16);
}
