import tls from 'node:tls';
import type { ServerConnection } from '@gatehouse/http';
import type { ClientCertificate } from '@gatehouse/policies';

const known = new WeakMap<tls.TLSSocket, ClientCertificate | null>();

/** What the caller has shown of itself by TLS; read once a connection. */
export function clientCertificateOf({ wire }: ServerConnection): ClientCertificate | undefined {
  const socket = wire?.socket;
  if (!(socket instanceof tls.TLSSocket)) return undefined;
  const kept = known.get(socket);
  if (kept !== undefined) return kept ?? undefined;
  const peer = socket.getPeerX509Certificate();
  const certificate =
    peer === undefined
      ? undefined
      : {
          subject: peer.subject.split('\n').join(', '),
          issuer: peer.issuer.split('\n').join(', '),
          names: peer.subjectAltName ?? '',
          sha256: peer.fingerprint256.replaceAll(':', '').toLowerCase(),
          authorized: socket.authorized,
        };
  known.set(socket, certificate ?? null);
  return certificate;
}
