import tls from 'node:tls';
import type { CertificateSpec, TlsSpec } from '@gatehouse/config';

/** Which certificate a host gets: its own, else one for all hosts beside it, else the one for everybody. */
export class Certificates {
  readonly spec: TlsSpec;
  readonly #byHost = new Map<string, Shown>();
  readonly #otherwise: Shown;

  constructor(spec: TlsSpec, ticketKeys: Buffer) {
    this.spec = spec;
    const shown = spec.certificates.map((certificate) => new Shown(certificate, spec, ticketKeys));
    for (const each of shown) for (const host of each.hosts) this.#byHost.set(host, each);
    const otherwise = shown.find(({ isDefault }) => isDefault) ?? shown[0];
    if (otherwise === undefined) throw new RangeError('TLS needs a certificate');
    this.#otherwise = otherwise;
  }

  /** '' for a caller that asks for no host. */
  shownTo(host: string): Shown {
    const exact = this.#byHost.get(host);
    if (exact !== undefined) return exact;
    const dot = host.indexOf('.');
    return (dot < 0 ? undefined : this.#byHost.get(`*${host.slice(dot)}`)) ?? this.#otherwise;
  }
}

/** One certificate, ready to be used. */
class Shown {
  readonly hosts: readonly string[];
  readonly isDefault: boolean;
  readonly context: tls.SecureContext;

  constructor(
    { hosts, cert, key, isDefault }: CertificateSpec,
    { minVersion, clientCertificates }: TlsSpec,
    ticketKeys: Buffer,
  ) {
    this.hosts = hosts;
    this.isDefault = isDefault;
    const ca = clientCertificates?.ca;
    this.context = tls.createSecureContext({ cert, key, minVersion, ticketKeys, ...(ca !== undefined && { ca }) });
  }
}
