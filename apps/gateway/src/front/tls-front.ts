import type net from 'node:net';
import tls from 'node:tls';
import type { Logger } from '@gatehouse/kernel';
import type { Certificates } from './certificates.ts';

export interface TlsFrontOptions {
  readonly certificates: Certificates;
  readonly log: Logger;
  /** How long a caller may take over the handshake. */
  readonly handshakeMs?: number;
  /** A caller with whom TLS has been agreed. */
  readonly onSecure: (socket: tls.TLSSocket) => void;
}

const HANDSHAKE_MS = 10_000;

/** Agrees on TLS with callers, as one snapshot says. Listens nowhere: connections are handed to it. */
export class TlsFront {
  readonly #server: tls.Server;
  #failures = 0;

  constructor({ certificates, log, handshakeMs = HANDSHAKE_MS, onSecure }: TlsFrontOptions) {
    const { spec } = certificates;
    const { mode } = spec.clientCertificates ?? { mode: 'none' };
    this.#server = tls.createServer({
      ALPNProtocols: ['h2', 'http/1.1'],
      minVersion: spec.minVersion,
      handshakeTimeout: handshakeMs,
      requestCert: mode !== 'none',
      rejectUnauthorized: mode === 'required',
      allowHalfOpen: true,
      SNICallback: (host, answer) => answer(null, certificates.shownTo(host.toLowerCase()).context),
      // For callers who ask for no host.
      ...contextOf(certificates),
    });
    this.#server.on('secureConnection', (socket) => {
      // Who calls, and for which host, was settled by the handshake. Another one over the same connection could change
      // both, and costs us more than the caller; it is forbidden in HTTP/2 (RFC 9113 §9.2.1). Node says that one was
      // begun by an error, and goes on with it unless the connection ends.
      socket.disableRenegotiation();
      socket.on('error', () => socket.destroy());
      onSecure(socket);
    });
    this.#server.on('tlsClientError', (error, socket) => {
      this.#failures++;
      log.debug('TLS was not agreed on', { from: socket.remoteAddress, error: error.message });
      socket.destroy();
    });
  }

  /** How often TLS was not agreed on. */
  get failures(): number {
    return this.#failures;
  }

  take(socket: net.Socket): void {
    this.#server.emit('connection', socket);
  }
}

function contextOf({ spec, shownToAnybody, ticketKeys }: Certificates): tls.TlsOptions {
  const { cert, key } = shownToAnybody.spec;
  const ca = spec.clientCertificates?.ca;
  return { cert, key, ...(ca !== undefined && { ca }), ticketKeys };
}
