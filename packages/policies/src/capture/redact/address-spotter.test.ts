import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressSpotter } from './address-spotter.ts';

function found(text: string, kinds: readonly string[] = ['ipv4', 'ipv6'], goesOn = false): readonly string[] {
  const { spots, decided } = addressSpotter(kinds)?.(text, goesOn) ?? expect.fail();
  return spots.filter(({ start }) => start < decided).map(({ start, end }) => text.slice(start, end));
}

describe('addressSpotter', () => {
  it.each<[string, readonly string[]]>([
    ['from 192.0.2.7, port 80', ['192.0.2.7']],
    ['from 192.0.2.7:443.', ['192.0.2.7']],
    ['ends with 192.0.2.7.', ['192.0.2.7']],
    ['at [2001:db8::1]:80', ['2001:db8::1']],
    ['version 1.2.3 at 12:30:45', []],
    ['999.1.1.1', []],
    ['1.2.3.4.5', []],
  ])('%s holds %j', (text, expected) => expect(found(text)).toEqual(expected));

  it('finds those that are asked for', () => {
    expect(found('192.0.2.7 2001:db8::1', ['ipv6'])).toEqual(['2001:db8::1']);
    expect(addressSpotter(['email'])).toBeUndefined();
  });

  it('finds any, and decides nothing at an end that may go on', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        expect(found(`a ${address} b`)).toEqual([address]);
        expect(found(`a ${address}`, ['ipv4', 'ipv6'], true)).toEqual([]);
      }),
    );
  });
});
