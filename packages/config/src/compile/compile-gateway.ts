import type { X509Certificate } from 'node:crypto';
import { host } from '../forms/host-name.ts';
import { listenAddress } from '../forms/listen-address.ts';
import type { GatewaySource, TlsSource } from '../schema/gateway-schema.ts';
import type { CertificateSpec, GatewaySpec, TlsSpec } from '../snapshot.ts';
import type { Compilation } from './compilation.ts';
import { authorities, keyPair } from './key-pair.ts';

export function compileGateway(source: GatewaySource, compilation: Compilation): GatewaySpec {
  const { tls, trustedProxies, forwardedBy, proxyProtocol } = source;
  const { places, report } = compilation;
  if (proxyProtocol !== 'off' && trustedProxies.length === 0) {
    report.problem(places.at(source, 'proxyProtocol'), 'nobody is trusted to say who calls, write `trustedProxies`');
  }
  return {
    tls: tls && compileTls(tls, compilation),
    trustedProxies,
    forwardedBy,
    proxyProtocol,
  };
}

function compileTls(tls: TlsSource, compilation: Compilation): TlsSpec {
  const certificates = tls.certificates.flatMap((source) => certificateSpec(source, compilation) ?? []);
  checkHosts(tls, certificates, compilation);
  const { clientCertificates: clients } = tls;
  const ca = clients && authorities(clients, compilation);
  return {
    listen: listenAddress(tls.listen),
    certificates,
    minVersion: tls.minVersion === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
    clientCertificates: clients && ca !== undefined ? { mode: clients.mode, ca } : undefined,
    redirect: tls.redirect,
  };
}

type CertificateSource = TlsSource['certificates'][number];

function certificateSpec(source: CertificateSource, compilation: Compilation): CertificateSpec | undefined {
  const pair = keyPair(source, compilation);
  if (pair === undefined) return undefined;
  const { cert, key, leaf } = pair;
  return { hosts: source.hosts?.map(host) ?? namesOf(leaf), cert, key, isDefault: source.default };
}

/** The hosts of its subject alternative names; addresses and the common name do not count (RFC 9110 §4.3.4). */
function namesOf({ subjectAltName }: X509Certificate): readonly string[] {
  return [...(subjectAltName ?? '').matchAll(/(?:^|, )DNS:([^,"]+)/g)].map(([, name = '']) => name.toLowerCase());
}

function checkHosts(tls: TlsSource, certificates: readonly CertificateSpec[], { places, report }: Compilation): void {
  if (certificates.length < tls.certificates.length) return;
  const seen = new Set<string>();
  certificates.forEach(({ hosts, isDefault }, index) => {
    const place = places.at(tls.certificates, index);
    if (hosts.length === 0 && certificates.length > 1 && !isDefault) {
      report.problem(place, 'the certificate names no host, write `hosts` or `default: true`');
    }
    for (const name of hosts) {
      if (seen.has(name)) report.problem(place, `two certificates are for ${name}, write \`hosts\` to tell them apart`);
      seen.add(name);
    }
  });
  if (certificates.filter(({ isDefault }) => isDefault).length > 1) {
    report.problem(places.at(tls, 'certificates'), 'two certificates are the default, choose one');
  }
}
