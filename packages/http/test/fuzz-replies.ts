import fc from 'fast-check';
import { mostly } from './fuzz-bodies.ts';
import { mutated, mutations } from './fuzz-requests.ts';

/* What an upstream may come up with, piece by piece, and how it leaves. */

const eol = mostly('\r\n', ['\n', '\r', '\r\r\n', '', '\r\n ', ' \r\n'], 60);
const statusLine = fc.oneof(
  {
    arbitrary: fc.constantFrom(
      'HTTP/1.1 200 OK',
      'HTTP/1.1 404 No',
      'HTTP/1.1 200',
      'HTTP/1.0 200 OK',
      'HTTP/1.1 500 ',
    ),
    weight: 12,
  },
  {
    arbitrary: fc.constantFrom(
      'HTTP/1.1 204 No',
      'HTTP/1.1 304 Not',
      'HTTP/1.1 101 Up',
      'HTTP/1.1 600 X',
      'HTTP/1.1 99 X',
      'HTTP/2 200',
      'ICY 200 OK',
      '',
    ),
    weight: 1,
  },
);
const interim = mostly('', [
  'HTTP/1.1 100 Go\r\n\r\n',
  'HTTP/1.1 103 Hint\r\nA: b\r\nContent-Length: 3\r\n\r\n',
  'HTTP/1.1 102 On\r\nTransfer-Encoding: chunked\r\n\r\n',
]);
const oddField = fc.constantFrom(
  'Connection: close',
  'Connection: keep-alive',
  'Connection: content-length, a',
  'Content-Length: 3',
  'Content-Length: 3, 3',
  'Content-Length: 9999999999',
  'Content-Length: 0',
  'Content-Length : 3',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: identity',
  'Trailer: X',
  'Upgrade: websocket',
  'A : b',
  'A: b\r\n c',
  'A',
  ': b',
  'A_B: c',
  'A: \u00e9',
  'A: \u0000',
);
const fields = fc.array(
  fc.oneof({ arbitrary: fc.constantFrom('A: b', 'Date: x', 'Set-Cookie: a'), weight: 5 }, oddField),
  { maxLength: 2 },
);
const text = fc.constantFrom(
  'abc',
  'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  '0\r\n\r\n',
  '\r\n',
  'a\nb\u0000\u00ff',
  'x'.repeat(300),
  'y'.repeat(20_000),
);
const chunk = text.chain((data) =>
  fc
    .tuple(
      mostly(data.length.toString(16), ['', 'x', `0x${data.length}`, (data.length + 1).toString(16)]),
      mostly('\r\n', ['\n', ';a\r\n', ' \r\n']),
      mostly('\r\n', ['', '\n']),
    )
    .map(([size, end, close]) => size + end + data + close),
);
const lastChunk = mostly(
  '0\r\n\r\n',
  ['0\r\nX: y\r\n\r\n', '0\r\nContent-Length: 3\r\n\r\n', '0\r\n', '0', '', '000;x\r\n\r\n'],
  8,
);

const body = fc.oneof(
  { arbitrary: text.map((data) => ({ line: `Content-Length: ${data.length}`, bytes: data })), weight: 4 },
  { arbitrary: text.map((data) => ({ line: `Content-Length: ${data.length + 1}`, bytes: data })), weight: 2 },
  { arbitrary: text.map((data) => ({ line: `Content-Length: ${data.length - 1}`, bytes: data })), weight: 1 },
  { arbitrary: text.map((data) => ({ line: '', bytes: data })), weight: 2 },
  {
    arbitrary: fc
      .tuple(fc.array(chunk, { maxLength: 3 }), lastChunk)
      .map(([chunks, last]) => ({ line: 'Transfer-Encoding: chunked', bytes: chunks.join('') + last })),
    weight: 6,
  },
);
const reply = fc
  .tuple(interim, statusLine, fields, body, fc.infiniteStream(eol))
  .map(([before, status, more, { line, bytes }, ends]) => {
    const all = [status, ...more, ...(line === '' ? [] : [line]), ''];
    return before + all.map((each) => each + String(ends.next().value)).join('') + bytes;
  });
const noise = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

export interface Performance {
  readonly text: string;
  readonly splitAt: number;
  /** What comes after the last byte. */
  readonly ending: 'end' | 'reset' | 'stall';
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly minor: 0 | 1;
}

export const performances: fc.Arbitrary<Performance> = fc.record({
  text: fc
    .tuple(fc.oneof({ arbitrary: reply, weight: 12 }, { arbitrary: noise, weight: 1 }), mutations)
    .map(([all, changes]) => mutated(all, changes)),
  splitAt: fc.nat({ max: 400 }),
  ending: fc.constantFrom('end', 'end', 'reset', 'stall'),
  method: fc.constantFrom('GET', 'GET', 'HEAD', 'POST'),
  minor: fc.constantFrom(1, 1, 1, 0),
});
