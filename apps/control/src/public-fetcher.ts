import { lookup as resolve, type LookupAddress } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { Fetcher, Post } from '@gatehouse/services';

const TIMEOUT_MS = 10_000;

/** Networks that are not the internet's (RFC 6890): what stands there is nobody's business outside. */
const NOT_PUBLIC: readonly (readonly [network: string, bits: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['168.63.129.16', 32, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
];
/** Of IPv6 only what is handed out to the world, but for what carries an IPv4 address inside. */
const PUBLIC_V6 = new BlockList();
PUBLIC_V6.addSubnet('2000::', 3, 'ipv6');
const blocked = new BlockList();
for (const [network, bits, family] of NOT_PUBLIC) blocked.addSubnet(network, bits, family);
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  blocked.addSubnet(network, bits, 'ipv6');

/** Whether an address is one of the internet's. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !blocked.check(address, 'ipv4');
  return family === 6 && PUBLIC_V6.check(address, 'ipv6') && !blocked.check(address, 'ipv6');
}

/**
 * Posts to addresses of the internet only, unless `allowPrivate` says that all are meant. The address that was checked is
 * the one that is connected to, so that a name cannot lead elsewhere in between. Follows no redirects.
 */
export function publicFetcher({ allowPrivate }: { readonly allowPrivate: boolean }): Fetcher {
  return {
    post: async ({ url: text, headers, body }: Post) => {
      const url = new URL(text);
      if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error(`${url.protocol} is not spoken`);
      const host = url.hostname.replaceAll(/^\[|\]$/g, '');
      // Addresses are not looked up, so they are checked here.
      if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host))
        throw new Error(`${host} is not a public address`);
      const request = url.protocol === 'https:' ? requestHttps : requestHttp;
      return new Promise<number>((done, fail) => {
        const sent = request(url, {
          method: 'POST',
          headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
          lookup: allowPrivate ? undefined : publicLookup,
          signal: AbortSignal.timeout(TIMEOUT_MS),
          agent: false,
        });
        sent.on('error', fail);
        sent.on('response', (response) => {
          // Nobody reads what else is answered.
          response.on('error', fail);
          response.destroy();
          done(response.statusCode ?? 0);
        });
        sent.end(body);
      });
    },
  };
}

const publicLookup: LookupFunction = (host, options, callback) => {
  resolve(host, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error !== null) {
      callback(error, '', 0);
      return;
    }
    const [first] = addresses;
    const bad = addresses.find(({ address }) => !isPublicAddress(address));
    if (first === undefined || bad !== undefined) {
      callback(new Error(`${host} leads to ${bad?.address ?? 'nowhere'}, which is not a public address`), '', 0);
      return;
    }
    if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
