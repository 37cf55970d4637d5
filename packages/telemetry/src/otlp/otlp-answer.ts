import type { SinkOutcome } from '../sink.ts';
import type { Posted } from '../sinks/http-post.ts';

/** What a collector says that it did not take of a batch (OTLP 1.x, "Partial Success"); it is not to be sent again. */
export function partialSuccess({ contentType, body }: Posted): SinkOutcome | undefined {
  const { refused, why } = contentType.includes('json') ? fromJson(body) : fromProtobuf(body);
  return refused > 0 ? { refused, why: `the collector refused some: ${why}` } : undefined;
}

const NOTHING: SinkOutcome = { refused: 0, why: '' };

function fromJson(body: Buffer): SinkOutcome {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return NOTHING;
  }
  const partial = memberOf(value, 'partialSuccess');
  const refused = Number(memberOf(partial, 'rejectedSpans') ?? memberOf(partial, 'rejectedLogRecords') ?? 0);
  const why = memberOf(partial, 'errorMessage');
  return { refused: Number.isSafeInteger(refused) ? refused : 0, why: typeof why === 'string' ? why : '' };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** `partial_success = 1 { rejected = 1, error_message = 2 }`, the same for spans and log records. */
function fromProtobuf(body: Buffer): SinkOutcome {
  const partial = fieldsOf(body)?.get(1);
  const fields = Buffer.isBuffer(partial) ? fieldsOf(partial) : undefined;
  const refused = fields?.get(1);
  const why = fields?.get(2);
  return {
    refused: typeof refused === 'number' ? refused : 0,
    why: Buffer.isBuffer(why) ? why.toString('utf8') : '',
  };
}

/** The last value of each field by its number; `undefined` for what is no message. */
function fieldsOf(bytes: Buffer): ReadonlyMap<number, number | Buffer> | undefined {
  const fields = new Map<number, number | Buffer>();
  const at = { offset: 0 };
  while (at.offset < bytes.length) {
    const tag = readVarint(bytes, at);
    if (tag === undefined) return undefined;
    const value = readValue(bytes, at, tag % 8);
    if (value === undefined) return undefined;
    fields.set(Math.floor(tag / 8), value);
  }
  return fields;
}

function readValue(bytes: Buffer, at: { offset: number }, wire: number): number | Buffer | undefined {
  if (wire === 0) return readVarint(bytes, at);
  const length = wire === 1 ? 8 : wire === 5 ? 4 : wire === 2 ? readVarint(bytes, at) : undefined;
  if (length === undefined || length > bytes.length - at.offset) return undefined;
  at.offset += length;
  return bytes.subarray(at.offset - length, at.offset);
}

/** As a double, which is exact for counts. */
function readVarint(bytes: Buffer, at: { offset: number }): number | undefined {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[at.offset++];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return value;
  }
  return undefined;
}
