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
  if ('dns' in target) return ofName(target.dns, target.weight);
  if (target.resolve === undefined) return undefined;
  const { type, every } = target.resolve;
  const { host, port, tls, authority, basePath: path } = endpointAddress(target.url);
  const { weight } = target;
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
    if ('dns' in target) {
      const { dns } = target;
      if (dns.port !== undefined || isSrv(dns)) continue;
      report.problem(places.of(dns), `${quote('port')} is missing: only SRV records bring one`);
    } else if (target.resolve !== undefined && net.isIP(endpointAddress(target.url).host) !== 0) {
      report.problem(
        places.of(target.resolve),
        `the host of ${quote('url')} is an address, leave ${quote('resolve')} out`,
      );
    }
  }
}
