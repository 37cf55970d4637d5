import { createHash, hkdfSync } from 'node:crypto';
import tls from 'node:tls';
import type { CertificateSpec, TlsSpec } from '@gatehouse/config';

/** Which certificate a host gets: its own, else one for all hosts beside it, else the one for everybody. */
export class Certificates {
  readonly spec: TlsSpec;
  /** Of sessions that callers resume. */
  readonly ticketKeys: Buffer;
  readonly #byHost = new Map<string, Shown>();
  readonly #otherwise: Shown;

  constructor(spec: TlsSpec, ticketKeys: Uint8Array) {
    this.spec = spec;
    this.ticketKeys = ownTicketKeys(spec, ticketKeys);
    const shown = spec.certificates.map((certificate) => new Shown(certificate, spec, this.ticketKeys));
    for (const each of shown) for (const host of each.hosts) this.#byHost.set(host, each);
    const otherwise = shown.find(({ isDefault }) => isDefault) ?? shown[0];
    if (otherwise === undefined) throw new RangeError('TLS needs a certificate');
    this.#otherwise = otherwise;
  }

  /** For callers who ask for no host. */
  get shownToAnybody(): Shown {
    return this.#otherwise;
  }

  /** '' for a caller that asks for no host. */
  shownTo(host: string): Shown {
    const exact = this.#byHost.get(host);
    if (exact !== undefined) return exact;
    const dot = host.indexOf('.');
    return (dot < 0 ? undefined : this.#byHost.get(`*${host.slice(dot)}`)) ?? this.#otherwise;
  }
}

/**
 * A session that is resumed shows no certificate and is asked for none. So a ticket is worth nothing once other
 * certificates are shown, or callers are asked for other ones: each set of them has keys of its own, in all workers alike.
 */
function ownTicketKeys({ certificates, clientCertificates }: TlsSpec, ticketKeys: Uint8Array): Buffer {
  const all = JSON.stringify([certificates.map(({ cert }) => cert), clientCertificates]);
  const settings = createHash('sha256').update(all).digest();
  return Buffer.from(hkdfSync('sha256', ticketKeys, '', settings, 48));
}

/** One certificate, ready to be used. */
class Shown {
  readonly hosts: readonly string[];
  readonly isDefault: boolean;
  readonly context: tls.SecureContext;
  readonly spec: CertificateSpec;

  constructor(spec: CertificateSpec, { minVersion, clientCertificates }: TlsSpec, ticketKeys: Buffer) {
    const { hosts, cert, key, isDefault } = spec;
    this.spec = spec;
    this.hosts = hosts;
    this.isDefault = isDefault;
    const ca = clientCertificates?.ca;
    this.context = tls.createSecureContext({ cert, key, minVersion, ticketKeys, ...(ca !== undefined && { ca }) });
  }
}
