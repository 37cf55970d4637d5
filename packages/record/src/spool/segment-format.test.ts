import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyRecord } from '../__fixtures__/sample-records.ts';
import { frameOf, payloadOf } from '../__fixtures__/spool-files.ts';
import { recordLine } from '../record-line.ts';
import {
  decodeHeader,
  encodeFrame,
  encodeHeader,
  FRAME_HEAD_BYTES,
  frameCount,
  frameLength,
  HEADER_BYTES,
  isFrame,
  isPayload,
  PAYLOAD_BYTES_MAX,
} from './segment-format.ts';

describe('a header', () => {
  it('is read back', () => {
    const bytes = encodeHeader({ createdAt: 1_790_000_000_123.5 });
    expect(bytes).toHaveLength(HEADER_BYTES);
    expect(decodeHeader(bytes)).toEqual({ createdAt: 1_790_000_000_123.5 });
  });

  it('is not read from less than a whole one', () => {
    const bytes = encodeHeader({ createdAt: 1 });
    for (let length = 0; length < HEADER_BYTES; length++)
      expect(decodeHeader(bytes.subarray(0, length))).toBeUndefined();
  });

  it('of another version is not read', () => {
    const bytes = encodeHeader({ createdAt: 1 });
    bytes.writeUInt32LE(2, 8);
    expect(decodeHeader(bytes)).toBeUndefined();
  });

  it('is not read when a bit of its magic, version or reserve is wrong', () => {
    for (let bit = 0; bit < 16 * 8; bit++) {
      const bytes = encodeHeader({ createdAt: 1 });
      bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(decodeHeader(bytes)).toBeUndefined();
    }
  });

  it('with no time is not read', () => {
    expect(decodeHeader(encodeHeader({ createdAt: Number.NaN }))).toBeUndefined();
  });
});

describe('a frame', () => {
  const frame = frameOf('{"a":1}', '{"b":2}');

  it('is its head and its payload as it stands', () => {
    expect(frame.subarray(FRAME_HEAD_BYTES).toString()).toBe('{"a":1}\n{"b":2}\n');
    expect(frameLength(frame, 0)).toBe(frame.length);
    expect(frameCount(frame, 0)).toBe(2);
    expect(isFrame(frame, 0, frame.length)).toBe(true);
  });

  it('is recognised inside other bytes', () => {
    const bytes = Buffer.concat([Buffer.from('xyz'), frame, Buffer.from('rest')]);
    expect(frameLength(bytes, 3)).toBe(frame.length);
    expect(isFrame(bytes, 3, 3 + frame.length)).toBe(true);
  });

  it('is not recognised when any bit of it is wrong', () => {
    for (let bit = 0; bit < frame.length * 8; bit++) {
      const bytes = Buffer.from(frame);
      bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const length = frameLength(bytes, 0);
      expect(length !== undefined && length <= bytes.length && isFrame(bytes, 0, length)).toBe(false);
    }
  });

  it('cannot be forged by a record, because no line holds NUL', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(Buffer.from(recordLine(record), 'latin1').includes(0)).toBe(false);
      }),
    );
  });

  it('has a NUL as its fourth byte at any length', () => {
    for (const length of [2, 255, 65_536, PAYLOAD_BYTES_MAX]) {
      const payload = Buffer.alloc(length, '\n');
      expect(encodeFrame(payload, 1)[3]).toBe(0);
    }
  });
});

describe('isPayload', () => {
  const check = (payload: Uint8Array, count: number, expected: boolean): void =>
    expect(isPayload(payload, count)).toBe(expected);

  it('takes whole lines', () => check(payloadOf('{}', '{}'), 2, true));
  it('takes the longest payload', () => check(Buffer.alloc(PAYLOAD_BYTES_MAX, '\n'), 1, true));
  it('refuses a longer one', () => check(Buffer.alloc(PAYLOAD_BYTES_MAX + 1, '\n'), 1, false));
  it('refuses an empty one', () => check(Buffer.alloc(0), 0, false));
  it('refuses half a line', () => check(Buffer.from('{}\n{'), 2, false));
  it('refuses no lines', () => check(payloadOf('{}'), 0, false));
  it('refuses more lines than bytes', () => check(payloadOf('{}'), 4, false));
  it('refuses a count below zero', () => check(payloadOf('{}'), -1, false));
});
