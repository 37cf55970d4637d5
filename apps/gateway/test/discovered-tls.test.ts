import http2 from 'node:http2';
import https from 'node:https';
import type tls from 'node:tls';
import { selfSigned, TestAuthority, type TestCertificate } from '@gatehouse/kernel/testing';
import { DnsServer } from '@gatehouse/upstream/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { listen, startGate, type Running } from './harness.ts';

const DAY_MS = 86_400_000;
const authority = new TestAuthority();
const stranger = new TestAuthority('A stranger');
const good = authority.issue({ names: ['users.test'] });
const own = authority.issue({ subject: 'the gate' });

type Protocol = 'http1' | 'h2';

interface Service {
  readonly port: number;
  /** The name that each handshake has asked for; '' for none. */
  readonly named: readonly string[];
}

/** Answers with whom the gate has shown itself as, and the host that it has asked for. */
async function service(
  { cert, key }: TestCertificate,
  { protocol = 'http1', ...options }: { readonly protocol?: Protocol } & tls.TlsOptions = {},
): Promise<Service> {
  const named: string[] = [];
  let shown = 'nobody';
  const answer = (
    request: http2.Http2ServerRequest | https.Server | { readonly headers: Record<string, unknown> },
    response: { readonly end: (text: string) => unknown },
  ): void => {
    const { headers } = request as { readonly headers: Record<string, unknown> };
    response.end(`${shown} ${String(headers[':authority'] ?? headers['host'])}`);
  };
  const all = { cert, key, ...options };
  const server = protocol === 'http1' ? https.createServer(all, answer) : http2.createSecureServer(all, answer);
  server.on('secureConnection', (socket: tls.TLSSocket) => {
    named.push(typeof socket.servername === 'string' ? socket.servername : '');
    shown = socket.getPeerX509Certificate()?.subject ?? 'nobody';
  });
  onTestFinished(() => void server.close());
  return { port: await listen(server), named };
}
