import { crc32 } from 'node:zlib';

/**
 * A segment is a header of 24 bytes (magic, u32 version, u32 zero, f64 time of its creation) and frames. A frame is
 * u32 payload length, u32 CRC-32 of all that follows it in the frame, u32 number of lines, payload. Numbers are
 * little-endian. A payload is lines of ASCII without NUL, and no length has a high byte, so every NUL byte of a sound
 * segment belongs to a header: that is how a reader finds its way back after damage, and why no record can forge a frame.
 */
export const HEADER_BYTES = 24;
export const FRAME_HEAD_BYTES = 12;
export const PAYLOAD_BYTES_MAX = 0xff_ffff;
const MAGIC = Buffer.from('GHSPOOL\n', 'latin1');
const VERSION = 1;
const NEWLINE = 10;

export interface SegmentHeader {
  readonly createdAt: number;
}

export function encodeHeader(header: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(VERSION, 8);
  bytes.writeDoubleLE(header.createdAt, 16);
  return bytes;
}

/** `undefined`: not a segment, or one of a version that this program does not know. */
export function decodeHeader(bytes: Buffer): SegmentHeader | undefined {
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  if (bytes.readUInt32LE(8) !== VERSION || bytes.readUInt32LE(12) !== 0) return undefined;
  const createdAt = bytes.readDoubleLE(16);
  return Number.isFinite(createdAt) ? { createdAt } : undefined;
}

export function encodeFrame(payload: Uint8Array, count: number): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + payload.length);
  frame.writeUInt32LE(payload.length, 0);
  frame.writeUInt32LE(count, 8);
  frame.set(payload, FRAME_HEAD_BYTES);
  frame.writeUInt32LE(crc32(frame.subarray(8)), 4);
  return frame;
}

/** What a frame can carry; the reader uses the same bounds to tell a frame's head from noise before it sums anything. */
export function isPayload(payload: Uint8Array, count: number): boolean {
  return isPlausible(payload.length, count) && payload[payload.length - 1] === NEWLINE;
}

/** Length of the frame that is said to start at `offset`, or `undefined` when no frame has such a head. */
export function frameLength(bytes: Buffer, offset: number): number | undefined {
  const length = bytes.readUInt32LE(offset);
  return isPlausible(length, frameCount(bytes, offset)) ? FRAME_HEAD_BYTES + length : undefined;
}

/** Whether the bytes from `offset` to `end` are a frame as it was written. */
export function isFrame(bytes: Buffer, offset: number, end: number): boolean {
  return bytes[end - 1] === NEWLINE && crc32(bytes.subarray(offset + 8, end)) === frameSum(bytes, offset);
}

/** The CRC that tells this frame from any other. */
export function frameSum(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset + 4);
}

export function frameCount(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset + 8);
}

function isPlausible(length: number, count: number): boolean {
  return length <= PAYLOAD_BYTES_MAX && count > 0 && count <= length;
}
