import { BlockList, isIP } from 'node:net';

/** What of a request says where it comes from. */
export interface Arrival {
  /** Of the socket. */
  readonly peer: string;
  /** `X-Forwarded-For`, as it came. */
  readonly forwarded: string | undefined;
}

/** An address, or a network such as 10.0.0.0/8. */
export function isNetwork(text: string): boolean {
  return networkOf(text) !== undefined;
}

/**
 * Where callers of the admin API are: the peer, unless that is a proxy that is trusted. Then the nearest address to us in
 * `X-Forwarded-For` that is none of those; what stands left of it anybody may have written.
 */
export class CallerAddresses {
  readonly #trusted = new BlockList();

  constructor(proxies: readonly string[]) {
    for (const proxy of proxies) {
      const network = networkOf(proxy);
      if (network === undefined) throw new Error(`${proxy} is neither an address nor a network`);
      this.#trusted.addSubnet(network.address, network.bits, network.family);
    }
  }

  of({ peer, forwarded = '' }: Arrival): string {
    let found = peer;
    for (const hop of forwarded.split(',').toReversed()) {
      if (!this.#isTrusted(found)) return found;
      const address = hop.trim();
      if (isIP(address) === 0) return found;
      found = address;
    }
    return found;
  }

  #isTrusted(address: string): boolean {
    const family = familyOf(address);
    return family !== undefined && this.#trusted.check(address, family);
  }
}

interface Network {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

function networkOf(text: string): Network | undefined {
  const [address = '', bits, ...more] = text.split('/');
  const family = familyOf(address);
  if (family === undefined || more.length > 0) return undefined;
  const bitsMax = family === 'ipv4' ? 32 : 128;
  if (bits === undefined) return { address, bits: bitsMax, family };
  return /^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax ? { address, bits: Number(bits), family } : undefined;
}

function familyOf(address: string): Network['family'] | undefined {
  const version = isIP(address);
  if (version === 0) return undefined;
  return version === 4 ? 'ipv4' : 'ipv6';
}
