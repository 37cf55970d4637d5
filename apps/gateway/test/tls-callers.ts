import { once } from 'node:events';
import http2 from 'node:http2';
import https from 'node:https';
import tls from 'node:tls';
import { TestAuthority, type TestCertificate } from '@gatehouse/kernel/testing';
import { onTestFinished } from 'vitest';

/* Callers by TLS, as Node's own clients are. */

export const authority = new TestAuthority();
export const certificates = {
  a: authority.issue({ names: ['a.test'], subject: 'a' }),
  wild: authority.issue({ names: ['*.wild.test'], subject: 'wild' }),
  fallback: authority.issue({ names: ['fallback.test', '127.0.0.1'], subject: 'fallback' }),
} as const;

export const pem = (text: string): string => JSON.stringify(text);
export const pairOf = ({ cert, key }: TestCertificate): string => `cert: ${pem(cert)}, key: ${pem(key)}`;

export interface TlsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  /** Common name of the certificate that the gate has shown. */
  readonly shown: string;
  readonly resumed: boolean;
}

export interface TlsCall extends tls.ConnectionOptions {
  readonly path?: string;
  readonly method?: string;
  /** What is asked for in the handshake, and by `host`, where that does not differ. */
  readonly servername?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One call over a connection of its own by HTTP/1.1. */
export async function callTls(port: number, call: TlsCall = {}): Promise<TlsAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<TlsAnswer>();
  const { servername = 'a.test', headers = {}, ...rest } = call;
  const request = https.request(
    {
      host: '127.0.0.1',
      port,
      ca: authority.pem,
      agent: false,
      checkServerIdentity: () => undefined,
      servername,
      ...rest,
      headers: { host: servername === '' ? '127.0.0.1' : servername, ...headers },
    },
    (response) => {
      const { socket } = response;
      if (!(socket instanceof tls.TLSSocket)) throw new TypeError('no TLS');
      const shown = commonName(socket);
      const resumed = socket.isSessionReused();
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body, shown, resumed }),
      );
      response.on('error', reject);
    },
  );
  request.on('error', reject);
  request.end();
  return promise;
}

export function commonName(socket: tls.TLSSocket): string {
  return /CN=(\S+)/.exec(socket.getPeerX509Certificate()?.subject ?? '')?.[1] ?? '';
}

/** A session of HTTP/2 that lives as long as the test. */
export function http2To(
  port: number,
  { servername = 'a.test', ...options }: http2.SecureClientSessionOptions = {},
): http2.ClientHttp2Session {
  const all = { ca: authority.pem, checkServerIdentity: () => undefined, servername, ...options };
  const session = http2.connect(`https://127.0.0.1:${port}`, all);
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  return session;
}

export async function callHttp2(
  session: http2.ClientHttp2Session,
  headers: http2.OutgoingHttpHeaders = {},
): Promise<{ readonly status: number; readonly headers: http2.IncomingHttpHeaders; readonly body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<typeof callHttp2>>>();
  const stream = session.request({ ':path': '/', ':authority': 'a.test', ...headers });
  let head: http2.IncomingHttpHeaders = {};
  let body = '';
  stream.on('response', (received) => (head = received));
  stream.setEncoding('utf8').on('data', (text: string) => (body += text));
  stream.on('end', () => {
    if (head[':status'] === undefined) reject(new Error('the stream ended without a head'));
    else resolve({ status: Number(head[':status']), headers: head, body });
  });
  stream.on('error', reject);
  return promise;
}

/** What a caller needs to resume the session of a call. */
export async function sessionOf(port: number, options: tls.ConnectionOptions = {}): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const socket = await secureSocket(port, options, (session) => resolve(session));
  socket.write('GET / HTTP/1.1\r\nhost: a.test\r\nconnection: close\r\n\r\n');
  socket.resume();
  return promise;
}

/** A connection with which TLS has been agreed on; what is written and read is up to the test. */
export async function secureSocket(
  port: number,
  options: tls.ConnectionOptions = {},
  onSession: (session: Buffer) => void = () => {},
): Promise<tls.TLSSocket> {
  const all = { ca: authority.pem, servername: 'a.test', checkServerIdentity: () => undefined, ...options };
  const socket = tls.connect({ host: '127.0.0.1', port, ...all });
  onTestFinished(() => void socket.destroy());
  // In TLS 1.2 it comes before the connection stands, in 1.3 after.
  socket.on('session', onSession);
  await once(socket, 'secureConnect');
  return socket;
}
