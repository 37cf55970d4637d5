import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { returnAddress } from './return-address.ts';
import { SealedCookie, type SealedCookieOptions } from './sealed-cookie.ts';

const options: SealedCookieOptions = {
  name: 's',
  domain: undefined,
  sameSite: 'lax',
  key: Buffer.alloc(32, 1),
  purpose: 'test',
};
const cookie = new SealedCookie(options);
const secure = { header: undefined, isSecure: true, maxAgeS: 60 };
const long = randomBytes(8000).toString('hex').slice(0, 12_000);

/** What a browser sends after it got these. */
function sent(lines: readonly string[] | undefined): string {
  return (lines ?? []).map((line) => line.split(';')[0]).join('; ');
}

describe('a sealed cookie', () => {
  it.each([[{ a: 1 }], ['text'], [[1, null]], [long]])('is read as it was written', (value) => {
    const header = sent(cookie.write(value, secure));
    expect(cookie.read(`x=1; ${header}; y=2`, true)).toEqual(value);
    expect(header).not.toContain('text');
  });

  it('holds to one host over TLS, and to nobody without', () => {
    expect(cookie.write('x', secure)).toEqual([
      expect.stringMatching(/^__Host-s=1\.[\w-]+; Path=\/; Max-Age=60; HttpOnly; SameSite=Lax; Secure$/),
    ]);
    expect(cookie.write('x', { ...secure, isSecure: false })).toEqual([
      expect.stringMatching(/^s=1\.[\w-]+; Path=\/; Max-Age=60; HttpOnly; SameSite=Lax$/),
    ]);
    const wide = new SealedCookie({ ...options, domain: 'example.com', sameSite: 'none' });
    expect(wide.write('x', secure)).toEqual([
      expect.stringMatching(/^__Secure-s=.*; SameSite=None; Secure; Domain=example\.com$/),
    ]);
  });

  it('set without TLS is not taken for one that was set with it', () => {
    const header = sent(cookie.write('x', { ...secure, isSecure: false }));
    expect(cookie.read(header, true)).toBeUndefined();
  });

  it('stands in pieces where it is long, and takes pieces away that are left over', () => {
    const lines = cookie.write(long, secure) ?? [];
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(line.length).toBeLessThan(4096);
    const next = cookie.write('x', { ...secure, header: sent(lines) }) ?? [];
    expect(next.slice(1).map((line) => line.replace(/;.*Max-Age=0.*/, ' gone'))).toEqual(
      lines.slice(1).map((line) => `${line.slice(0, line.indexOf('='))}= gone`),
    );
    expect(cookie.clear(sent(lines), true)).toHaveLength(lines.length);
    expect(cookie.clear(undefined, true)).toEqual([]);
  });

  it('is refused where it is too long for cookies', () => {
    expect(cookie.write('x'.repeat(20_000), secure)).toBeUndefined();
  });

  const header = sent(cookie.write({ admin: false }, secure));
  it.each<[string, SealedCookie, string]>([
    ['another key', new SealedCookie({ ...options, key: Buffer.alloc(32, 2) }), header],
    ['another purpose', new SealedCookie({ ...options, purpose: 'other' }), header],
    ['half of it', cookie, header.slice(0, 60)],
    ['nothing', cookie, '__Host-s='],
    ['no count', cookie, header.replace('=1.', '=')],
    ['another count', cookie, header.replace('=1.', '=2.')],
    ['a huge count', cookie, header.replace('=1.', '=9.')],
    ['a long missing piece', cookie, sent(cookie.write(long, secure)?.slice(0, 2))],
  ])('opens to nothing with %s', (_, reader, text) => {
    expect(reader.read(text, true)).toBeUndefined();
  });

  it('opens to nothing when any character of it is changed', () => {
    const start = header.indexOf('.') + 1;
    for (let at = start; at < header.length - 1; at++) {
      const other = header[at] === 'A' ? 'B' : 'A';
      expect(cookie.read(header.slice(0, at) + other + header.slice(at + 1), true)).toBeUndefined();
    }
  });

  it('is nothing, whatever else stands there', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => cookie.read(`__Host-s=1.${text}`, true) === undefined),
    );
  });

  it.each([
    ['s', true],
    ['s.1', true],
    ['__Host-s', true],
    ['__Secure-s.4', true],
    ['ss', false],
    ['s.10', false],
    ['s.x', false],
    ['__Host-t', false],
  ])('knows its own by name: %s', (name, own) => {
    expect(cookie.owns(name)).toBe(own);
  });
});

it.each([
  [undefined, '/'],
  ['', '/'],
  ['/', '/'],
  ['/a/b?c=d&e=%2F', '/a/b?c=d&e=%2F'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['/a\\b', '/'],
  ['https://evil.example', '/'],
  ['evil.example', '/'],
  ['/a\r\nset-cookie: a=b', '/'],
  ['/é', '/'],
  [`/${'a'.repeat(1000)}`, '/'],
])('people come back from %j to %j', (text, expected) => {
  expect(returnAddress(text)).toBe(expected);
});

it('people never come back to another host', () => {
  const odd = fc.string({ unit: fc.constantFrom('/', '\\', 'a', '.', ':', '@', '\t', '\n', '?', '#', '%2f', ' ') });
  fc.assert(
    fc.property(odd, (text) => {
      expect(new URL(returnAddress(text), 'https://gate.example/x').origin).toBe('https://gate.example');
    }),
    { numRuns: 2000 },
  );
});
