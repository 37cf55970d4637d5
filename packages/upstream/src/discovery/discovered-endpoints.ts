import type { DiscoverySpec, EndpointSpec } from '@gatehouse/config';
import type { Address, Question } from './look-up.ts';

/** What is asked for a target that is a name. Families are asked apart: one that fails does not take the other along. */
export function questionsOf({ name, type }: DiscoverySpec): readonly Question[] {
  if (type === 'auto') {
    return [
      { name, type: 'A' },
      { name, type: 'AAAA' },
    ];
  }
  return [{ name, type }];
}

/** The endpoint at one of its addresses. Host, and the name in certificates, stay the name's. */
export function discoveredEndpoint(spec: DiscoverySpec, address: Address): EndpointSpec {
  const { tls, authority, basePath, weight, http2, tlsWith } = spec;
  const port = address.port ?? spec.port;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  const own = port === (tls ? 443 : 80) || address.port === undefined;
  return {
    id: `${tls ? 'https' : 'http'}://${host}:${port}`,
    tls,
    host: address.host,
    port,
    authority: own ? authority : `${authority}:${port}`,
    basePath,
    weight: weight * address.weight,
    ...(http2 !== undefined && { http2 }),
    ...(tls && { serverName: authority.replace(/:\d+$/, '') }),
    ...(tlsWith !== undefined && { tlsWith }),
  };
}
