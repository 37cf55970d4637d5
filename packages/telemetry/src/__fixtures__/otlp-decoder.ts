import protobuf from 'protobufjs';

/**
 * OTLP 1.x read by protobufjs, with the numbers of its fields as opentelemetry-proto has them. `conformance/telemetry`
 * holds the same against the collector's own receiver.
 */
const root = protobuf.parse(`
syntax = "proto3";
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5; } }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message Resource { repeated KeyValue attributes = 1; }
message Scope { string name = 1; string version = 2; }
message Status { string message = 2; int32 code = 3; }
message Span {
  bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
  fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9; Status status = 15; fixed32 flags = 16;
}
message LogRecord {
  fixed64 time_unix_nano = 1; int32 severity_number = 2; string severity_text = 3; AnyValue body = 5; repeated KeyValue attributes = 6;
  fixed32 flags = 8; bytes trace_id = 9; bytes span_id = 10; fixed64 observed_time_unix_nano = 11; string event_name = 12;
}
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message TraceRequest { repeated ResourceSpans resource_spans = 1; }
message ScopeLogs { Scope scope = 1; repeated LogRecord log_records = 2; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
message LogsRequest { repeated ResourceLogs resource_logs = 1; }
message Partial { int64 rejected = 1; string error_message = 2; }
message Answer { Partial partial_success = 1; }
`).root;

const IDS: ReadonlySet<string> = new Set(['traceId', 'spanId', 'parentSpanId']);

/** In the form of OTLP's own JSON: ids in hex. */
export function decodeOtlp(kind: 'TraceRequest' | 'LogsRequest', bytes: Buffer): unknown {
  const type = root.lookupType(kind);
  const plain: unknown = type.toObject(type.decode(bytes), { longs: String, bytes: String, arrays: true });
  return withHexIds(plain);
}

function withHexIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withHexIds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]: [string, unknown]) => [
      key,
      IDS.has(key) && typeof part === 'string' ? Buffer.from(part, 'base64').toString('hex') : withHexIds(part),
    ]),
  );
}

/** An answer of a collector that has refused so many. */
export function encodeAnswer(rejected: number, errorMessage: string): Buffer {
  const type = root.lookupType('Answer');
  return Buffer.from(type.encode(type.fromObject({ partialSuccess: { rejected, errorMessage } })).finish());
}
