/** Frames of HTTP/2 as bytes, right or wrong as the test wants them (RFC 9113 §6). Shares nothing with Node's. */
export const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

const TYPE = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goaway: 7, windowUpdate: 8, continuation: 9 };
export const END_STREAM = 1;
export const END_HEADERS = 4;

export function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export const data = (stream: number, text: string, flags = 0): Buffer =>
  frame(TYPE.data, flags, stream, Buffer.from(text, 'latin1'));

export const headers = (stream: number, part: Buffer, flags = END_HEADERS): Buffer =>
  frame(TYPE.headers, flags, stream, part);

export const continuation = (stream: number, part: Buffer, flags = 0): Buffer =>
  frame(TYPE.continuation, flags, stream, part);

export const reset = (stream: number, code: number): Buffer => frame(TYPE.reset, 0, stream, word(code));

export const windowUpdate = (stream: number, by: number): Buffer => frame(TYPE.windowUpdate, 0, stream, word(by));

export const ping = (): Buffer => frame(TYPE.ping, 0, 0, Buffer.alloc(8));

export const settingsAck = (): Buffer => frame(TYPE.settings, 1, 0);

/** Pairs of identifier and value. */
export function settings(...pairs: readonly (readonly [number, number])[]): Buffer {
  const payload = Buffer.alloc(6 * pairs.length);
  for (const [index, [id, value]] of pairs.entries()) {
    payload.writeUInt16BE(id, 6 * index);
    payload.writeUInt32BE(value, 6 * index + 2);
  }
  return frame(TYPE.settings, 0, 0, payload);
}

export const goaway = (last: number, code: number): Buffer =>
  frame(TYPE.goaway, 0, 0, Buffer.concat([word(last), word(code)]));

function literalText(text: string): Buffer {
  if (text.length < 127) return Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')]);
  const rest: number[] = [];
  let left = text.length - 127;
  for (; left >= 128; left = Math.floor(left / 128)) rest.push((left % 128) + 128);
  return Buffer.concat([Buffer.from([127, ...rest, left]), Buffer.from(text, 'latin1')]);
}

/** A field that enters no table, or the dynamic one (RFC 7541 §6.2). */
export function field(name: string, value: string, indexed = false): Buffer {
  return Buffer.concat([Buffer.from([indexed ? 0x40 : 0]), literalText(name), literalText(value)]);
}

/** A field of a table, in one byte. */
export const indexed = (index: number): Buffer => Buffer.from([0x80 + index]);

export function block(fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(fields.map(([name, value]) => field(name, value)));
}

export function request(method: string, path: string, fields: readonly (readonly [string, string])[] = []): Buffer {
  return block([[':method', method], [':scheme', 'http'], [':path', path], [':authority', 'a'], ...fields]);
}

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** Whole frames of what was received. */
export function read(received: string): Frame[] {
  const bytes = Buffer.from(received, 'latin1');
  const frames: Frame[] = [];
  for (let at = 0; at + 9 <= bytes.length;) {
    const length = bytes.readUIntBE(at, 3);
    if (at + 9 + length > bytes.length) break;
    const payload = bytes.subarray(at + 9, at + 9 + length);
    frames.push({ type: bytes[at + 3] ?? 0, flags: bytes[at + 4] ?? 0, stream: bytes.readUInt32BE(at + 5), payload });
    at += 9 + length;
  }
  return frames;
}

/** Codes of GOAWAY frames. */
export const goaways = (received: string): number[] =>
  read(received)
    .filter(({ type }) => type === TYPE.goaway)
    .map(({ payload }) => payload.readUInt32BE(4));

/** Codes of RST_STREAM frames, by stream. */
export const resets = (received: string): [stream: number, code: number][] =>
  read(received)
    .filter(({ type }) => type === TYPE.reset)
    .map(({ stream, payload }) => [stream, payload.readUInt32BE(0)]);

export const ended = (received: string, stream: number): boolean =>
  read(received).some((each) => each.stream === stream && each.type <= 1 && (each.flags & END_STREAM) !== 0);
