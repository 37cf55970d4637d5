import tls from 'node:tls';
import type { TlsSpec } from '@gatehouse/config';
import type { ServerConnection } from '@gatehouse/http';
import type { Reply } from '@gatehouse/policies';
import type { Certificates } from './certificates.ts';

export interface TlsAsked {
  readonly caller: ServerConnection;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  /** As a trusted proxy says, else as the connection is. */
  readonly scheme: string;
}

/** What TLS asks of requests once a connection stands. Undefined where it asks nothing, so that nothing is paid for it. */
export class TlsRules {
  readonly #redirect: TlsSpec['redirect'];
  readonly #asksForCertificates: boolean;
  readonly #certificates: Certificates;
  readonly #port: () => number;

  /** `port` is where callers come in by TLS. */
  static of(certificates: Certificates | undefined, port: () => number): TlsRules | undefined {
    if (certificates === undefined) return undefined;
    const { redirect, clientCertificates } = certificates.spec;
    return redirect === false && clientCertificates === undefined ? undefined : new TlsRules(certificates, port);
  }

  private constructor(certificates: Certificates, port: () => number) {
    this.#redirect = certificates.spec.redirect;
    this.#asksForCertificates = certificates.spec.clientCertificates !== undefined;
    this.#certificates = certificates;
    this.#port = port;
  }

  /** Undefined for a request that may go on. */
  answer(asked: TlsAsked): Reply | undefined {
    if (asked.scheme !== 'https') return this.#redirect === false ? undefined : this.#redirected(asked);
    return this.#asksForCertificates && this.#isMisdirected(asked) ? MISDIRECTED : undefined;
  }

  #redirected({ host, path, query }: TlsAsked): Reply {
    if (host === '' || path === '*') return PLAIN;
    const port = typeof this.#redirect === 'number' ? this.#redirect : this.#port();
    const location = `https://${host}${port === 443 ? '' : `:${port}`}${path}${query}`;
    return { status: 308, headers: [['location', location]], body: '' };
  }

  /** Would a caller of this host have been shown another certificate than the one of its connection (RFC 9110 §15.5.20)? */
  #isMisdirected({ caller, host }: TlsAsked): boolean {
    const socket = caller.wire?.socket;
    if (!(socket instanceof tls.TLSSocket)) return false;
    const shown = typeof socket.servername === 'string' ? socket.servername.toLowerCase() : '';
    return shown !== host && this.#certificates.shownTo(shown) !== this.#certificates.shownTo(host);
  }
}

const MISDIRECTED: Reply = {
  code: 'request.misdirected',
  detail: 'the connection was made for another host, make one for this host',
};
const PLAIN: Reply = { code: 'request.misdirected', detail: 'only TLS is served here' };
