import net from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forwardedHops, xForwardedHops } from './forwarded.ts';
import { readProxyHeader } from './proxy-protocol.ts';

describe('Forwarded', () => {
  it.each<[string, unknown]>([
    ['for=192.0.2.43', [['192.0.2.43']]],
    ['For="[2001:db8:cafe::17]:4711"', [['2001:db8:cafe::17']]],
    ['for=192.0.2.60;proto=http;by=203.0.113.43', [['192.0.2.60', 'http']]],
    [
      'for=192.0.2.43, for=198.51.100.17;host="a.example:80"',
      [['192.0.2.43'], ['198.51.100.17', undefined, 'a.example:80']],
    ],
    ['for=_hidden, for=unknown', [[undefined], [undefined]]],
    ['for="_gazonk:1"', [[undefined]]],
    ['proto=https', [[undefined, 'https']]],
    ['for=1.2.3.4:80', [['1.2.3.4']]],
    ['for=1.2.3.4;', undefined],
    ['for=1.2.3.4,', undefined],
    ['for=1.2.3.4 for=5.6.7.8', undefined],
    ['for=1.2.3.4;for=5.6.7.8', undefined],
    ['for="1.2.3.4', undefined],
    ['=x', undefined],
    ['nonsense', undefined],
  ])('%s', (text, expected) => {
    const hops = forwardedHops(text)?.map(({ address, proto, host }) => [address, proto, host]);
    const whole = Array.isArray(expected) ? expected.map((hop: unknown[]) => [hop[0], hop[1], hop[2]]) : undefined;
    expect(hops).toEqual(whole);
  });

  it('of any text is read or not, and ends', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('for', '=', '"', '\\', ',', ';', ' ', '1.2.3.4', '[::1]', 'a') }),
        (text) => void forwardedHops(text),
      ),
    );
  });
});

describe('X-Forwarded-For', () => {
  it.each([
    ['1.2.3.4', ['1.2.3.4']],
    ['1.2.3.4, 5.6.7.8:80', ['1.2.3.4', '5.6.7.8']],
    ['::1, [2001:db8::1]:443', ['::1', '2001:db8::1']],
    ['unknown, 1.2.3.4', [undefined, '1.2.3.4']],
    ['', [undefined]],
  ])('%s', (list, expected) => {
    const hops = xForwardedHops((name) => ({ 'x-forwarded-for': list, 'x-forwarded-proto': 'http, https' })[name]);
    expect(hops.map(({ address }) => address)).toEqual(expected);
    expect(hops.at(-1)?.proto).toBe('https');
  });
});

/** A header of version 2. */
function v2(command: number, family: number, body: Buffer): Buffer {
  const head = Buffer.from([...Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1'), command, family, 0, 0]);
  head.writeUInt16BE(body.length, 14);
  return Buffer.concat([head, body]);
}

const ADDRESSES4 = Buffer.from([192, 0, 2, 1, 10, 0, 0, 1, 0x1f, 0x90, 0, 80]);
const ADDRESSES6 = Buffer.concat([
  Buffer.from('20010db8000000000000000000000001', 'hex'),
  Buffer.alloc(16),
  Buffer.from([0, 80, 0, 80]),
]);

const MAPPED = Buffer.concat([
  Buffer.from('00000000000000000000ffffc0000201', 'hex'),
  Buffer.alloc(16),
  Buffer.from([0, 80, 0, 80]),
]);

const WRONG_LINES = [
  'TCP6 .: ::1 1 2',
  'TCP6 192.0.2.1 ::1 1 2',
  'TCP6 1:2:3 ::1 1 2',
  'TCP6 fe80::1%lo ::1 1 2',
  'TCP4 192.0.2.01 10.0.0.1 1 2',
  'TCP4 192.0.2.1 10.0.0.1 01 2',
  'TCP4 192.0.2.1 10.0.0.1 1 70000',
  'TCP4 192.0.2.1  10.0.0.1 1 2',
  'TCP4 192.0.2.1 10.0.0.1 1 2 3',
  'tcp4 192.0.2.1 10.0.0.1 1 2',
];

describe('the PROXY protocol', () => {
  it.each<[string, Buffer, unknown]>([
    [
      'version 1',
      Buffer.from('PROXY TCP4 192.0.2.1 10.0.0.1 8080 80\r\nGET'),
      { length: 39, source: { address: '192.0.2.1', port: 8080 } },
    ],
    [
      'version 1, IPv6',
      Buffer.from('PROXY TCP6 2001:db8::1 ::1 1 80\r\n'),
      { length: 33, source: { address: '2001:db8::1', port: 1 } },
    ],
    ['version 1, unknown', Buffer.from('PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n'), { length: 35, source: undefined }],
    ['version 1, half', Buffer.from('PROXY TCP4 192.0'), 'more'],
    ['a first byte', Buffer.from('P'), 'more'],
    ['nothing', Buffer.alloc(0), 'more'],
    ['a request', Buffer.from('POST / HTTP/1.1\r\n'), 'none'],
    ['a request with the word', Buffer.from('PROXYFIND / HTTP/1.1\r\n'), 'none'],
    ['TLS', Buffer.from([0x16, 3, 1]), 'none'],
    ['version 1 of the wrong family', Buffer.from('PROXY TCP4 ::1 ::1 1 2\r\n'), { wrong: expect.any(String) }],
    [
      'version 1 with an impossible address',
      Buffer.from('PROXY TCP4 256.0.0.1 10.0.0.1 1 2\r\n'),
      { wrong: expect.any(String) },
    ],
    [
      'version 1 with an impossible port',
      Buffer.from('PROXY TCP4 1.0.0.1 10.0.0.1 70000 2\r\n'),
      { wrong: expect.any(String) },
    ],
    ['version 1 without end', Buffer.from(`PROXY TCP4 ${'1'.repeat(200)}`), { wrong: expect.any(String) }],
    ...WRONG_LINES.map((line): [string, Buffer, unknown] => [
      `version 1 that says "${line}"`,
      Buffer.from(`PROXY ${line}\r\n`),
      { wrong: expect.any(String) },
    ]),
    [
      'version 1, IPv4 as IPv6',
      Buffer.from('PROXY TCP6 ::FFFF:192.0.2.1 ::1 1 80\r\n'),
      { length: 38, source: { address: '192.0.2.1', port: 1 } },
    ],
    [
      'version 1, IPv6 at length',
      Buffer.from('PROXY TCP6 2001:0DB8:0:0:0:0:0:1 ::1 1 80\r\n'),
      { length: 43, source: { address: '2001:db8::1', port: 1 } },
    ],
    ['version 2', v2(0x21, 0x11, ADDRESSES4), { length: 28, source: { address: '192.0.2.1', port: 8080 } }],
    [
      'version 2 with extensions',
      v2(0x21, 0x11, Buffer.concat([ADDRESSES4, Buffer.alloc(9)])),
      { length: 37, source: { address: '192.0.2.1', port: 8080 } },
    ],
    ['version 2, IPv6', v2(0x21, 0x21, ADDRESSES6), { length: 52, source: { address: '2001:db8::1', port: 80 } }],
    ['version 2, IPv4 as IPv6', v2(0x21, 0x21, MAPPED), { length: 52, source: { address: '192.0.2.1', port: 80 } }],
    ['version 2 of the proxy itself', v2(0x20, 0, Buffer.alloc(0)), { length: 16, source: undefined }],
    ['version 2 of a socket in the file system', v2(0x21, 0x31, Buffer.alloc(216)), { length: 232, source: undefined }],
    ['version 2, half', v2(0x21, 0x11, ADDRESSES4).subarray(0, 20), 'more'],
    ['version 2, cut', v2(0x21, 0x11, Buffer.alloc(3)), { wrong: expect.any(String) }],
    ['version 3', v2(0x31, 0x11, ADDRESSES4), { wrong: expect.any(String) }],
    ['version 2, endless', v2(0x21, 0x11, Buffer.alloc(60_000)), { wrong: expect.any(String) }],
  ])('%s', (_, bytes, expected) => expect(readProxyHeader(bytes)).toEqual(expected));

  it('is never read otherwise for coming in pieces', () => {
    const whole = fc.oneof(
      fc.constantFrom(
        v2(0x21, 0x11, ADDRESSES4),
        v2(0x21, 0x21, ADDRESSES6),
        Buffer.from('PROXY TCP4 192.0.2.1 10.0.0.1 8080 80\r\n'),
      ),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(whole, fc.nat({ max: 60 }), (bytes, cut) => {
        const part = readProxyHeader(bytes.subarray(0, cut));
        if (part !== 'more') expect(readProxyHeader(bytes)).toEqual(part);
      }),
    );
  });

  it('never tells of an address that is none', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[\dA-Fa-f:.%]{0,45}$/));
    const line = fc
      .tuple(fc.constantFrom('TCP4', 'TCP6'), address, address, fc.nat({ max: 99_999 }))
      .map(([family, from, to, port]) => Buffer.from(`PROXY ${family} ${from} ${to} ${port} 80\r\n`));
    const block = fc
      .tuple(fc.constantFrom(0x11, 0x21), fc.uint8Array({ maxLength: 60 }))
      .map(([family, body]) => v2(0x21, family, Buffer.from(body)));
    fc.assert(
      fc.property(fc.oneof(line, block), (bytes) => {
        const header = readProxyHeader(bytes);
        if (typeof header === 'string' || 'wrong' in header) return;
        expect(header.length).toBeLessThanOrEqual(bytes.length);
        expect(net.isIP(header.source?.address ?? '')).not.toBe(0);
      }),
    );
  });
});
