import { crc32 } from 'node:zlib';
import { slot } from '@gatehouse/kernel';
import type { WireRecord } from '../canonical/dialect.ts';
import type { Framing } from './framing.ts';
import { brokenFraming, RECORD_BYTES_MAX, RecordBytes } from './record-bytes.ts';

/**
 * `application/vnd.amazon.eventstream`: total length, length of the headers, CRC-32 of both, headers, payload, CRC-32 of
 * all before; big-endian.
 */
export class AwsFraming implements Framing {
  readonly #onRecord: (record: WireRecord) => void;
  readonly #begun = new RecordBytes();
  /** Of the begun frame; 0 until its prelude is there. */
  #frameBytes = 0;

  constructor(onRecord: (record: WireRecord) => void) {
    this.#onRecord = onRecord;
  }

  push(bytes: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end) at = this.#frameBytes === 0 ? this.#readPrelude(bytes, at, end) : this.#readFrame(bytes, at, end);
  }

  end(): void {
    if (this.#begun.length > 0) this.#onRecord({ raw: this.#begun.takeRest(), data: '', type: '', complete: false });
  }

  /** Answers how far it came; a prelude that lies whole in the chunk stays there. */
  #readPrelude(bytes: Buffer, at: number, end: number): number {
    if (this.#begun.length === 0 && end - at >= PRELUDE_BYTES) {
      this.#frameBytes = frameBytes(bytes, at);
      return at;
    }
    const stop = Math.min(end, at + PRELUDE_BYTES - this.#begun.length);
    this.#begun.keep(bytes, at, stop);
    if (this.#begun.length === PRELUDE_BYTES) this.#frameBytes = frameBytes(this.#begun.view, 0);
    return stop;
  }

  #readFrame(bytes: Buffer, at: number, end: number): number {
    const stop = at + this.#frameBytes - this.#begun.length;
    if (stop > end) {
      this.#begun.keep(bytes, at, end);
      return end;
    }
    this.#frameBytes = 0;
    this.#onRecord(recordOf(this.#begun.take(bytes, at, stop)));
    return stop;
  }
}

export interface AwsFrame {
  /** The event's name, or the exception's. */
  readonly type: string;
  readonly messageType: 'event' | 'exception';
  /** JSON. */
  readonly payload: string | Buffer;
}

/** One frame as a provider sends it. */
export function awsFrame({ type, messageType, payload }: AwsFrame): Buffer {
  const headers = Buffer.concat([
    stringHeader(messageType === 'event' ? ':event-type' : ':exception-type', type),
    stringHeader(':content-type', 'application/json'),
    stringHeader(':message-type', messageType),
  ]);
  const body = Buffer.from(payload);
  const frame = Buffer.allocUnsafe(PRELUDE_BYTES + headers.length + body.length + CRC_BYTES);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(headers.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  headers.copy(frame, PRELUDE_BYTES);
  body.copy(frame, PRELUDE_BYTES + headers.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, -CRC_BYTES)), frame.length - CRC_BYTES);
  return frame;
}

const CRC_BYTES = 4;
const PRELUDE_BYTES = 12;

/** The length of the frame at `at`, checked before a byte more of it is kept. */
function frameBytes(bytes: Buffer, at: number): number {
  const total = bytes.readUInt32BE(at);
  const headers = bytes.readUInt32BE(at + 4);
  if (crc32(bytes.subarray(at, at + 8)) !== bytes.readUInt32BE(at + 8))
    throw brokenFraming('a prelude fails its check');
  if (total > RECORD_BYTES_MAX) throw brokenFraming('a frame is larger than 16 MiB');
  if (total < PRELUDE_BYTES + headers + CRC_BYTES) throw brokenFraming('a frame is shorter than its headers');
  return total;
}

function recordOf(raw: Buffer): WireRecord {
  const bodyEnd = raw.length - CRC_BYTES;
  if (crc32(raw.subarray(0, bodyEnd)) !== raw.readUInt32BE(bodyEnd)) throw brokenFraming('a frame fails its check');
  const headersEnd = PRELUDE_BYTES + raw.readUInt32BE(4);
  const headers = readHeaders(raw, PRELUDE_BYTES, headersEnd);
  const data = raw.toString('utf8', headersEnd, bodyEnd);
  const code = headers.get(':error-code');
  if (code !== undefined) {
    const message = headers.get(':error-message') ?? '';
    return { raw, data: data === '' ? JSON.stringify({ message }) : data, type: code, complete: true };
  }
  return { raw, data, type: headers.get(':event-type') ?? headers.get(':exception-type') ?? '', complete: true };
}

const STRING_TYPE = 7;
const BYTES_TYPE = 6;
/** Bytes of a value, by its type: true, false, byte, short, int, long; then bytes and string, timestamp, uuid. */
const VALUE_BYTES: readonly number[] = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16];

/** The headers that are text. */
function readHeaders(bytes: Buffer, start: number, end: number): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  let at = start;
  while (at < end) {
    const nameEnd = at + 1 + slot(bytes, at);
    // Reading behind the headers meets the payload or the CRC, never the buffer's end.
    const type = nameEnd < end ? slot(bytes, nameEnd) : -1;
    let valueStart = nameEnd + 1;
    let valueBytes = VALUE_BYTES[type];
    if (type === STRING_TYPE || type === BYTES_TYPE) {
      valueBytes = valueStart + 2 <= end ? bytes.readUInt16BE(valueStart) : undefined;
      valueStart += 2;
    }
    if (valueBytes === undefined || valueStart + valueBytes > end) throw brokenFraming('a header does not end');
    const value = bytes.toString('utf8', valueStart, valueStart + valueBytes);
    if (type === STRING_TYPE) headers.set(bytes.toString('latin1', at + 1, nameEnd), value);
    at = valueStart + valueBytes;
  }
  return headers;
}

function stringHeader(name: string, value: string): Buffer {
  const header = Buffer.allocUnsafe(1 + name.length + 3 + Buffer.byteLength(value));
  let at = header.writeUInt8(name.length, 0);
  at += header.write(name, at, 'latin1');
  at = header.writeUInt8(STRING_TYPE, at);
  at = header.writeUInt16BE(Buffer.byteLength(value), at);
  header.write(value, at);
  return header;
}
