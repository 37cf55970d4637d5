import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OwnMessage, type OwnBody, type OwnHead } from './own-message.ts';

interface Told {
  readonly heads: string[];
  body: string;
  trailers: readonly string[] | undefined;
}

/** Reads pieces as they are written: text, or bytes as they come from a socket. */
function told(pieces: readonly (string | Buffer)[], bodyOf: (head: OwnHead) => OwnBody = framed): Told {
  const own: Told = { heads: [], body: '', trailers: undefined };
  const message = new OwnMessage({
    onOwnHead: (head) => {
      own.heads.push([head.line, head.fields.join('|'), head.host, head.length].join(' '));
      return bodyOf(head);
    },
    onOwnData: (bytes) => (own.body += bytes.toString('latin1')),
    onOwnEnd: (trailers) => (own.trailers = trailers),
  });
  for (const piece of pieces) {
    if (typeof piece === 'string') message.text(piece);
    else message.bytes(piece, { start: 0, end: piece.length }, false);
  }
  expect(message.complete).toBe(own.trailers !== undefined);
  return own;
}

function framed({ line, chunked, length }: OwnHead): OwnBody {
  if (/ 1\d\d /.test(line)) return 'again';
  return chunked || length > 0 ? 'body' : 'none';
}

const CHUNKED = 'HTTP/1.1 200 OK\r\nA: 1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n';

describe('what the gate writes', () => {
  it('is taken apart: lower-case names, nothing of the connection', () => {
    const text = 'GET /x HTTP/1.1\r\nhost: a\r\nX-One:  1 \r\nte: trailers\r\nKeep-Alive: 5\r\nupgrade: x\r\n\r\n';
    expect(told([text])).toEqual({ heads: ['GET /x HTTP/1.1 x-one|1|te|trailers a -1'], body: '', trailers: [] });
  });

  it.each([
    ['a whole body', ['HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n', Buffer.from('body')], 'body', []],
    ['a body in the text', ['HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody'], 'body', []],
    ['half a body', ['HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbo'], 'bo', undefined],
    ['chunks', [CHUNKED, '4\r\n', Buffer.from('body'), '\r\n', 'a\r\n0123456789\r\n0\r\n\r\n'], 'body0123456789', []],
    ['chunks without their end', [CHUNKED, '4\r\n', Buffer.from('body'), '\r\n'], 'body', undefined],
    ['trailers', [CHUNKED, '1\r\nx\r\n0\r\na: 1\r\nB: 2\r\n\r\n'], 'x', ['a', '1', 'b', '2']],
    ['chunks that hold chunks', [CHUNKED, '5\r\n', Buffer.from('0\r\n\r\n'), '\r\n0\r\n\r\n'], '0\r\n\r\n', []],
  ])('%s', (_name, pieces, body, trailers) => {
    expect(told(pieces)).toMatchObject({ body, trailers });
  });

  it('may begin with interim heads', () => {
    const { heads } = told(['HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 204 No\r\n\r\n']);
    expect(heads.map((head) => head.slice(9, 12))).toEqual(['103', '204']);
  });

  it('is raw once a protocol was switched', () => {
    expect(told(['HTTP/1.1 101 S\r\n\r\nab', Buffer.from('c')], () => 'raw')).toMatchObject({ body: 'abc' });
  });

  it.each([
    ['goes on behind its end', [CHUNKED, '0\r\n\r\n', 'more']],
    ['has a chunk of another size', [CHUNKED, '2\r\nabc\r\n']],
    ['has no end of its body', ['HTTP/1.1 200 OK\r\n\r\n']],
  ])('and %s is a defect of ours', (_name, pieces) => {
    expect(() => told(pieces, () => 'body')).toThrow('what the gate wrote is no message');
  });

  it('is the same however it is cut', () => {
    const whole = `${CHUNKED}4\r\nbody\r\n3\r\n\r\n0\r\n0\r\na: 1\r\n\r\n`;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.boolean())), (cuts) => {
        const pieces: (string | Buffer)[] = [];
        let at = 0;
        for (const [length, asBytes] of [...cuts, [whole.length, false] as const]) {
          const piece = whole.slice(at, (at += length));
          if (piece !== '') pieces.push(asBytes ? Buffer.from(piece, 'latin1') : piece);
        }
        expect(told(pieces)).toMatchObject({ body: 'body\r\n0', trailers: ['a', '1'] });
      }),
    );
  });
});
