import http2 from 'node:http2';
import https from 'node:https';
import type tls from 'node:tls';
import { selfSigned, TestAuthority, type TestCertificate } from '@gatehouse/kernel/testing';
import { DnsServer } from '@gatehouse/upstream/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { listen, startGate, type Running } from './harness.ts';

/* Targets that are names in DNS: the certificate must be of the name that was asked for, never of the address found. */

const DAY_MS = 86_400_000;
const authority = new TestAuthority();
const stranger = new TestAuthority('A stranger');
const own = authority.issue({ subject: 'the gate' });
const good = authority.issue({ names: ['users.test'] });
const byAddress = authority.issue({ names: ['127.0.0.1'] });

const PROTOCOLS = ['http1', 'h2'] as const;
type Protocol = (typeof PROTOCOLS)[number];

/** Says by which name it was asked for, and who has asked. */
async function service(
  { cert, key }: TestCertificate,
  { protocol = 'http1', ...options }: { readonly protocol?: Protocol } & tls.TlsOptions = {},
): Promise<number> {
  let shown = '';
  const answer = (_request: unknown, response: { readonly end: (text: string) => unknown }): void => {
    response.end(shown);
  };
  const all = { cert, key, ...options };
  const server = protocol === 'http1' ? https.createServer(all, answer) : http2.createSecureServer(all, answer);
  server.on('secureConnection', (socket: tls.TLSSocket) => {
    const name = typeof socket.servername === 'string' ? socket.servername : '';
    shown = `${name} ${socket.getPeerX509Certificate()?.subject ?? 'nobody'}`;
  });
  onTestFinished(() => void server.close());
  return listen(server);
}

const pem = (text: string): string => JSON.stringify(text);
const CA = `ca: ${pem(authority.pem)}`;
const OWN = `cert: ${pem(own.cert)}, key: ${pem(own.key)}`;

interface Way {
  readonly protocol?: Protocol;
  readonly settings?: string;
  readonly more?: string;
}

const config = (target: string, { protocol = 'http1', settings = CA, more = '' }: Way): string => `
upstreams:
  u: { protocol: ${protocol}, targets: [ { ${target} } ]${settings === '' ? '' : `, tls: { ${settings} }`}${more} }
apis: { a: { access: open, upstream: u } }
`;

let dns: DnsServer;
let shared: Running;
beforeAll(async () => {
  dns = await DnsServer.start();
  dns.zones = { 'users.test': { A: ['127.0.0.1'] }, 'node-7.test': { A: ['127.0.0.1'] } };
  shared = await startGate('apis: {}\n', { workers: 1, dns: [dns.address] });
});
afterAll(async () => {
  await shared.stop();
  dns.close();
});

/** Every service has a port of its own, so that nothing is known of it from before. */
async function gateTo(target: string, way: Way = {}): Promise<Running> {
  await shared.publish(config(target, way));
  return shared;
}

/** Where the record of the service leads. */
function serveAt(port: number): void {
  dns.zones['_https._tcp.users.test'] = { SRV: [{ priority: 1, weight: 1, port, target: 'node-7.test' }] };
}

async function answerOf({ url }: Running): Promise<{ readonly status: number; readonly body: string }> {
  const reply = await fetch(url);
  return { status: reply.status, body: await reply.text() };
}

async function expectRefusal(gate: Running): Promise<void> {
  const { status, body } = await answerOf(gate);
  expect([status, JSON.parse(body)]).toMatchObject([
    502,
    { code: 'upstream.unreachable', detail: 'the upstream cannot be reached' },
  ]);
  expect(body).not.toMatch(/certificate|verify|SSL|127\.0/i);
}

const byName = (port: number): string => `dns: { name: users.test, port: ${port}, tls: true }`;

describe.each(PROTOCOLS)('certificates at addresses that were found, by %s', (protocol) => {
  it('are of the name, which is what is asked for', async () => {
    const port = await service(good, { protocol });
    expect(await answerOf(await gateTo(byName(port), { protocol }))).toEqual({
      status: 200,
      body: 'users.test nobody',
    });
  });

  it.each([
    ['names the address', byAddress, CA],
    ['names another host', authority.issue({ names: ['elsewhere.test'] }), CA],
    ['names the host in its subject alone', authority.issue({ subject: 'users.test' }), CA],
    ['comes from an authority that nobody knows', stranger.issue({ names: ['users.test'] }), CA],
    ['comes from an authority that the system does not know', good, ''],
    ['has expired', authority.issue({ names: ['users.test'], until: new Date(Date.now() - DAY_MS / 2) }), CA],
    ['vouches for itself', selfSigned({ names: ['users.test'] }), CA],
  ])('are refused when one %s', async (_, certificate, settings) => {
    await expectRefusal(await gateTo(byName(await service(certificate, { protocol })), { protocol, settings }));
  });

  it('are not looked at without `verify`', async () => {
    const port = await service(selfSigned({ names: ['elsewhere.test'] }), { protocol });
    const gate = await gateTo(byName(port), { protocol, settings: 'verify: false' });
    expect(await answerOf(gate)).toEqual({ status: 200, body: 'users.test nobody' });
  });

  it('are of `serverName` where that is written', async () => {
    const named = { protocol, settings: `${CA}, serverName: inner.test` };
    const inner = await service(authority.issue({ names: ['inner.test'] }), { protocol });
    expect(await answerOf(await gateTo(byName(inner), named))).toEqual({ status: 200, body: 'inner.test nobody' });
    await expectRefusal(await gateTo(byName(await service(good, { protocol })), named));
  });

  it('are in TLS 1.3 alone by `minVersion`', async () => {
    const port = await service(good, { protocol, maxVersion: 'TLSv1.2' });
    await expectRefusal(await gateTo(byName(port), { protocol, settings: `${CA}, minVersion: "1.3"` }));
  });

  it('are shown to one that asks for ours', async () => {
    const strict = { protocol, requestCert: true, rejectUnauthorized: true, ca: authority.pem };
    const port = await service(good, strict);
    expect(await answerOf(await gateTo(byName(port), { protocol, settings: `${CA}, ${OWN}` }))).toEqual({
      status: 200,
      body: 'users.test CN=the gate',
    });
    await expectRefusal(await gateTo(byName(port), { protocol }));
  });

  it('are what health checks go by', async () => {
    const health =
      ', health: { path: /, interval: 20ms, unhealthyAfter: 1, healthyAfter: 1 }, retries: { attempts: 0 }';
    const bad = await gateTo(byName(await service(byAddress, { protocol })), { protocol, more: health });
    await vi.waitFor(async () => expect((await answerOf(bad)).status).toBe(503), { timeout: 10_000 });
    const port = await service(good, { protocol });
    const well = await gateTo(byName(port), { protocol, more: health });
    await vi.waitFor(async () => expect((await answerOf(well)).body).toBe('users.test nobody'), { timeout: 10_000 });
  });
});

describe('the name that a certificate must have', () => {
  it('is that of a service, not the one of the host that its record leads to', async () => {
    const target = 'dns: { name: _https._tcp.users.test, tls: true }';
    serveAt(await service(good));
    expect((await answerOf(await gateTo(target))).body).toBe('users.test nobody');
    await shared.publish('apis: {}\n');
    serveAt(await service(authority.issue({ names: ['node-7.test', '127.0.0.1'] })));
    await expectRefusal(await gateTo(target));
  });

  it('is `host` where that is written', async () => {
    const port = await service(authority.issue({ names: ['inner.test'] }));
    const target = `dns: { name: users.test, host: inner.test, port: ${port}, tls: true }`;
    expect((await answerOf(await gateTo(target))).body).toBe('inner.test nobody');
    await expectRefusal(await gateTo(target.replace(String(port), String(await service(good)))));
  });

  it('is the host of a URL that is looked up', async () => {
    const target = (port: number): string => `url: "https://users.test:${port}", resolve: {}`;
    expect((await answerOf(await gateTo(target(await service(good))))).body).toBe('users.test nobody');
    await expectRefusal(await gateTo(target(await service(byAddress))));
  });
});
