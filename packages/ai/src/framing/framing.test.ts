import * as fc from 'fast-check';
import { GatehouseError } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import type { FramingName } from '../canonical/dialect.ts';
import { awsFrame } from './aws-event-stream.ts';
import { createFraming } from './framing.ts';
import { RECORD_BYTES_MAX } from './record-bytes.ts';

interface Seen {
  readonly raw: string;
  readonly data: string;
  readonly type: string;
  readonly complete: boolean;
}

/** All records of a body that arrives in the given chunks, each in a buffer that is used again. */
function records(name: FramingName, ...chunks: readonly (string | Buffer)[]): Seen[] {
  const seen: Seen[] = [];
  const framing = createFraming(name, (record) => seen.push({ ...record, raw: record.raw.toString('latin1') }));
  for (const chunk of chunks) {
    const bytes = Buffer.concat([Buffer.from('{"[:\n'), Buffer.from(chunk), Buffer.from('\n\n]}"')]);
    framing.push(bytes, 5, bytes.length - 5);
    bytes.fill(0x21);
  }
  framing.end();
  return seen;
}

const raws = (seen: readonly Seen[]): string => seen.map(({ raw }) => raw).join('');
const latin1 = (body: string | Buffer): string => Buffer.from(body).toString('latin1');

/** Data, and a mark for what is not complete. */
const short = (seen: readonly Seen[]): string[] => seen.map(({ data, complete }) => (complete ? data : `${data}…`));

describe('SSE', () => {
  const cases: Readonly<Record<string, readonly [string, readonly string[]]>> = {
    events: ['data: {"a":1}\n\ndata:{"b":2}\r\n\r\n', ['{"a":1}', '{"b":2}']],
    'lines of one event, joined': ['data: a\ndata: b\n\n', ['a\nb']],
    'comments, which keep alive': [': wait\n\ndata: a\n\n', ['', 'a']],
    'a comment in front of data': [': wait\ndata: a\n\n', ['a']],
    'blank lines, which keep alive': ['\n\ndata: a\n\n', ['', '', 'a']],
    'nothing of events without data': ['event: x\nid: 1\n\ndata:\n\ndata: a\n\n', ['a']],
    'a byte order mark': ['\ufeffdata: a\n\n', ['a']],
    'a terminator without its blank line': ['data: a\n\ndata: [DONE]', ['a', '[DONE]']],
    'a whole object without its blank line': ['data: {"a":1}\n', ['{"a":1}']],
    'a broken object': ['data: {"a":', ['{"a":…']],
    'a broken name': ['event: x\nda', ['…']],
    'a broken comment': [': wai', ['']],
    nothing: ['', []],
  };
  it.each(Object.entries(cases))('gives %s', (_, [body, data]) => {
    expect(short(records('sse', body))).toEqual(data);
  });
});

describe('NDJSON', () => {
  const cases: Readonly<Record<string, readonly [string, readonly string[]]>> = {
    lines: ['{"a":1}\n{"b":2}\r\n', ['{"a":1}', '{"b":2}']],
    'empty lines, which keep alive': ['\n \r\n{"a":1}\n', ['', '', '{"a":1}']],
    'a whole line without its end': ['{"a":1}\n{"done":true}', ['{"a":1}', '{"done":true}']],
    'a broken line': ['{"a":1}\n{"a":', ['{"a":1}', '{"a":…']],
    'a number that may go on': ['12', ['12…']],
    'a byte order mark': ['\ufeff{"a":1}\n', ['{"a":1}']],
    'blanks behind the last line': ['{"a":1}\n ', ['{"a":1}', '']],
    nothing: ['', []],
  };
  it.each(Object.entries(cases))('gives %s', (_, [body, data]) => {
    const seen = records('ndjson', body);
    expect(short(seen)).toEqual(data);
    expect(raws(seen)).toBe(latin1(body));
  });
});

describe('a JSON array', () => {
  const cases: Readonly<Record<string, readonly [string, readonly string[]]>> = {
    objects: ['[{"a":1},\r\n{"b":{"c":[{}]}}\n]', ['{"a":1}', '{"b":{"c":[{}]}}', '']],
    'objects without white space': ['[{},{}]', ['{}', '{}', '']],
    'braces, brackets and quotes in strings': [
      String.raw`[{"a":"}]{[,\"\\"},{"\\\"}":"\u007d"}]`,
      [String.raw`{"a":"}]{[,\"\\"}`, String.raw`{"\\\"}":"\u007d"}`, ''],
    ],
    'a single object, which is an error': ['{"error":{"code":429}}', ['{"error":{"code":429}}']],
    'an error in an array': ['[{"error":{"code":429}}]\n', ['{"error":{"code":429}}', '']],
    'objects that stand by themselves': ['{}\n{}', ['{}', '{}']],
    'a byte order mark': ['\ufeff[{}]', ['{}', '']],
    'a broken object': ['[{"a":1},{"a":"}', ['{"a":1}', '{"a":"}…']],
    'an array that does not end': ['[{"a":1}', ['{"a":1}', '…']],
    'an array that does not begin': [' ', ['']],
    'an empty array': ['[]', ['']],
    nothing: ['', []],
  };
  it.each(Object.entries(cases))('gives %s', (_, [body, data]) => {
    const seen = records('json-array', body);
    expect(short(seen)).toEqual(data);
    expect(raws(seen)).toBe(latin1(body));
  });

  it.each(['<html>', '[1]', '[[{}]]', '[{}]]', 'null', '[{} "a"]'])('refuses %s', (body) => {
    expect(() => records('json-array', body)).toThrow(GatehouseError);
  });
});

const SAMPLES: Readonly<Record<FramingName, Buffer>> = {
  sse: Buffer.from('\ufeff: é\r\n\r\ndata: {"a":"é😀"}\r\ndata: b\n\nevent: x\rdata: c\r\r: d\n\ndata: [DONE]\n\n'),
  ndjson: Buffer.from('\ufeff{"a":"é😀"}\r\n\n{"b":"\\n"}\n{"done":true}'),
  'json-array': Buffer.from('\ufeff[{"a":"é😀\\\\"},\r\n{"b":"\\"}{[]"} ,{"c":[{"d":{}}]}\n]\n'),
  'aws-event-stream': Buffer.concat([
    awsFrame({ type: 'messageStart', messageType: 'event', payload: '{"role":"é😀"}' }),
    awsFrame({ type: 'messageStop', messageType: 'event', payload: '' }),
    awsFrame({ type: 'throttlingException', messageType: 'exception', payload: '{"message":"slow"}' }),
  ]),
};

const NAMES: readonly FramingName[] = ['sse', 'ndjson', 'json-array', 'aws-event-stream'];

describe.each(NAMES)('%s', (name) => {
  const body = SAMPLES[name];
  const whole = records(name, body);

  it('gives the same records wherever the body is split in three', () => {
    for (let a = 0; a <= body.length; a++) {
      for (let b = a; b <= body.length; b += 3) {
        const seen = records(name, body.subarray(0, a), body.subarray(a, b), body.subarray(b));
        expect(seen).toEqual(whole);
      }
    }
  });

  it('gives the same records byte by byte', () => {
    expect(records(name, ...Array.from(body, (byte) => Buffer.of(byte)))).toEqual(whole);
  });

  it('gives a record that is not complete, or none, wherever the body breaks off', () => {
    for (let at = 0; at < body.length; at++) {
      const seen = records(name, body.subarray(0, at));
      const before = seen.slice(0, -1);
      expect(whole.slice(0, before.length)).toEqual(before);
    }
  });

  it('gives the same records, or the same error, of any bytes in any chunks', () => {
    const piece = fc.oneof(
      fc
        .constantFrom('data: ', '\n', '\r', '{"a":', '"', '}', '[', ']', ',', '\\', ':')
        .map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
      fc.nat({ max: body.length }).map((at) => body.subarray(at, at + 20)),
    );
    const outcome = (...chunks: readonly Buffer[]): unknown => {
      try {
        return records(name, ...chunks);
      } catch (error) {
        return error instanceof GatehouseError ? error.code : error;
      }
    };
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (chunks) => {
        const together = outcome(Buffer.concat(chunks));
        expect(together).not.toBeInstanceOf(Error);
        expect(outcome(...chunks)).toEqual(together);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a record that is too large', () => {
  const chunk = Buffer.alloc(1024 * 1024, 0x61);
  it.each(['sse', 'ndjson', 'json-array'] as const)('ends a stream of %s', (name) => {
    const framing = createFraming(name, () => expect.unreachable());
    const push = (): void => {
      framing.push(Buffer.from('{"'), 0, 2);
      for (let sent = 0; sent <= RECORD_BYTES_MAX; sent += chunk.length) framing.push(chunk, 0, chunk.length);
    };
    expect(push).toThrow(expect.objectContaining({ code: 'provider.unavailable' }));
  });

  it('may be sixteen megabytes long', () => {
    const line = Buffer.alloc(RECORD_BYTES_MAX, 0x20);
    line[RECORD_BYTES_MAX - 1] = 0x0a;
    const cut = RECORD_BYTES_MAX / 2;
    expect(records('ndjson', line.subarray(0, cut), line.subarray(cut))).toMatchObject([{ data: '' }]);
  });
});
