import { crc32 } from 'node:zlib';
import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import type { WireRecord } from '../canonical/dialect.ts';
import { AwsFraming, awsFrame } from './aws-event-stream.ts';
import { RECORD_BYTES_MAX } from './record-bytes.ts';

function records(...chunks: readonly Buffer[]): Omit<WireRecord, 'raw'>[] {
  const seen: Omit<WireRecord, 'raw'>[] = [];
  const framing = new AwsFraming(({ data, type, complete }) => seen.push({ data, type, complete }));
  for (const chunk of chunks) framing.push(chunk, 0, chunk.length);
  framing.end();
  return seen;
}

/** A frame of any headers, well or not, with both checks right. */
function frameOf(
  headers: Buffer,
  payload = '',
  lengths?: { readonly total?: number; readonly headers?: number },
): Buffer {
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(lengths?.total ?? 16 + headers.length + payload.length, 0);
  prelude.writeUInt32BE(lengths?.headers ?? headers.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const checked = Buffer.concat([prelude, headers, Buffer.from(payload)]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(checked));
  return Buffer.concat([checked, check]);
}

const header = (name: string, type: number, value: string): Buffer =>
  Buffer.concat([Buffer.of(name.length), Buffer.from(name), Buffer.of(type), Buffer.from(value, 'latin1')]);

const text = (name: string, value: string): Buffer => header(name, 7, `\0${String.fromCharCode(value.length)}${value}`);

describe('AwsFraming', () => {
  it('reads what the codec of the official SDK wrote', () => {
    const frame =
      '0000004400000021843831be0b3a6576656e742d7479706507000b6d65737361676553746f70016e0400000007' +
      '7b2273746f70526561736f6e223a22c3a9227d5d4daf04';
    expect(records(Buffer.from(frame, 'hex'))).toEqual([
      { type: 'messageStop', data: '{"stopReason":"é"}', complete: true },
    ]);
  });

  it('gives events, exceptions and errors by their names', () => {
    const frames = [
      awsFrame({ type: 'messageStart', messageType: 'event', payload: '{"role":"assistant"}' }),
      awsFrame({ type: 'throttlingException', messageType: 'exception', payload: Buffer.from('{"message":"é"}') }),
      frameOf(
        Buffer.concat([text(':message-type', 'error'), text(':error-code', 'Oops'), text(':error-message', 'no "x"')]),
      ),
      frameOf(text(':message-type', 'other'), '{}'),
    ];
    expect(records(...frames)).toEqual([
      { type: 'messageStart', data: '{"role":"assistant"}', complete: true },
      { type: 'throttlingException', data: '{"message":"é"}', complete: true },
      { type: 'Oops', data: '{"message":"no \\"x\\""}', complete: true },
      { type: '', data: '{}', complete: true },
    ]);
  });

  it('passes over headers of every type', () => {
    const headers = Buffer.concat([
      header('true', 0, ''),
      header('false', 1, ''),
      header('byte', 2, '1'),
      header('short', 3, '12'),
      header('int', 4, '1234'),
      header('long', 5, '12345678'),
      header('bytes', 6, '\0\x03abc'),
      header('time', 8, '12345678'),
      header('uuid', 9, '1234567812345678'),
      text(':event-type', 'x'),
    ]);
    expect(records(frameOf(headers, '{}'))).toEqual([{ type: 'x', data: '{}', complete: true }]);
  });

  it('gives the rest of a body that breaks off', () => {
    const frame = awsFrame({ type: 'x', messageType: 'event', payload: '{}' });
    for (let at = 1; at < frame.length; at++) {
      expect(records(frame.subarray(0, at))).toEqual([{ type: '', data: '', complete: false }]);
    }
    expect(records()).toEqual([]);
  });

  it('refuses a frame with any bit turned', () => {
    const frame = awsFrame({ type: 'x', messageType: 'event', payload: '{}' });
    for (let bit = 0; bit < frame.length * 8; bit++) {
      const turned = Buffer.from(frame);
      turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => records(turned), `bit ${bit}`).toThrow(/provider.unavailable/);
    }
  });

  const broken: Readonly<Record<string, readonly [Buffer, RegExp]>> = {
    'a length above the bound, before it comes': [
      frameOf(Buffer.alloc(0), '', { total: RECORD_BYTES_MAX + 1 }).subarray(0, 12),
      /larger than 16 MiB/,
    ],
    'a length below the smallest': [frameOf(Buffer.alloc(0), '', { total: 15 }), /shorter than its headers/],
    'headers that are longer than the frame': [
      frameOf(Buffer.alloc(4), '', { headers: 5 }),
      /shorter than its headers/,
    ],
    'a type that does not exist': [frameOf(header('a', 10, '')), /a header does not end/],
    'a name that does not end': [frameOf(Buffer.of(200, 1)), /a header does not end/],
    'a name without a type': [frameOf(Buffer.of(1, 97), '\x07\0\0'), /a header does not end/],
    'a value that does not end': [frameOf(header('a', 5, '1234'), '5678'), /a header does not end/],
    'a text that does not end': [frameOf(header('a', 7, '\0\x05abc'), 'de'), /a header does not end/],
    'a text without a length': [frameOf(header('a', 7, '\0'), '\0'), /a header does not end/],
  };
  it.each(Object.entries(broken))('refuses %s', (_, [frame, message]) => {
    expect(() => records(frame)).toThrow(message);
  });
});

describe('awsFrame', () => {
  /** What the official SDK makes of a body. */
  async function heard(body: Buffer): Promise<unknown[]> {
    const client = new BedrockRuntimeClient({
      region: 'us-east-1',
      maxAttempts: 1,
      token: { token: 't' },
      authSchemePreference: ['httpBearerAuth'],
      requestHandler: {
        handle: () =>
          Promise.resolve({
            response: {
              statusCode: 200,
              headers: { 'content-type': 'application/vnd.amazon.eventstream' },
              body: new Blob([new Uint8Array(body)]).stream(),
            },
          }),
      },
    });
    const reply = await client.send(new ConverseStreamCommand({ modelId: 'm', messages: [] }));
    const events: unknown[] = [];
    for await (const event of reply.stream ?? []) events.push(event);
    return events;
  }

  it('is understood by the official SDK', async () => {
    const body = Buffer.concat([
      awsFrame({ type: 'messageStart', messageType: 'event', payload: '{"role":"assistant"}' }),
      awsFrame({
        type: 'contentBlockDelta',
        messageType: 'event',
        payload: '{"contentBlockIndex":0,"delta":{"text":"é😀"}}',
      }),
      awsFrame({ type: 'messageStop', messageType: 'event', payload: '{"stopReason":"end_turn"}' }),
    ]);
    expect(await heard(body)).toEqual([
      { messageStart: { role: 'assistant' } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'é😀' } } },
      { messageStop: { stopReason: 'end_turn' } },
    ]);
  });

  it('is an exception to the official SDK', async () => {
    const body = awsFrame({ type: 'throttlingException', messageType: 'exception', payload: '{"message":"slow"}' });
    await expect(heard(body)).rejects.toMatchObject({ name: 'ThrottlingException', message: 'slow' });
  });
});
