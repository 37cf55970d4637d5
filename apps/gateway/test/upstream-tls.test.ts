import http2 from 'node:http2';
import https from 'node:https';
import type tls from 'node:tls';
import { selfSigned, TestAuthority, type TestCertificate } from '@gatehouse/kernel/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { clockedGate, type ClockedGate } from './clocked-gate.ts';
import { listen } from './harness.ts';

const DAY_MS = 86_400_000;
const authority = new TestAuthority();
const stranger = new TestAuthority('A stranger');
const good = authority.issue({ names: ['users.test', '127.0.0.1'] });
const own = authority.issue({ subject: 'the gate' });

const PROTOCOLS = ['http1', 'h2'] as const;
type Protocol = (typeof PROTOCOLS)[number];

/** Says by which host it was asked for, and who has asked. */
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
    const host = typeof socket.servername === 'string' ? socket.servername : '';
    shown = `${host} ${socket.getPeerX509Certificate()?.subject ?? 'nobody'}`;
  });
  onTestFinished(() => void server.close());
  return listen(server);
}

const pem = (text: string): string => JSON.stringify(text);
const CA = `ca: ${pem(authority.pem)}`;
const OWN = `cert: ${pem(own.cert)}, key: ${pem(own.key)}`;

const config = (port: number, settings: string, protocol: Protocol = 'http1'): string => `
upstreams: { a: { protocol: ${protocol}, targets: ["https://127.0.0.1:${port}"]${settings === '' ? '' : `, tls: { ${settings} }`} } }
apis: { a: { access: open, upstream: a } }
`;

async function answerOf(gate: ClockedGate): Promise<{ readonly status: number; readonly body: string }> {
  const reply = await fetch(gate.url);
  return { status: reply.status, body: await reply.text() };
}

/** Nothing of why, which is told to whoever runs the gate. */
async function refusalOf(gate: ClockedGate): Promise<string> {
  const { status, body } = await answerOf(gate);
  expect(JSON.parse(body)).toMatchObject({
    status: 502,
    code: 'upstream.unreachable',
    detail: 'the upstream cannot be reached',
  });
  expect(status).toBe(502);
  expect(body).not.toMatch(/certificate|verify|SSL/i);
  await vi.waitFor(() => expect(gate.logged).not.toEqual([]));
  return gate.logged.join('');
}

describe.each(PROTOCOLS)('certificates of upstreams, by %s', (protocol) => {
  const gateTo = async (certificate: TestCertificate, settings: string): Promise<ClockedGate> =>
    clockedGate(config(await service(certificate, { protocol }), settings, protocol));

  it('are believed when an authority of ours vouches for the host', async () => {
    expect(await answerOf(await gateTo(good, CA))).toEqual({ status: 200, body: ' nobody' });
  });

  it.each([
    [
      'names another host',
      authority.issue({ names: ['elsewhere.test', '127.0.0.2'] }),
      CA,
      "does not match certificate's altnames",
    ],
    [
      'names no host but in its subject',
      authority.issue({ subject: '127.0.0.1' }),
      CA,
      'the certificate names no host',
    ],
    ['comes from an authority that nobody knows', stranger.issue({ names: ['127.0.0.1'] }), CA, 'unable to verify'],
    ['comes from an authority that the system does not know', good, '', 'unable to verify'],
    [
      'has expired',
      authority.issue({ names: ['127.0.0.1'], until: new Date(Date.now() - DAY_MS / 2) }),
      CA,
      'certificate has expired',
    ],
    [
      'is not valid yet',
      authority.issue({ names: ['127.0.0.1'], from: new Date(Date.now() + DAY_MS) }),
      CA,
      'certificate is not yet valid',
    ],
    ['vouches for itself', selfSigned({ names: ['127.0.0.1'] }), CA, 'self-signed certificate'],
  ])('are refused when one %s', async (_, certificate, settings, why) => {
    expect(await refusalOf(await gateTo(certificate, settings))).toContain(why);
  });

  it('are not looked at without `verify`', async () => {
    expect((await answerOf(await gateTo(selfSigned({ names: ['elsewhere.test'] }), 'verify: false'))).status).toBe(200);
  });

  it('must name `serverName`, which is what is asked for', async () => {
    const named = `${CA}, serverName: users.test`;
    expect(await answerOf(await gateTo(good, named))).toEqual({ status: 200, body: 'users.test nobody' });
    const wrong = await gateTo(authority.issue({ names: ['127.0.0.1'] }), named);
    expect(await refusalOf(wrong)).toContain("does not match certificate's altnames");
  });

  it('are asked for in TLS 1.3 alone by `minVersion`', async () => {
    const port = await service(good, { protocol, maxVersion: 'TLSv1.2' });
    expect((await answerOf(await clockedGate(config(port, CA, protocol)))).status).toBe(200);
    await refusalOf(await clockedGate(config(port, `${CA}, minVersion: "1.3"`, protocol)));
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('are shown to one that asks for ours (%s)', async (maxVersion) => {
    const strict = { protocol, requestCert: true, rejectUnauthorized: true, ca: authority.pem, maxVersion };
    const port = await service(good, strict);
    expect(await answerOf(await clockedGate(config(port, `${CA}, ${OWN}`, protocol)))).toEqual({
      status: 200,
      body: ' CN=the gate',
    });
    expect(await refusalOf(await clockedGate(config(port, CA, protocol)))).toMatch(/alert|reset|disconnected/i);
  });
});

describe('TLS of upstreams', () => {
  it('is told of once, not for every request', async () => {
    const gate = await clockedGate(config(await service(selfSigned()), ''));
    for (let i = 0; i < 5; i++) await refusalOf(gate);
    expect(gate.logged).toHaveLength(1);
    expect(JSON.parse(gate.logged[0] ?? '')).toMatchObject({
      level: 'warn',
      message: 'an upstream cannot be reached',
      endpoint: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
    });
    gate.advance(10_000);
    await refusalOf(gate);
    expect(gate.logged).toHaveLength(2);
  });

  it('changes with the configuration: what was not looked at is looked at from then on, over connections of its own', async () => {
    const port = await service(selfSigned());
    const gate = await clockedGate(config(port, 'verify: false'));
    expect((await answerOf(gate)).status).toBe(200);
    gate.publish(config(port, ''));
    await refusalOf(gate);
    gate.publish(config(port, 'verify: false'));
    expect((await answerOf(gate)).status).toBe(200);
  });

  it('is looked at whatever the environment says', async () => {
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    onTestFinished(() => {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    });
    await refusalOf(await clockedGate(config(await service(selfSigned({ names: ['127.0.0.1'] })), '')));
    await refusalOf(await clockedGate(config(await service(stranger.issue({ names: ['127.0.0.1'] })), CA)));
  });

  it('is refused by one who believes another authority than ours', async () => {
    const strict = { requestCert: true, rejectUnauthorized: true, ca: stranger.pem };
    const gate = await clockedGate(config(await service(good, strict), `${CA}, ${OWN}`));
    expect((await answerOf(gate)).status).toBe(502);
  });
});
