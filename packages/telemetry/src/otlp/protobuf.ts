import type { LogsRequest, TraceRequest } from './otlp-model.ts';

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
  return encode(request, TRACE_REQUEST);
}

export function logsProtobuf(request: LogsRequest): Buffer {
  return encode(request, LOGS_REQUEST);
}

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Members that the table does not name are not written; absent ones neither. Inside a oneof, zero is written too. */
function encode(value: object, table: Message): Buffer {
  const parts: Buffer[] = [];
  for (const [name, member] of Object.entries(value)) {
    const field = table[name];
    if (field === undefined || member === undefined) continue;
    for (const one of Array.isArray(member) ? member : [member]) writeField(parts, field, one);
  }
  return Buffer.concat(parts);
}

function writeField(parts: Buffer[], [number, form]: Field, value: unknown): void {
  const tag = (wire: number): Buffer => varint(BigInt(number * 8 + wire));
  if (typeof form !== 'string') {
    const inner = encode(typeof value === 'object' && value !== null ? value : {}, form);
    parts.push(tag(WIRE.bytes), varint(BigInt(inner.length)), inner);
  } else if (form === 'string' || form === 'bytes') {
    const inner = Buffer.from(String(value), form === 'string' ? 'utf8' : 'hex');
    parts.push(tag(WIRE.bytes), varint(BigInt(inner.length)), inner);
  } else if (form === 'fixed64' || form === 'double') {
    parts.push(tag(WIRE.fixed64), eightBytes(value, form));
  } else if (form === 'fixed32') {
    const inner = Buffer.alloc(4);
    inner.writeUInt32LE(Number(value));
    parts.push(tag(WIRE.fixed32), inner);
  } else {
    parts.push(tag(WIRE.varint), varint(form === 'bool' ? BigInt(value === true) : BigInt(String(value))));
  }
}

function eightBytes(value: unknown, form: 'fixed64' | 'double'): Buffer {
  const inner = Buffer.alloc(8);
  if (form === 'double') inner.writeDoubleLE(Number(value));
  else inner.writeBigUInt64LE(BigInt(String(value)));
  return inner;
}

/** Seven bits a byte, the lowest first; a negative number is its two's complement of 64 bits. */
function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Buffer.from(bytes);
}
