import net from 'node:net';
import { quote } from '../problems/nearest.ts';
import { endpointAddress } from '../forms/endpoint-url.ts';
import { basePath } from '../forms/path-pattern.ts';
import { milliseconds } from '../forms/units.ts';
import type { DnsTargetSource } from '../schema/discovery-schema.ts';
import type { DiscoverySpec } from '../snapshot.ts';
import type { Compilation } from './compilation.ts';
import type { Target } from './compile-upstreams.ts';

/** Undefined for a target that is taken as it stands. */
export function discoveryOf(target: Target): DiscoverySpec | undefined {
  if (typeof target === 'string') return undefined;
  const { url, dns, resolve, weight } = target;
  if (dns !== undefined) return ofName(dns, weight);
  if (resolve === undefined || url === undefined) return undefined;
  const { type, every } = resolve;
  const { host, port, tls, authority, basePath: path } = endpointAddress(url);
  return { name: host, type, everyMs: milliseconds(every), port, tls, authority, basePath: path, weight };
}

function ofName(dns: DnsTargetSource, weight: number): DiscoverySpec {
  const { type, tls } = dns;
  const name = dns.name.toLowerCase().replace(/\.$/, '');
  const host = dns.host?.toLowerCase() ?? name.replace(/^(?:_[^.]+\.)+/, '');
  const port = dns.port ?? 0;
  const own = port === 0 || port === (tls ? 443 : 80);
  return {
    name,
    type: isSrv(dns) ? 'SRV' : type,
    everyMs: milliseconds(dns.every),
    port,
    tls,
    authority: own ? host : `${host}:${port}`,
    basePath: basePath(dns.path),
    weight,
  };
}

function isSrv({ name, type }: DnsTargetSource): boolean {
  return type === 'SRV' || (type === 'auto' && name.startsWith('_'));
}

export function checkDiscovery(targets: readonly Target[], { places, report }: Compilation): void {
  for (const target of targets) {
    if (typeof target === 'string') continue;
    const { url, dns, resolve } = target;
    if (places.wrote(target, 'url') === places.wrote(target, 'dns')) {
      report.problem(
        places.of(target),
        `a target has either a ${quote('url')} or a ${quote('dns')}, write one of them`,
      );
    } else if (dns !== undefined && resolve !== undefined) {
      report.problem(places.of(resolve), `${quote('resolve')} is for a ${quote('url')}, leave it out`);
    } else if (dns !== undefined && dns.port === undefined && !isSrv(dns)) {
      report.problem(places.of(dns), `${quote('port')} is missing: only SRV records bring one`);
    } else if (url !== undefined && resolve !== undefined && net.isIP(endpointAddress(url).host) !== 0) {
      const what = `the host of ${quote('url')} is an address`;
      report.problem(places.of(resolve), `${what}, leave ${quote('resolve')} out`);
    }
  }
}
