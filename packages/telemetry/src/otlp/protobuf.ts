import type { LogsRequest, TraceRequest } from './otlp-model.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** How a field of a message is written: its number, and its form. */
type Field = readonly [number: number, form: Form];
type Form = 'string' | 'bytes' | 'varint' | 'int64' | 'fixed64' | 'fixed32' | 'double' | 'bool' | Message;
interface Message {
  readonly [name: string]: Field;
}

// opentelemetry/proto/{common,resource,trace,logs}/v1 and collector/{trace,logs}/v1, the fields that we send.
const ANY_VALUE: Message = {
  stringValue: [1, 'string'],
  boolValue: [2, 'bool'],
  intValue: [3, 'int64'],
  doubleValue: [4, 'double'],
  get arrayValue(): Field {
    return [5, ARRAY_VALUE];
  },
};
const ARRAY_VALUE: Message = { values: [1, ANY_VALUE] };
const KEY_VALUE: Message = { key: [1, 'string'], value: [2, ANY_VALUE] };
const RESOURCE: Message = { attributes: [1, KEY_VALUE] };
const SCOPE: Message = { name: [1, 'string'], version: [2, 'string'] };
const STATUS: Message = { message: [2, 'string'], code: [3, 'varint'] };
const SPAN: Message = {
  traceId: [1, 'bytes'],
  spanId: [2, 'bytes'],
  parentSpanId: [4, 'bytes'],
  name: [5, 'string'],
  kind: [6, 'varint'],
  startTimeUnixNano: [7, 'fixed64'],
  endTimeUnixNano: [8, 'fixed64'],
  attributes: [9, KEY_VALUE],
  status: [15, STATUS],
  flags: [16, 'fixed32'],
};
const LOG_RECORD: Message = {
  timeUnixNano: [1, 'fixed64'],
  severityNumber: [2, 'varint'],
  severityText: [3, 'string'],
  body: [5, ANY_VALUE],
  attributes: [6, KEY_VALUE],
  flags: [8, 'fixed32'],
  traceId: [9, 'bytes'],
  spanId: [10, 'bytes'],
  observedTimeUnixNano: [11, 'fixed64'],
  eventName: [12, 'string'],
};
const SCOPE_SPANS: Message = { scope: [1, SCOPE], spans: [2, SPAN] };
const RESOURCE_SPANS: Message = { resource: [1, RESOURCE], scopeSpans: [2, SCOPE_SPANS] };
const TRACE_REQUEST: Message = { resourceSpans: [1, RESOURCE_SPANS] };
const SCOPE_LOGS: Message = { scope: [1, SCOPE], logRecords: [2, LOG_RECORD] };
const RESOURCE_LOGS: Message = { resource: [1, RESOURCE], scopeLogs: [2, SCOPE_LOGS] };
const LOGS_REQUEST: Message = { resourceLogs: [1, RESOURCE_LOGS] };

export function traceProtobuf(request: TraceRequest): Buffer {
  return encoded(request, TRACE_REQUEST);
}

export function logsProtobuf(request: LogsRequest): Buffer {
  return encoded(request, LOGS_REQUEST);
}

function encoded(request: object, table: Message): Buffer {
  const writer = new ProtobufWriter();
  writeMessage(writer, request, table);
  return writer.whole();
}

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Members that the table does not name are not written; absent ones neither. Inside a oneof, zero is written too. */
function writeMessage(writer: ProtobufWriter, value: object, table: Message): void {
  for (const [name, member] of Object.entries(value)) {
    const field = table[name];
    if (field === undefined || member === undefined) continue;
    if (Array.isArray(member)) for (const one of member) writeField(writer, field, one);
    else writeField(writer, field, member);
  }
}

function writeField(writer: ProtobufWriter, [number, form]: Field, value: unknown): void {
  const tag = number * 8;
  if (typeof form !== 'string') {
    writer.varint(tag + WIRE.bytes);
    const start = writer.open();
    if (typeof value === 'object' && value !== null) writeMessage(writer, value, form);
    writer.close(start);
  } else if (form === 'string' || form === 'bytes') {
    writer.varint(tag + WIRE.bytes);
    writer.text(String(value), form === 'string' ? 'utf8' : 'hex');
  } else if (form === 'fixed64' || form === 'double') {
    writer.varint(tag + WIRE.fixed64);
    if (form === 'double') writer.double(Number(value));
    else writer.fixed64(BigInt(String(value)));
  } else if (form === 'fixed32') {
    writer.varint(tag + WIRE.fixed32);
    writer.fixed32(Number(value));
  } else {
    writer.varint(tag + WIRE.varint);
    writer.varint(form === 'bool' ? Number(value === true) : Number(value));
  }
}
