import type { PeerCertificate } from 'node:tls';

/**
 * Node's own check, less its fall back on the common name where a certificate names no host: who issues a certificate
 * vouches for its alternative names only (RFC 9525 §6.3, RFC 9110 §4.3.4).
 */
export function checkServerIdentity(host: string, certificate: PeerCertificate): Error | undefined {
  const names = certificate.subjectaltname ?? '';
  if (!/(?:^|, )(?:DNS|IP Address):/.test(names)) return new Error(`the certificate names no host, and so not ${host}`);
  const { checkServerIdentity: check } = process.getBuiltinModule('node:tls');
  return check(host, { ...certificate, subject: { ...certificate.subject, CN: '' } });
}
