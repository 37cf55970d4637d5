import { describe, expect, it } from 'vitest';
import { aGet, aPost, aReply, ask, distrusts, refuses } from './ask.ts';
import { HeaderEdits } from '../src/index.ts';
import { field, statusOf } from './read-message.ts';

describe('fields of one hop (RFC 9110 §7.6.1)', () => {
  const ONE_HOP = [
    'Keep-Alive: timeout=5',
    'Proxy-Connection: keep-alive',
    'TE: trailers, gzip',
    'Trailer: X-Sum',
    'Proxy-Authenticate: Basic',
    'Proxy-Authorization: Basic abc',
    'Upgrade: foo/2',
    'HTTP2-Settings: AAMAAABk',
    'X-Mine: 1',
    'X-Yours: 2',
  ];
  const NAMED = `Connection: X-Mine, keep-alive\r\nConnection:x-yours ,\r\n${ONE_HOP.join('\r\n')}\r\nX-Kept: 3\r\n`;

  it('row 1: go no further with the request, nor does what Connection names', async () => {
    const { seen } = await ask(aGet(NAMED));
    expect(seen?.fields).toEqual([
      ['host', 'upstream.test'],
      ['x-kept', '3'],
      ['via', '1.1 gatehouse'],
    ]);
  });
  it('row 1: go no further with the reply, nor does what Connection names', async () => {
    const { reply } = await ask(aGet(), { upstream: aReply(`${NAMED}Content-Length: 0\r\n`) });
    expect(reply?.fields.map(([name]) => name)).toEqual([
      'proxy-authorization',
      'http2-settings',
      'x-kept',
      'content-length',
      'x-request-id',
    ]);
  });
  it.each(['Via', 'Host', 'Content-Length', 'Transfer-Encoding'])(
    'row 1: a request that names %s in Connection takes neither framing, host nor our own field away',
    async (name) => {
      const { seen } = await ask(aPost(`Connection: ${name}\r\nVia: 1.1 evil\r\nContent-Length: 2\r\n`, 'hi'));
      expect([field(seen, 'via'), field(seen, 'host'), seen?.body]).toEqual(['1.1 gatehouse', 'upstream.test', 'hi']);
    },
  );
  it('row 1: a chunked request that names its coding in Connection stays chunked', async () => {
    const fields = 'Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n';
    const { seen } = await ask(aPost(fields, '2\r\nhi\r\n0\r\n\r\n'));
    expect([field(seen, 'transfer-encoding'), seen?.body]).toEqual(['chunked', 'hi']);
  });
  it('row 1: a reply that names its length in Connection keeps it', async () => {
    const { reply } = await ask(aGet(), {
      upstream: aReply('Connection: content-length\r\nContent-Length: 2\r\n', 'ok'),
    });
    expect([field(reply, 'content-length'), reply?.body]).toEqual(['2', 'ok']);
  });
});

describe('fields by which a gate tells who calls (RFC 9110 §7.6.3, RFC 7239)', () => {
  it('row 32: the Via of a caller goes no further, and the gate writes its own', async () => {
    expect(field((await ask(aGet('Via: 1.1 gatehouse\r\nvia: 1.0 x\r\n'))).seen, 'via')).toBe('1.1 gatehouse');
  });
  it.each([
    'Forwarded',
    'X-Forwarded-For',
    'X-Forwarded-Proto',
    'X-Forwarded-Host',
    'X-Forwarded-Port',
    'X-Forwarded-Prefix',
    'X-Forwarded-Uri',
    'X-Forwarded-Method',
    'X-Forwarded-Server',
    'X-Real-IP',
    'X-Request-Id',
    'Traceparent',
    'X-Gatehouse-Application',
    'X-Gatehouse-Credential',
    'X-Gatehouse-Plan',
  ])('row 33: no %s of a caller reaches an upstream, in any case of its letters', async (name) => {
    const { seen } = await ask(aGet(`${name}: 6\r\n${name.toUpperCase()}: 6\r\n${name.toLowerCase()}:6\r\n`));
    expect(seen?.fields.map(([each]) => each)).toEqual(['host', 'via']);
  });
});

describe('names with an underscore', () => {
  for (const name of ['Transfer_Encoding', 'transfer_encoding', 'Content_Length']) {
    refuses(`row 7: refuses ${name}, a look-alike of a framing field`, aGet(`${name}: 5\r\n`), 400);
  }
  it.each(['X_Forwarded_For', 'x_real_ip', 'X-Real_IP', '_', 'X_Gatehouse_Application', 'Ho_st'])(
    'row 7: never forwards %s',
    async (name) => {
      const { seen } = await ask(aGet(`${name}: 6.6.6.6\r\nX-Kept: 1\r\n`));
      expect(seen?.fields.map(([each]) => each)).toEqual(['host', 'x-kept', 'via']);
    },
  );
  refuses('row 7: refuses a dotless i in a name', aPost('Conten\u00c4\u00b1t-Length: 5\r\n'), 400);
});

describe('the syntax of field lines (RFC 9112 §5, §2.2)', () => {
  refuses('row 8: refuses a folded line', aGet('A: b\r\n c\r\n'), 400);
  refuses('row 8: refuses a line folded with a tab', aGet('A: b\r\n\tc\r\n'), 400);
  refuses('row 8: refuses a fold before the first field', 'GET /x HTTP/1.1\r\n Host: a\r\n\r\n', 400);
  refuses('row 8: refuses a folded framing field', aPost('Transfer-Encoding:\r\n chunked\r\n', '0\r\n\r\n'), 400);
  distrusts('row 8: distrusts a reply with a folded line', aReply('A: b\r\n c\r\nContent-Length: 0\r\n'));

  refuses('row 9: refuses a line that ends in LF', 'GET /x HTTP/1.1\r\nHost: a\nA: b\r\n\r\n', 400);
  refuses('row 9: refuses a head that ends in two LF', 'GET /x HTTP/1.1\nHost: a\n\n', 400);
  refuses('row 9: refuses a line that ends in CR', 'GET /x HTTP/1.1\r\nHost: a\rA: b\r\n\r\n', 400);
  refuses('row 9: refuses a request line that ends in CR', 'GET /x HTTP/1.1\rHost: a\r\n\r\n', 400);
  refuses('row 9: refuses CR CR LF', aGet('A: b\r\r\n'), 400);
  distrusts('row 9: distrusts a reply whose line ends in LF', 'HTTP/1.1 200 OK\r\nA: b\nContent-Length: 0\r\n\r\n');
  distrusts('row 9: distrusts a reply with a bare CR', aReply('A: b\rc\r\nContent-Length: 0\r\n'));

  for (const [name, code] of [
    ['NUL', '\u0000'],
    ['BEL', '\u0007'],
    ['DEL', '\u007f'],
    ['VT', '\u000b'],
  ] as const) {
    refuses(`row 10: refuses ${name} in a value`, aGet(`A: b${code}c\r\n`), 400);
    distrusts(`row 10: distrusts a reply with ${name} in a value`, aReply(`A: b${code}c\r\nContent-Length: 0\r\n`));
    distrusts(
      `row 10: distrusts a reply with ${name} in its reason`,
      `HTTP/1.1 200 O${code}K\r\nContent-Length: 0\r\n\r\n`,
    );
  }
  it.each(['a\r\nb: c', 'a\nb', 'a\u0000', 'a\u00e9', '\u2028'])(
    'row 10: never writes %j as a value of our own',
    (value) => {
      expect(() => new HeaderEdits().set('x', value)).toThrow(/control or non-ASCII/);
    },
  );
  it('row 10: lets bytes above ASCII and tabs through untouched', async () => {
    const { seen, reply } = await ask(aGet('A: \u00e9\u00ff\tz\r\n'), {
      upstream: aReply('B: \u00e9\tz\r\nContent-Length: 0\r\n'),
    });
    expect([field(seen, 'a'), field(reply, 'b')]).toEqual(['\u00e9\u00ff\tz', '\u00e9\tz']);
  });

  refuses('row 11: refuses a space before the colon', aGet('A : b\r\n'), 400);
  refuses('row 11: refuses a tab before the colon', aGet('A\t: b\r\n'), 400);
  refuses('row 11: refuses a space before the colon of a framing field', aPost('Content-Length : 1\r\n', 'a'), 400);
  it('row 11: drops the space before the colon of a reply', async () => {
    const { reply } = await ask(aGet(), { upstream: aReply('A : b\r\nContent-Length\t: 2\r\nB: c\r\n', 'ok') });
    expect(reply?.fields).toEqual([
      ['a', 'b'],
      ['content-length', '2'],
      ['b', 'c'],
      ['x-request-id', 'r1'],
    ]);
    expect(reply?.body).toBe('ok');
  });

  for (const line of [': b', 'A', 'A b: c', '(a): b', 'a@b: c', 'a/b: c', 'a[0]: b', '"a": b', '\u00e9: b', 'a,b: c']) {
    refuses(`row 12: refuses the line ${JSON.stringify(line)}`, aGet(`${line}\r\n`), 400);
    distrusts(
      `row 12: distrusts a reply with the line ${JSON.stringify(line)}`,
      aReply(`${line}\r\nContent-Length: 0\r\n`),
    );
  }
});

describe('the size of a head (RFC 6585 §5)', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, i) => `a${i}: 1\r\n`).join('');
  const sized = (head: (padding: string) => string, bytes: number) => head('p'.repeat(bytes - head('').length));
  const padded = (padding: string) => aGet(`A: ${padding}\r\n`);
  const LIMITS = { fieldsMax: 20, headBytesMax: 1000 };
  it.each([
    ['as many fields as may be', aGet(lines(19)), 200],
    ['one field too many', aGet(lines(20)), 431],
    ['as many bytes as may be', sized(padded, 1000), 200],
    ['one byte too many', sized(padded, 1001), 431],
  ])('row 36: a request with %s', async (_name, request, status) => {
    expect(statusOf((await ask(request, { limits: LIMITS })).reply)).toBe(status);
  });
  it.each([
    ['as many fields as may be', aReply(`${lines(19)}Content-Length: 0\r\n`), 200],
    ['one field too many', aReply(`${lines(20)}Content-Length: 0\r\n`), 502],
    ['as many bytes as may be', sized((p) => aReply(`A: ${p}\r\nContent-Length: 0\r\n`), 1000), 200],
    ['one byte too many', sized((p) => aReply(`A: ${p}\r\nContent-Length: 0\r\n`), 1001), 502],
  ])('row 36: a reply with %s', async (_name, upstream, status) => {
    expect(statusOf((await ask(aGet(), { limits: LIMITS, upstream })).reply)).toBe(status);
  });
  it('row 36: never cuts fields off in silence: all of 120 arrive', async () => {
    const { seen } = await ask(aGet(lines(120)));
    expect(seen?.fields.filter(([name]) => /^a\d+$/.test(name))).toHaveLength(120);
  });
});
