import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { host } from '../forms/host-name.ts';
import { listenAddress } from '../forms/listen-address.ts';
import type { GatewaySource, TlsSource } from '../schema/gateway-schema.ts';
import type { CertificateSpec, GatewaySpec, TlsSpec } from '../snapshot.ts';
import type { Compilation } from './compilation.ts';
import { pemText } from './pem-text.ts';

/** So near to its end, a certificate is warned of. */
const SOON_MS = 14 * 86_400_000;

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
  const ca = clients && pemText({ holder: clients, key: 'ca', value: clients.ca }, compilation);
  if (clients !== undefined && ca !== undefined && readable(ca, clients, 'ca', compilation) === undefined)
    return broken(tls);
  return {
    listen: listenAddress(tls.listen),
    certificates,
    minVersion: tls.minVersion === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
    clientCertificates: clients && ca !== undefined ? { mode: clients.mode, ca } : undefined,
    redirect: tls.redirect,
  };
}

/** Only reached together with a problem, so nobody gets to see it. */
function broken(tls: TlsSource): TlsSpec {
  return {
    listen: listenAddress(tls.listen),
    certificates: [],
    minVersion: 'TLSv1.2',
    clientCertificates: undefined,
    redirect: false,
  };
}

type CertificateSource = TlsSource['certificates'][number];

function certificateSpec(source: CertificateSource, compilation: Compilation): CertificateSpec | undefined {
  const { places, report } = compilation;
  const cert = pemText({ holder: source, key: 'cert', value: source.cert }, compilation);
  const key = pemText({ holder: source, key: 'key', value: source.key }, compilation);
  if (cert === undefined || key === undefined) return undefined;
  const leaf = readable(cert, source, 'cert', compilation);
  const secret = privateKey(key);
  if (secret === undefined) {
    report.problem(places.at(source, 'key'), '`key` is no private key in PEM without a passphrase');
  }
  if (leaf === undefined || secret === undefined) return undefined;
  if (!leaf.checkPrivateKey(secret)) {
    report.problem(places.at(source, 'key'), '`key` does not belong to the certificate beside it');
    return undefined;
  }
  checkDates(leaf, source, compilation);
  const hosts = source.hosts?.map(host) ?? namesOf(leaf);
  return { hosts, cert, key, isDefault: source.default };
}

function readable(
  pem: string,
  holder: object,
  field: string,
  { places, report }: Compilation,
): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    report.problem(places.at(holder, field), `\`${field}\` is no certificate in PEM`);
    return undefined;
  }
}

function privateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function checkDates(leaf: X509Certificate, source: CertificateSource, { places, report }: Compilation): void {
  const leftMs = Date.parse(leaf.validTo) - Date.now();
  const place = places.at(source, 'cert');
  if (leftMs <= 0) report.warning(place, `the certificate has expired, on ${leaf.validTo}`);
  else if (leftMs < SOON_MS) report.warning(place, `the certificate expires on ${leaf.validTo}`);
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
