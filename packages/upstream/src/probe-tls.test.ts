import http2 from 'node:http2';
import https from 'node:https';
import type { TlsOptions } from 'node:tls';
import type { UpstreamTlsSpec } from '@gatehouse/config';
import { selfSigned, TestAuthority, type TestCertificate } from '@gatehouse/kernel/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { endpointSpec, HEALTH } from './__fixtures__/specs.ts';
import { httpProbe } from './http-probe.ts';

const authority = new TestAuthority();
const good = authority.issue({ names: ['users.test', '127.0.0.1'] });
const own = authority.issue({ subject: 'the gate' });

type Protocol = 'http1' | 'h2';

async function serve(protocol: Protocol, { cert, key }: TestCertificate, options: TlsOptions = {}): Promise<number> {
  const all = { cert, key, ...options };
  const answer = (_request: unknown, response: { readonly end: () => unknown }): void => void response.end();
  const server = protocol === 'http1' ? https.createServer(all, answer) : http2.createSecureServer(all, answer);
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

describe.each(['http1', 'h2'] as const)('a probe over TLS (%s)', (protocol) => {
  interface Case {
    readonly port: number;
    readonly tlsWith?: Partial<UpstreamTlsSpec>;
    readonly serverName?: string;
  }

  async function probe({ port, tlsWith, serverName }: Case): Promise<boolean> {
    const endpoint = {
      ...endpointSpec('127.0.0.1', { port, authority: `127.0.0.1:${port}`, tls: true }),
      ...(protocol === 'h2' && { http2: 'h2' as const }),
      ...(serverName !== undefined && { serverName }),
      ...(tlsWith !== undefined && { tlsWith: { id: 'a', verify: true, ...tlsWith } }),
    };
    return httpProbe(endpoint, HEALTH, new AbortController().signal);
  }

  it('believes whom requests would believe', async () => {
    const port = await serve(protocol, good);
    const ca = authority.pem;
    expect(await probe({ port, tlsWith: { ca } })).toBe(true);
    expect(await probe({ port })).toBe(false);
    expect(await probe({ port, tlsWith: { ca: new TestAuthority().pem } })).toBe(false);
    expect(await probe({ port, tlsWith: { verify: false } })).toBe(true);
  });

  it('asks for the name that requests ask for', async () => {
    const port = await serve(protocol, good);
    const ca = authority.pem;
    expect(await probe({ port, tlsWith: { ca, serverName: 'users.test' } })).toBe(true);
    expect(await probe({ port, tlsWith: { ca, serverName: 'other.test' } })).toBe(false);
    expect(await probe({ port, tlsWith: { ca }, serverName: 'users.test' })).toBe(true);
    expect(await probe({ port, tlsWith: { ca }, serverName: 'other.test' })).toBe(false);
  });

  it('takes the subject of a certificate for no host', async () => {
    const port = await serve(protocol, authority.issue({ subject: 'users.test' }));
    expect(await probe({ port, tlsWith: { ca: authority.pem, serverName: 'users.test' } })).toBe(false);
  });

  it('shows what requests show', async () => {
    const port = await serve(protocol, good, { requestCert: true, rejectUnauthorized: true, ca: authority.pem });
    const ca = authority.pem;
    expect(await probe({ port, tlsWith: { ca, ...own } })).toBe(true);
    expect(await probe({ port, tlsWith: { ca } })).toBe(false);
    expect(await probe({ port, tlsWith: { ca, ...selfSigned() } })).toBe(false);
  });

  it('speaks no older TLS than requests do', async () => {
    const port = await serve(protocol, good, { maxVersion: 'TLSv1.2' });
    expect(await probe({ port, tlsWith: { ca: authority.pem } })).toBe(true);
    expect(await probe({ port, tlsWith: { ca: authority.pem, minVersion: 'TLSv1.3' } })).toBe(false);
  });
});
