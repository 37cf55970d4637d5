import type { GatewaySpec } from '@gatehouse/config';
import { forwardedHops, xForwardedHops, type ForwardedHop, type ServerConnection } from '@gatehouse/http';
import { ipKey, rangesOf, type IpRanges } from '@gatehouse/policies';

/** Where a request came from, with what trusted proxies say of it. */
export interface Origin {
  /** The nearest address that is none of a trusted proxy. */
  readonly ip: string;
  readonly proto: string;
  /** As the caller wrote it. */
  readonly authority: string;
  /** The addresses that proxies have told, as a list that goes on. */
  readonly path: string;
}

/** Proxies in front of the gate: what they say of their callers is believed, what anybody else says is not. */
export class TrustedProxies {
  readonly #ranges: IpRanges | undefined;
  readonly #field: GatewaySpec['forwardedBy'];

  constructor(spec: Pick<GatewaySpec, 'trustedProxies' | 'forwardedBy'> | undefined) {
    this.#ranges = rangesOf(spec?.trustedProxies ?? []);
    this.#field = spec?.forwardedBy ?? 'x-forwarded-for';
  }

  isTrusted(address: string): boolean {
    const key = this.#ranges === undefined ? undefined : ipKey(address);
    return key !== undefined && this.#ranges?.has(key) === true;
  }

  /** Undefined for a peer that nobody trusts: then its own address is all that counts. */
  originOf(caller: ServerConnection): Origin | undefined {
    if (this.#ranges === undefined || !this.isTrusted(caller.remoteAddress)) return undefined;
    const { fields, authority } = caller.head;
    const hops = this.#hops((name) => fields.all(name));
    const nearest = hops.at(-1);
    const proto = nearest?.proto?.toLowerCase();
    return {
      ip: this.#callerIn(hops) ?? caller.remoteAddress,
      proto: proto === 'http' || proto === 'https' ? proto : caller.secure ? 'https' : 'http',
      authority: nearest?.host !== undefined && HOST.test(nearest.host) ? nearest.host : authority,
      path: [...hops.map(({ address }) => address ?? 'unknown'), caller.remoteAddress].join(', '),
    };
  }

  #hops(header: (name: string) => string | undefined): readonly ForwardedHop[] {
    if (this.#field === 'x-forwarded-for') return xForwardedHops(header);
    const text = header('forwarded');
    return (text === undefined ? undefined : forwardedHops(text)) ?? [];
  }

  /** From the right, over those who are trusted (RFC 7239 §8.1). A hop that hides ends the walk at who told of it. */
  #callerIn(hops: readonly ForwardedHop[]): string | undefined {
    let found: string | undefined;
    for (const { address } of hops.toReversed()) {
      if (address === undefined || ipKey(address) === undefined) return found;
      found = address;
      if (!this.isTrusted(address)) return found;
    }
    return found;
  }
}

/** What may stand in a field of ours. */
const HOST = /^[A-Za-z0-9._~-]{1,255}(?::\d{1,5})?$|^\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?$/;
