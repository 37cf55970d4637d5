import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIntakeUrl } from './intake-url.ts';
import { parseSyslogAddress } from './syslog-address.ts';

describe('parseSyslogAddress', () => {
  it.each([
    ['udp://logs.internal', 'udp', 'logs.internal', 514],
    ['tcp://logs.internal', 'tcp', 'logs.internal', 601],
    ['tls://Logs.Example.com', 'tls', 'logs.example.com', 6514],
    ['UDP://127.0.0.1:5514', 'udp', '127.0.0.1', 5514],
    ['tcp://[::1]:601', 'tcp', '::1', 601],
  ])('reads %s', (text, transport, host, port) => {
    expect(parseSyslogAddress(text)).toEqual({ value: { transport, host, port } });
  });

  it.each([
    '',
    'logs.internal:514',
    'http://logs.internal',
    'udp://',
    'udp://a:0',
    'udp://a:65536',
    'udp://a/b',
    'udp://u@a',
    'udp://a:b',
    'udp://*',
    'udp://*.a.b',
    'udp://a b',
    'udp://::1',
  ])('refuses %j', (text) => {
    expect(parseSyslogAddress(text)).toEqual({ wrong: expect.stringMatching(/^(is|has) /) });
  });
});

describe('parseIntakeUrl', () => {
  it.each([
    ['http://h', 'http://h/'],
    ['https://h:8443/a/b?c=d', 'https://h:8443/a/b?c=d'],
    ['HTTPS://H/', 'https://h/'],
  ])('reads %s', (text, href) => expect(parseIntakeUrl(text)).toEqual({ value: href }));

  it.each([
    '',
    'h',
    'ftp://h',
    'http://',
    'http://u:p@h',
    'http://u@h',
    'http://h#x',
    'http://h:99999',
    'http://h/a b',
  ])('refuses %j', (text) =>
    expect(parseIntakeUrl(text)).toEqual({ wrong: expect.stringMatching(/^(is|holds|does) /) }),
  );
});

describe('both', () => {
  it('take any text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.string().map((rest) => `udp://${rest}`),
    );
    fc.assert(
      fc.property(text, (any) => {
        for (const result of [parseSyslogAddress(any), parseIntakeUrl(any)]) {
          expect('value' in result || result.wrong.length > 0).toBe(true);
        }
      }),
    );
  });
});
