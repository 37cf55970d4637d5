import { describe, expect, it } from 'vitest';
import { RequestHead } from './request-head.ts';

const LIMITS = { headBytesMax: 32_768, targetBytesMax: 8_192, fieldsMax: 100 };

function parse(text: string) {
  const head = new RequestHead(LIMITS);
  return { head, problem: head.parse(text) };
}

function refused(name: string, text: string, code: string): void {
  it(name, () => expect(parse(text).problem?.code).toBe(code));
}

describe('request line (RFC 9112 §3)', () => {
  it('reads method, target and version', () => {
    const { head, problem } = parse('GET /a/b?x=1 HTTP/1.1\r\nHost: Example.com:8080\r\n\r\n');
    expect(problem).toBeUndefined();
    expect(head.method).toBe('GET');
    expect(head.target).toEqual({ path: '/a/b', query: '?x=1', ambiguity: 0 });
    expect(head.host).toBe('example.com');
    expect(head.keepAlive).toBe(true);
  });
  it('passes unknown methods', () => expect(parse('FOO / HTTP/1.1\r\nHost: a\r\n\r\n').problem).toBeUndefined());
  refused('refuses two spaces', 'GET  / HTTP/1.1\r\nHost: a\r\n\r\n', 'request.malformed');
  refused('refuses HTTP/0.9', 'GET /\r\nHost: a\r\n\r\n', 'request.malformed');
  refused('refuses HTTP/2.0 on a version 1 line', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n', 'request.version_unsupported');
  refused('refuses a fragment', 'GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n', 'request.malformed');
  refused('refuses `*` for GET', 'GET * HTTP/1.1\r\nHost: a\r\n\r\n', 'request.malformed');
  refused('refuses CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n', 'request.method_unsupported');
  refused(
    'refuses a target that is too long',
    `GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    'request.target_too_long',
  );
});

describe('host (RFC 9112 §3.2)', () => {
  refused('refuses a missing Host', 'GET / HTTP/1.1\r\n\r\n', 'request.malformed');
  refused('refuses two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n', 'request.malformed');
  refused('refuses userinfo and path in Host', 'GET / HTTP/1.1\r\nHost: a@b/c?x\r\n\r\n', 'request.malformed');
  refused(
    'refuses an absolute target of another host',
    'GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n',
    'request.misdirected',
  );
  it('takes the authority of an absolute target', () => {
    const { head } = parse('GET http://a:81/x HTTP/1.1\r\nHost: A:81\r\n\r\n');
    expect([head.authority, head.host, head.target.path]).toEqual(['a:81', 'a', '/x']);
  });
});

describe('framing (RFC 9112 §6)', () => {
  const post = (fields: string) => `POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n`;
  refused(
    'refuses length and coding together',
    post('Content-Length: 1\r\nTransfer-Encoding: chunked'),
    'request.malformed',
  );
  refused('refuses two lengths', post('Content-Length: 1\r\nContent-Length: 1'), 'request.malformed');
  refused('refuses a list of lengths', post('Content-Length: 5, 5'), 'request.malformed');
  for (const value of ['+1', '0x1', '', '-1', '1 1', '99999999999999999999', '05']) {
    refused(`refuses the length "${value}"`, post(`Content-Length: ${value}`), 'request.malformed');
  }
  refused('answers 501 to gzip', post('Transfer-Encoding: gzip, chunked'), 'request.coding_unsupported');
  refused('refuses chunked twice', post('Transfer-Encoding: chunked, chunked'), 'request.malformed');
  refused('refuses a coding behind a control character', post('Transfer-Encoding: \u000bchunked'), 'request.malformed');
  refused('refuses a look-alike of Transfer-Encoding', post('Transfer_Encoding: chunked'), 'request.malformed');
  refused('refuses a coding in HTTP/1.0', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n', 'request.malformed');
  it('reads a length', () => expect(parse(post('content-length: 12')).head.contentLength).toBe(12));
  it('reads chunked in any case', () => expect(parse(post('Transfer-Encoding: Chunked')).head.framing).toBe('chunked'));
});

describe('fields (RFC 9112 §5)', () => {
  const get = (fields: string) => `GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n`;
  refused('refuses a folded line', get('A: b\r\n c'), 'request.malformed');
  refused('refuses a space before the colon', get('A : b'), 'request.malformed');
  refused('refuses an empty name', get(': b'), 'request.malformed');
  refused('refuses NUL in a value', get('A: b\u0000c'), 'request.malformed');
  refused('refuses a bare CR', get('A: b\rc'), 'request.malformed');
  refused('refuses a bare LF', get('A: b\nC: d'), 'request.malformed');
  refused(
    'refuses too many fields',
    get(Array.from({ length: 101 }, (_, i) => `a${i}: 1`).join('\r\n')),
    'request.head_too_large',
  );
  refused('answers 417 to other expectations', get('Expect: magic'), 'request.expectation_failed');
  it('forwards untouched lines as they stand', () => {
    const { head } = parse(get('A: 1\r\nConnection: X-Gone, close\r\nX-Gone: 2\r\nB:  3 '));
    head.removeNominated();
    head.fields.remove('connection');
    head.fields.remove('host');
    expect(head.fields.kept()).toBe('A: 1\r\nB:  3 \r\n');
    expect(head.keepAlive).toBe(false);
  });
  it('joins all values of a field that comes several times, known or not', () => {
    const { fields } = parse(get('X: 1\r\nAccept: a\r\nx:  2 \r\nX-Y: 3\r\nACCEPT: b\r\nX:')).head;
    expect([fields.all('x'), fields.all('accept'), fields.all('x-y')]).toEqual(['1, 2, ', 'a, b', '3']);
    expect([fields.get('x'), fields.all('y')]).toEqual(['1', undefined]);
    fields.remove('x');
    expect(fields.all('x')).toBeUndefined();
  });
  it('never shows a field with an underscore', () =>
    expect(parse(get('X_Key: 1')).head.fields.get('x_key')).toBeUndefined());
});
