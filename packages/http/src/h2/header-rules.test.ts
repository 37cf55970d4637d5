import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestHead } from '../request-head.ts';
import { replyText, requestText, trailerText } from './header-rules.ts';

const LIMITS = { headBytesMax: 32_768, targetBytesMax: 8192, fieldsMax: 128 };
const GET = [':method', 'GET', ':scheme', 'http', ':path', '/', ':authority', 'a'];

function read(raw: readonly string[], bodiless = true): ReturnType<typeof requestText> {
  return requestText(raw, { headBytesMax: 1000, bodiless, webSocketKey: () => 'KEY' });
}

function problemOf(raw: readonly string[]): string {
  const result = read(raw);
  return typeof result === 'string' ? 'none' : `${result.code}: ${result.detail}`;
}

/** The value of one pseudo-header changed, or left out. */
function changed(name: string, value?: string): string[] {
  const index = GET.indexOf(name);
  return value === undefined ? GET.toSpliced(index, 2) : GET.toSpliced(index + 1, 1, value);
}

describe('a request head of HTTP/2', () => {
  it.each([
    ['plain', GET, true, 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['with fields', [...GET, 'x-a', '1', 'x-a', '2'], true, 'GET / HTTP/1.1\r\nhost: a\r\nx-a: 1\r\nx-a: 2\r\n\r\n'],
    [
      'with crumbs',
      [...GET, 'cookie', 'a=1', 'cookie', 'b=2'],
      true,
      'GET / HTTP/1.1\r\nhost: a\r\ncookie: a=1; b=2\r\n\r\n',
    ],
    ['with a body', GET, false, 'GET / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n'],
    ['with a length', [...GET, 'content-length', '3'], false, 'GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\n'],
    ['with host alone', [...changed(':authority'), 'host', 'b'], true, 'GET / HTTP/1.1\r\nhost: b\r\n\r\n'],
    ['with both, alike', [...GET, 'host', 'A'], true, 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['of any method', changed(':method', 'BREW'), true, 'BREW / HTTP/1.1\r\nhost: a\r\n\r\n'],
    [
      'for a WebSocket',
      [':protocol', 'websocket', ...changed(':method', 'CONNECT'), 'sec-websocket-version', '13'],
      false,
      'GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: KEY\r\nsec-websocket-version: 13\r\n\r\n',
    ],
  ])('row 44: %s is written as one of HTTP/1.1', (_name, raw, bodiless, text) => {
    expect(read(raw, bodiless)).toBe(text);
  });

  it.each([
    ['no method', changed(':method')],
    ['a method with a space', changed(':method', 'GET /x')],
    ['no path', changed(':path')],
    ['an empty path', changed(':path', '')],
    ['a path that is not from the root', changed(':path', 'admin')],
    ['a path with a space', changed(':path', '/ HTTP/1.1')],
    ['an asterisk for GET', changed(':path', '*')],
    ['no scheme', changed(':scheme')],
    ['another scheme', changed(':scheme', 'ftp')],
    ['no authority', changed(':authority')],
    ['another host', [...GET, 'host', 'b']],
    ['two hosts', [...changed(':authority'), 'host', 'a', 'host', 'b']],
    ['a pseudo-header twice', [':path', '/x', ...GET]],
    ['a pseudo-header behind a field', ['x', '1', ...GET]],
    ['a pseudo-header of replies', [':status', '200', ...GET]],
    ['an upper-case name', [...GET, 'X-One', '1']],
    ['an empty name', [...GET, '', '1']],
    ['a name with a colon', [...GET, 'a:b', '1']],
    ['a name with a line', [...GET, 'a\r\nb', '1']],
    ['a value with CR LF', [...GET, 'x', '1\r\nevil: 2']],
    ['a value with LF', [...GET, 'x', '1\n2']],
    ['a value with NUL', [...GET, 'x', '1\0']],
    ['a value with space around it', [...GET, 'x', ' 1']],
    ['connection', [...GET, 'connection', 'close']],
    ['keep-alive', [...GET, 'keep-alive', '5']],
    ['proxy-connection', [...GET, 'proxy-connection', 'x']],
    ['transfer-encoding', [...GET, 'transfer-encoding', 'chunked']],
    ['upgrade', [...GET, 'upgrade', 'h2c']],
    ['te other than trailers', [...GET, 'te', 'trailers, gzip']],
    ['a protocol without CONNECT', [':protocol', 'websocket', ...GET]],
  ])('row 43: with %s is malformed', (_name, raw) => {
    expect(problemOf(raw)).toMatch(/^request\.malformed: /);
  });

  it('that is too large is refused as such', () => {
    expect(problemOf([...GET, 'x', 'y'.repeat(1000)])).toMatch(/^request\.head_too_large: /);
  });

  it.each([undefined, 'connect-udp'])('of CONNECT for %s is refused', (protocol) => {
    const raw = changed(':method', 'CONNECT');
    expect(problemOf(protocol === undefined ? raw : [':protocol', protocol, ...raw])).toMatch(/^request\.method_unsup/);
  });

  it('means in HTTP/1.1 what it said, whatever its parts are, or is refused', () => {
    const part = fc.oneof(
      fc.constantFrom(
        'x-a',
        'te',
        'trailers',
        'cookie',
        'content-length',
        '5',
        'a: b',
        '\r\n',
        '\r\n\r\n',
        'GET / HTTP/1.1',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
    );
    const pseudo = fc.tuple(part, fc.oneof(fc.constant('/a'), part), fc.oneof(fc.constant('host'), part));
    fc.assert(
      fc.property(pseudo, fc.array(fc.tuple(part, part), { maxLength: 5 }), ([method, path, host], pairs) => {
        const raw = [':method', method, ':scheme', 'http', ':path', path, ':authority', host, ...pairs.flat()];
        const text = read(raw);
        if (typeof text !== 'string') return;
        const head = new RequestHead(LIMITS);
        expect(text.indexOf('\r\n\r\n')).toBe(text.length - 4);
        if (head.parse(text) !== undefined) return;
        expect([head.method, head.authority]).toEqual([method, host.toLowerCase()]);
        const sent = pairs.filter(([name]) => name !== 'cookie' && name !== 'host');
        const got = Array.from({ length: head.fields.count }, (_, i) => [
          head.fields.nameAt(i),
          head.fields.valueAt(i),
        ]);
        expect(got.filter(([name]) => name !== 'cookie' && name !== 'host')).toEqual(sent);
      }),
      { numRuns: Number(process.env['GATEHOUSE_FUZZ_RUNS'] ?? 300) },
    );
  });
});

describe('a reply head of HTTP/2', () => {
  it.each([
    [[':status', '200', 'x', '1'], false, 'HTTP/1.1 200 \r\nx: 1\r\ntransfer-encoding: chunked\r\n\r\n'],
    [[':status', '200', 'content-length', '3'], false, 'HTTP/1.1 200 \r\ncontent-length: 3\r\n\r\n'],
    [[':status', '200'], true, 'HTTP/1.1 200 \r\n\r\n'],
    [[':status', '103', 'link', '</a>'], false, 'HTTP/1.1 103 \r\nlink: </a>\r\n\r\n'],
  ])('%j, bodiless %s, is written as one of HTTP/1.1', (raw, bodiless, text) => {
    expect(replyText(raw, bodiless)).toEqual({ text });
  });

  it.each([
    [[]],
    [['x', '1']],
    [[':status', '101']],
    [[':status', '2000']],
    [[':status', '200', ':status', '200']],
    [['x', '1', ':status', '200']],
    [[':status', '200', 'X', '1']],
    [[':status', '200', 'x', 'a\r\nb: c']],
    [[':status', '200', 'connection', 'close']],
    [[':status', '200', ':path', '/']],
  ])('%j is malformed', (raw) => {
    expect(replyText(raw, true)).toHaveProperty('wrong');
  });
});

describe('trailers of HTTP/2', () => {
  it.each([
    [['grpc-status', '0', 'x', '1'], 'grpc-status: 0\r\nx: 1\r\n'],
    [['set-cookie', 'a=1', 'content-length', '3', 'host', 'b'], ''],
    [['x', 'a\nb'], undefined],
    [[':status', '200'], undefined],
  ])('%j are %j', (raw, lines) => {
    expect(trailerText(raw)).toBe(lines);
  });
});
