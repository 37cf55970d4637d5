import { BlockList, isIP, isIPv4 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipKey, ipRange } from './ip-address.ts';
import { IpRanges } from './ip-ranges.ts';

function groups(text: string): readonly number[] | undefined {
  return ipKey(text)
    ?.split('')
    .map((group) => group.charCodeAt(0));
}

describe('ipKey', () => {
  it('reads IPv4 as two groups', () => {
    expect(groups('1.2.3.4')).toEqual([0x102, 0x304]);
    expect(groups('255.255.255.255')).toEqual([0xffff, 0xffff]);
    expect(groups('0.0.0.0')).toEqual([0, 0]);
  });

  it('reads IPv6 as eight groups, wherever its zeros are left out', () => {
    expect(groups('2001:db8::1')).toEqual([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]);
    expect(groups('::')).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(groups('1::')).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
    expect(groups('1:2:3:4:5:6:7:8')).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(groups('64:ff9b::192.0.2.1')).toEqual([0x64, 0xff9b, 0, 0, 0, 0, 0xc000, 0x201]);
  });

  it('gives a mapped address the key of its IPv4 form', () => {
    for (const text of ['::ffff:1.2.3.4', '::FFFF:102:304', '0:0:0:0:0:ffff:1.2.3.4'])
      expect(ipKey(text)).toBe(ipKey('1.2.3.4'));
    expect(groups('::1.2.3.4')).toHaveLength(8);
  });

  it('ignores the zone', () => {
    expect(ipKey('fe80::1%eth0')).toBe(ipKey('fe80::1'));
  });

  it.each(['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.', '.1.2.3', '1..2.3', '1.2.3.4 ', 'a.b.c.d'])(
    'knows that %j is no address',
    (text) => expect(ipKey(text)).toBeUndefined(),
  );

  it.each([':', ':::', '1::2::3', '12345::', '::1.2.3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', 'fe80::1%', '%eth0:'])(
    'knows that %j is no address either',
    (text) => expect(ipKey(text)).toBe(text === 'fe80::1%' ? ipKey('fe80::1') : undefined),
  );

  it('agrees with Node on what is an address', () => {
    const almost = fc.string({ unit: fc.constantFrom(...'0123456789abf.:'.split('')), maxLength: 24 });
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), almost), (text) => {
        expect(ipKey(text) !== undefined).toBe(isIP(text) !== 0);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('ipRange', () => {
  it('spans a network, and one address without a prefix', () => {
    expect(ipRange('10.0.0.0/8')).toEqual({ first: ipKey('10.0.0.0'), last: ipKey('10.255.255.255') });
    expect(ipRange('10.0.0.7')).toEqual({ first: ipKey('10.0.0.7'), last: ipKey('10.0.0.7') });
    expect(ipRange('0.0.0.0/0')).toEqual({ first: ipKey('0.0.0.0'), last: ipKey('255.255.255.255') });
    expect(ipRange('2001:db8::/29')?.last).toBe(ipKey('2001:dbf:ffff:ffff:ffff:ffff:ffff:ffff'));
  });

  it('ignores bits behind the prefix', () => {
    expect(ipRange('10.1.2.3/8')).toEqual(ipRange('10.0.0.0/8'));
  });

  it('reads a network of mapped addresses as one of IPv4', () => {
    expect(ipRange('::ffff:10.0.0.0/104')).toEqual(ipRange('10.0.0.0/8'));
    expect(ipRange('::ffff:10.0.0.0/95')).toBeUndefined();
  });

  it.each([
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0.0/08',
    '::/129',
    'x/8',
    'fe80::1%a/64',
    '',
  ])('knows that %j is no network', (text) => expect(ipRange(text)).toBeUndefined());
});

describe('IpRanges', () => {
  const byte = fc.constantFrom(0, 1, 2, 127, 128, 255);
  const v4 = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.'));
  const hextet = fc.constantFrom('0', '1', '2', '8000', 'ffff');
  const v6 = fc.array(hextet, { minLength: 7, maxLength: 7 }).map((tail) => `2001:${tail.join(':')}`);
  // Shorter prefixes hold the mapped addresses, and there Node counts IPv4 callers in.
  const network = fc.oneof(fc.tuple(v4, fc.nat({ max: 32 })), fc.tuple(v6, fc.integer({ min: 3, max: 128 })));

  it('agree with Node on who is in a list', () => {
    fc.assert(
      fc.property(
        fc.array(network, { maxLength: 12 }),
        fc.array(fc.oneof(v4, v6), { minLength: 20 }),
        (networks, callers) => {
          const nodes = new BlockList();
          for (const [text, bits] of networks) nodes.addSubnet(text, bits, isIPv4(text) ? 'ipv4' : 'ipv6');
          const ours = new IpRanges(networks.flatMap(([text, bits]) => ipRange(`${text}/${bits}`) ?? []));
          for (const text of callers)
            expect(ours.has(ipKey(text) ?? '')).toBe(nodes.check(text, isIPv4(text) ? 'ipv4' : 'ipv6'));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('hold nobody when there are none', () => {
    expect(new IpRanges([]).has(ipKey('1.2.3.4') ?? '')).toBe(false);
  });
});
