import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallerAddresses, isNetwork } from './caller-addresses.ts';

const PROXIES = ['10.0.0.0/8', '192.0.2.1', '2001:db8::/32'];
const LONG = Array.from({ length: 20_000 }, () => '10.0.0.1').join(',');

describe('the address of a caller', () => {
  const cases: Readonly<Record<string, readonly [peer: string, forwarded: string | undefined, address: string]>> = {
    'is the peer’s': ['203.0.113.7', undefined, '203.0.113.7'],
    'is the peer’s, whatever a peer that nobody trusts forwards': ['203.0.113.7', '198.51.100.9', '203.0.113.7'],
    'is what a trusted proxy says': ['10.1.2.3', '198.51.100.9', '198.51.100.9'],
    'is what the proxy nearest to the caller says': ['10.1.2.3', '198.51.100.9, 192.0.2.1,10.9.9.9', '198.51.100.9'],
    'is not what a caller wrote in front of it': ['10.1.2.3', '1.1.1.1, 198.51.100.9', '198.51.100.9'],
    'is the proxy’s when it says nothing': ['10.1.2.3', undefined, '10.1.2.3'],
    'is the proxy’s when it says what is no address': ['10.1.2.3', '198.51.100.9, unknown', '10.1.2.3'],
    'is read of IPv6': ['2001:db8::1', '2001:db9::5', '2001:db9::5'],
    'is read of IPv4 within IPv6': ['::ffff:10.0.0.1', '198.51.100.9', '198.51.100.9'],
    'is a proxy’s where all are proxies': ['10.1.2.3', '10.0.0.2, 10.0.0.1', '10.0.0.2'],
    'is found in lists of any length': ['10.1.2.3', `198.51.100.9,${LONG}`, '198.51.100.9'],
  };
  const addresses = new CallerAddresses(PROXIES);
  for (const [name, [peer, forwarded, address]] of Object.entries(cases)) {
    it(name, () => expect(addresses.of({ peer, forwarded })).toBe(address));
  }

  it('is the peer’s where no proxy is trusted, whatever is forwarded', () => {
    const none = new CallerAddresses([]);
    fc.assert(
      fc.property(fc.ipV4(), fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (peer, forwarded) => {
        expect(none.of({ peer, forwarded })).toBe(peer);
      }),
    );
  });
});

it('a proxy is an address or a network', () => {
  for (const good of ['10.0.0.1', '10.0.0.0/8', '0.0.0.0/0', '::1', '2001:db8::/128'])
    expect(isNetwork(good)).toBe(true);
  for (const bad of ['', 'localhost', '10.0.0.0/33', '10.0.0/8', '::/129', '10.0.0.0/8/8', '10.0.0.0/', '10.0.0.0/-1'])
    expect(isNetwork(bad)).toBe(false);
  expect(() => new CallerAddresses(['nowhere'])).toThrow('nowhere is neither an address nor a network');
});
