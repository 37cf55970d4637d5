import { describe, expect, it } from 'vitest';
import { AMBIGUITY, canonicalPath, NEVER_ALLOWED } from '../src/index.ts';
import { aGet, aPost, ask, refuses } from './ask.ts';
import { field, statusOf } from './read-message.ts';

const line = (text: string) => aGet('', text);
const hosted = (hosts: string, first = 'GET /x HTTP/1.1') => `${first}\r\n${hosts}\r\n`;

describe('Host (RFC 9112 §3.2)', () => {
  refuses('row 17: refuses an HTTP/1.1 request without Host', hosted(''), 400);
  refuses('row 17: refuses two Hosts', hosted('Host: a\r\nHost: a\r\n'), 400);
  refuses('row 17: refuses two Hosts that are far apart', hosted('Host: a\r\nA: 1\r\nB: 2\r\nhost: b\r\n'), 400);
  for (const host of [
    'a@b',
    'a/b',
    'a?x',
    'a#b',
    'a b',
    'a, b',
    'a:b',
    'a:',
    'a:123456',
    '[::1',
    '::1',
    'a\\b',
    'a\u00e9',
    '%zz',
  ]) {
    refuses(`row 17: refuses the Host ${JSON.stringify(host)}`, hosted(`Host: ${host}\r\n`), 400);
  }
  it.each(['a', 'A.example:8080', '[::1]:80', '127.0.0.1', 'x_y.example', ''])(
    'row 17: takes the Host "%s"',
    async (host) => {
      expect(statusOf((await ask(hosted(`Host: ${host}\r\n`))).reply)).toBe(200);
    },
  );
  it('row 17: takes an HTTP/1.0 request without Host, and gives the upstream one', async () => {
    const { seen, reply } = await ask(hosted('', 'GET /x HTTP/1.0'));
    expect([seen?.start, field(seen, 'host'), statusOf(reply)]).toEqual(['GET /x HTTP/1.1', 'upstream.test', 200]);
  });
});

describe('forms of the request target (RFC 9112 §3.2)', () => {
  it.each([
    ['http://a/x?y=1', '/x?y=1'],
    ['HTTP://A/x', '/x'],
    ['http://a', '/'],
    ['http://a?y', '/?y'],
  ])('row 18: forwards %s in origin form, to the host of its authority', async (target, forwarded) => {
    const { seen, gate } = await ask(line(`GET ${target} HTTP/1.1`));
    expect([seen?.start, field(seen, 'host')]).toEqual([`GET ${forwarded} HTTP/1.1`, 'upstream.test']);
    expect(gate.exchanges[0]?.caller.head.authority).toBe('a');
  });
  refuses('row 18: answers 421 when the authority and Host differ', line('GET http://evil/x HTTP/1.1'), 421);
  refuses('row 18: answers 421 when their ports differ', line('GET http://a:81/x HTTP/1.1'), 421);
  refuses('row 18: refuses an authority beside an empty Host', hosted('Host: \r\n', 'GET http://a/x HTTP/1.1'), 400);
  for (const target of [
    'https://a/x',
    'ftp://a/x',
    'http:///x',
    'http://u@a/x',
    'http://a:b/x',
    'http:/a/x',
    '//a/x y',
    'x',
    'a:80',
  ]) {
    refuses(`row 18: refuses the target ${target}`, line(`GET ${target} HTTP/1.1`), 400);
  }

  refuses('row 19: refuses `*` for GET', line('GET * HTTP/1.1'), 400);
  refuses('row 19: refuses `*` with more behind it', line('OPTIONS *x HTTP/1.1'), 400);
  refuses('row 19: refuses authority form for GET', line('GET a:80 HTTP/1.1'), 400);
  it('row 19: forwards `*` for OPTIONS', async () => {
    expect((await ask(line('OPTIONS * HTTP/1.1'))).seen?.start).toBe('OPTIONS * HTTP/1.1');
  });

  for (const target of ['/a#b', '/#', '/a?b#c', 'http://a/x#y']) {
    refuses(`row 20: refuses the fragment of ${target}`, line(`GET ${target} HTTP/1.1`), 400);
  }
});

describe('the request line (RFC 9112 §3)', () => {
  const BAD = [
    'GET  /x HTTP/1.1',
    'GET /x  HTTP/1.1',
    ' GET /x HTTP/1.1',
    'GET /x HTTP/1.1 ',
    'GET\t/x HTTP/1.1',
    'GET /x\tHTTP/1.1',
    'GET /x',
    'GET',
    'GET /x y HTTP/1.1',
    'GET /x http/1.1',
    'GET /x HTTP/1,1',
    'GET /x HTTP/11',
    'GET /x HTTP/01.1',
    'GET /x HTTP/1.10',
    'GET /x XTTP/1.1',
    'G(T /x HTTP/1.1',
    ' /x HTTP/1.1',
    'GET /x\u00e9 HTTP/1.1',
    'GET /x" HTTP/1.1',
    'GET /x{ HTTP/1.1',
    'GET /x\\y HTTP/1.1',
  ];
  for (const text of BAD) refuses(`row 21: refuses ${JSON.stringify(text)}`, line(text), 400);
  for (const version of ['0.9', '1.2', '1.9', '2.0', '3.0', '9.9']) {
    refuses(`row 21: answers 505 to HTTP/${version}`, line(`GET /x HTTP/${version}`), 505);
  }
  it('row 21: takes one empty line before the request line', async () => {
    expect(statusOf((await ask(`\r\n${aGet()}`)).reply)).toBe(200);
  });
  refuses('row 21: refuses a second empty line', `\r\n\r\n${aGet()}`, 400);

  it.each(['FOO', 'get', 'QUERY', 'M-SEARCH', 'x!#$%&*+.^_`|~', 'A'.repeat(200)])(
    'row 22: forwards the method %s',
    async (method) => {
      expect((await ask(line(`${method} /x HTTP/1.1`))).seen?.start).toBe(`${method} /x HTTP/1.1`);
    },
  );

  refuses('row 26: does not offer CONNECT', 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\nGET / HTTP/1.1\r\n', 501);
  refuses(
    'row 26: does not offer CONNECT with a body',
    'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\nContent-Length: 1\r\n\r\nx',
    501,
  );
  refuses('row 31: does not offer TRACE, which would echo credentials', line('TRACE /x HTTP/1.1'), 501);
});

describe('the one form of a path (RFC 3986 §6.2.2)', () => {
  it.each([
    ['/%7Ea/%41', '/~a/A'],
    ['/a/./b/../c', '/a/c'],
    ['/caf%c3%a9?q=%c3', '/caf%C3%A9?q=%c3'],
    ['/a/%2e%2e/b', '/b'],
    ['/a/..%2fb', '/a/..%2Fb'],
  ])('row 34: what is matched is what is forwarded: %s → %s', async (target, canonical) => {
    const { seen, gate } = await ask(line(`GET ${target} HTTP/1.1`));
    expect(seen?.start).toBe(`GET ${canonical} HTTP/1.1`);
    expect(gate.exchanges[0]?.target).toBe(canonical);
  });
  it.each([
    ['/a%2Fb', AMBIGUITY['encoded-slash']],
    ['/a%5Cb', AMBIGUITY['encoded-backslash']],
    ['/a%00', AMBIGUITY['encoded-nul']],
    ['/a/%2E/b', AMBIGUITY['encoded-dot']],
    ['/a//b', AMBIGUITY['empty-segment']],
    ['/a;b', AMBIGUITY.semicolon],
    ['/../a', NEVER_ALLOWED],
    ['/a%252e', NEVER_ALLOWED],
    ['/a%2', NEVER_ALLOWED],
    ['/a%0d', NEVER_ALLOWED],
  ])('row 34: tells of the ambiguity of %s', async (target, ambiguity) => {
    const { gate } = await ask(line(`GET ${target} HTTP/1.1`));
    expect(gate.exchanges[0]?.caller.head.target.ambiguity).toBe(ambiguity);
  });

  it.each([
    ['/api/%2e%2e/admin', '/admin'],
    ['/strip/../../x', '/x'],
    ['/%61pi/x', '/api/x'],
  ])('row 35: a rewritten path is brought into the same form: %s → %s', (path, canonical) => {
    expect(canonicalPath(path).path).toBe(canonical);
    expect(canonicalPath(canonical)).toEqual({ path: canonical, ambiguity: 0 });
  });
});

describe('sizes of a request (RFC 9110 §15.5.14, §15.5.15)', () => {
  const target = (bytes: number) => line(`GET /${'a'.repeat(bytes - 1)} HTTP/1.1`);
  it.each([
    ['as long as may be', target(100), 200],
    ['one byte too long', target(101), 414],
    ['far too long', target(5000), 414],
  ])('row 37: a target %s', async (_name, request, status) => {
    const limits = { targetBytesMax: 100, headBytesMax: 4000 };
    expect(statusOf((await ask(request, { limits })).reply)).toBe(status);
  });
  const chunks = (bytes: number) => `${bytes.toString(16)}\r\n${'b'.repeat(bytes)}\r\n0\r\n\r\n`;
  it.each([
    ['as long as may be, by length', aPost('Content-Length: 100\r\n', 'b'.repeat(100)), 200],
    ['one byte too long, by length', aPost('Content-Length: 101\r\n', 'b'.repeat(101)), 413],
    ['of 10 GB that are never sent', aPost('Content-Length: 10737418240\r\n'), 413],
    ['as long as may be, in chunks', aPost('Transfer-Encoding: chunked\r\n', chunks(100)), 200],
    ['one byte too long, in chunks', aPost('Transfer-Encoding: chunked\r\n', chunks(101)), 413],
  ])('row 37: a body %s', async (_name, request, status) => {
    const { reply, upstream, caller } = await ask(request, { bodyBytesMax: 100 });
    expect(statusOf(reply)).toBe(status);
    if (status === 200) return;
    await caller.farewell();
    expect(upstream.requests.filter(({ complete }) => complete)).toEqual([]);
  });
});
