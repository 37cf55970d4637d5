/**
 * The messages of OTLP 1.x that we send, in the form of their JSON encoding: ids in hex, 64-bit numbers as texts, enums as
 * numbers. `protobuf.ts` writes the same objects as protobuf.
 */
export interface TraceRequest {
  readonly resourceSpans: readonly [
    {
      readonly resource: Resource;
      readonly scopeSpans: readonly [{ readonly scope: Scope; readonly spans: readonly Span[] }];
    },
  ];
}

export interface LogsRequest {
  readonly resourceLogs: readonly [
    {
      readonly resource: Resource;
      readonly scopeLogs: readonly [{ readonly scope: Scope; readonly logRecords: readonly LogRecord[] }];
    },
  ];
}

export interface Resource {
  readonly attributes: readonly KeyValue[];
}

export interface Scope {
  readonly name: string;
  readonly version: string;
}

export const SPAN_KIND = { internal: 1, server: 2, client: 3 } as const;
export const STATUS_ERROR = 2;

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  /** W3C flags, and whether it is known that the parent is of another process (0x100), and is (0x200). */
  readonly flags: number;
  readonly name: string;
  readonly kind: (typeof SPAN_KIND)[keyof typeof SPAN_KIND];
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly status?: { readonly code: number; readonly message?: string };
}

export const SEVERITY = {
  info: { severityNumber: 9, severityText: 'INFO' },
  warn: { severityNumber: 13, severityText: 'WARN' },
  error: { severityNumber: 17, severityText: 'ERROR' },
} as const;

export interface LogRecord {
  readonly timeUnixNano: string;
  readonly observedTimeUnixNano: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: AnyValue;
  readonly attributes: readonly KeyValue[];
  readonly flags?: number;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly eventName: string;
}

export interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

export type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } };

export type AttributeValue = string | number | boolean | readonly string[];

/** Whole numbers are integers to a receiver unless they are said to be measured: `3` seconds is `3.0`. */
export function keyValue(key: string, value: AttributeValue, measured = false): KeyValue {
  return { key, value: anyValue(value, measured) };
}

function anyValue(value: AttributeValue, measured: boolean): AnyValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value !== 'number') return { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } };
  return measured || !Number.isSafeInteger(value) ? { doubleValue: value } : { intValue: String(value) };
}

/** Nanoseconds since the epoch of ms with a fraction; records know microseconds. */
export function nanos(ms: number): string {
  const micros = Math.max(0, Math.round(ms * 1000));
  return micros === 0 ? '0' : `${micros}000`;
}
