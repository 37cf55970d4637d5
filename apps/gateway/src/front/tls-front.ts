import type net from 'node:net';
import tls from 'node:tls';
import type { TlsSpec } from '@gatehouse/config';
import type { Logger } from '@gatehouse/kernel';
import { Certificates } from './certificates.ts';

export interface TlsFrontOptions {
  readonly spec: TlsSpec;
  /** The same in all workers, so that a caller may resume with any of them. */
  readonly ticketKeys: Uint8Array;
  readonly log: Logger;
  /** A caller with whom TLS has been agreed. */
  readonly onSecure: (socket: tls.TLSSocket) => void;
}

const HANDSHAKE_MS = 10_000;

/** Agrees on TLS with callers, as one snapshot says. Listens nowhere: connections are handed to it. */
export class TlsFront {
  readonly certificates: Certificates;
  readonly #server: tls.Server;
  #failures = 0;

  constructor({ spec, ticketKeys, log, onSecure }: TlsFrontOptions) {
    this.certificates = new Certificates(spec, Buffer.from(ticketKeys));
    const { mode } = spec.clientCertificates ?? { mode: 'none' };
    this.#server = tls.createServer({
      ALPNProtocols: ['h2', 'http/1.1'],
      minVersion: spec.minVersion,
      handshakeTimeout: HANDSHAKE_MS,
      requestCert: mode !== 'none',
      rejectUnauthorized: mode === 'required',
      allowHalfOpen: true,
      SNICallback: (host, answer) => answer(null, this.certificates.shownTo(host.toLowerCase()).context),
      // For callers who ask for no host.
      ...contextOf(spec, ticketKeys),
    });
    this.#server.on('secureConnection', onSecure);
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

  /** Would a caller of this host have been shown another certificate than the one that was chosen for its connection? */
  isMisdirected(socket: tls.TLSSocket, host: string): boolean {
    const asked = typeof socket.servername === 'string' ? socket.servername.toLowerCase() : '';
    return asked !== host && this.certificates.shownTo(asked) !== this.certificates.shownTo(host);
  }
}

function contextOf(spec: TlsSpec, ticketKeys: Uint8Array): tls.TlsOptions {
  const shown = spec.certificates.find(({ isDefault }) => isDefault) ?? spec.certificates[0];
  const ca = spec.clientCertificates?.ca;
  return {
    ...(shown && { cert: shown.cert, key: shown.key }),
    ...(ca !== undefined && { ca }),
    ticketKeys: Buffer.from(ticketKeys),
  };
}
