import { describe, expect, it } from 'vitest';
import { ChunkedDecoder } from './chunked-decoder.ts';

function decode(text: string, step: number) {
  const decoder = new ChunkedDecoder();
  const bytes = Buffer.from(text, 'latin1');
  let body = '';
  let at = 0;
  for (let start = 0; start < bytes.length && !decoder.done && at >= 0; start += step) {
    const range = { start, end: Math.min(bytes.length, start + step) };
    at = decoder.push(bytes, range, { onData: (data, from, to) => (body += data.toString('latin1', from, to)) });
  }
  return { body, at, done: decoder.done, trailers: decoder.trailers, problem: decoder.problem };
}

function bothWays(name: string, text: string, expected: Partial<ReturnType<typeof decode>>): void {
  it(name, () => {
    for (let step = 1; step <= text.length; step++) expect(decode(text, step)).toMatchObject(expected);
  });
}

describe('chunked coding (RFC 9112 §7.1), split at every length', () => {
  bothWays('decodes chunks', '5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n', { body: 'hello world', done: true });
  bothWays('keeps safe trailers only', '0\r\nX-Sum: 1\r\nSet-Cookie: a=b\r\n\r\n', {
    done: true,
    trailers: 'X-Sum: 1\r\n',
  });
  bothWays('refuses 0x', '0x1\r\na\r\n', { at: -1 });
  bothWays('refuses a bare LF', '1\na\r\n', { at: -1 });
  bothWays('refuses a chunk longer than its size', '1\r\nab\r\n', { at: -1 });
  bothWays('refuses an empty size', '\r\na\r\n', { at: -1 });
  bothWays('refuses a size beyond counting', '1000000000000\r\n', { at: -1 });
  bothWays('refuses framing in trailers', '0\r\nContent-Length: 5\r\n\r\n', { at: -1 });
  bothWays('refuses control characters in extensions', '1;a\u0000b\r\na\r\n', { at: -1 });
});
