import { describe, expect, it } from 'vitest';
import { addressRanges, isPublicAddress, isWithin } from './public-address.ts';

describe('isPublicAddress', () => {
  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.0.1',
    '172.32.0.1',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450:4001::1',
  ])('takes %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ['this network', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ["carriers' NAT", '100.64.0.1'],
    ["a cloud's metadata", '100.100.100.200'],
    ["a cloud's metadata", '169.254.169.254'],
    ["a cloud's metadata", '168.63.129.16'],
    ["a cloud's metadata", '192.0.0.192'],
    ["a cloud's metadata", 'fd00:ec2::254'],
    ['link-local', '169.254.0.1'],
    ['multicast', '224.0.0.1'],
    ['multicast', '239.255.255.255'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['documentation', '192.0.2.1'],
    ['documentation', '198.51.100.1'],
    ['documentation', '203.0.113.1'],
    ['benchmarks', '198.19.0.1'],
    ['unspecified', '::'],
    ['loopback', '::1'],
    ['mapped', '::ffff:127.0.0.1'],
    ['mapped', '::ffff:8.8.8.8'],
    ['mapped', '::ffff:a9fe:a9fe'],
    ['IPv4-compatible', '::127.0.0.1'],
    ['translated', '::ffff:0:127.0.0.1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['NAT64', '64:ff9b::8.8.8.8'],
    ['NAT64 of a network', '64:ff9b:1::a00:1'],
    ['6to4', '2002:7f00:1::'],
    ['Teredo', '2001:0:7f00:1::'],
    ['documentation', '2001:db8::1'],
    ['documentation', '3fff::1'],
    ['unique-local', 'fc00::1'],
    ['unique-local', 'fdff::1'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['multicast', 'ff02::1'],
    ['discard', '100::1'],
    ['segment routing', '5f00::1'],
    ['no address', ''],
    ['no address', 'localhost'],
    ['no address', '0177.0.0.1'],
    ['no address', '2130706433'],
    ['no address', '0x7f000001'],
    ['no address', '127.1'],
  ])('refuses what is %s: %s', (_name, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('addressRanges', () => {
  it('holds ranges and single addresses of both versions', () => {
    const ranges = addressRanges(['10.1.0.0/16', '127.0.0.1', 'fd00::/8']);
    const within = ['10.1.2.3', '10.2.0.0', '127.0.0.1', '127.0.0.2', 'fd12::1', 'fc00::1'].map((address) =>
      isWithin(ranges, address),
    );
    expect(within).toEqual([true, false, true, false, true, false]);
  });
});
