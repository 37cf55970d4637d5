import { describe, expect, it } from 'vitest';
import { parseAddressRange } from './address-range.ts';
import { parseMediaHost } from './media-host.ts';

describe('parseMediaHost', () => {
  it.each([
    ['cdn.example.com', 'https', 'cdn.example.com', 443],
    ['CDN.Example.com', 'https', 'cdn.example.com', 443],
    ['https://cdn.example.com', 'https', 'cdn.example.com', 443],
    ['*.example.com:8443', 'https', '*.example.com', 8443],
    ['http://files.internal', 'http', 'files.internal', 80],
    ['HTTP://127.0.0.1:9', 'http', '127.0.0.1', 9],
    ['https://[::1]:8443', 'https', '[::1]', 8443],
    ['*', 'https', '*', 443],
    ['http://*', 'http', '*', 80],
    ['bücher.example', 'https', 'xn--bcher-kva.example', 443],
  ])('reads %s', (text, scheme, host, port) => {
    expect(parseMediaHost(text)).toEqual({ value: { scheme, host, port } });
  });

  it.each([
    '',
    'https://',
    'ftp://a',
    'a/b',
    'a?b',
    'a#b',
    'u@a',
    'u:p@a',
    'a:b',
    'a:',
    'a:0',
    'a:65536',
    'a:123456',
    'a.*.b',
    '**',
    '[::g]',
    '::1',
    'a b',
    '-',
    'x'.repeat(300),
  ])('refuses %j', (text) => {
    expect(parseMediaHost(text)).toEqual({ wrong: expect.stringMatching(/^(is|has) /) });
  });
});

describe('parseAddressRange', () => {
  it.each(['10.0.0.0/8', '127.0.0.1', '0.0.0.0/0', 'fd00::/8', '::1', '::/128'])('reads %s', (text) => {
    expect(parseAddressRange(text)).toEqual({ value: text });
  });

  it.each([
    '',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    'fd00::/129',
    'fe80::1%eth0',
    'a',
    '010.0.0.1',
  ])('refuses %j', (text) => {
    expect(parseAddressRange(text)).toHaveProperty('wrong');
  });
});
