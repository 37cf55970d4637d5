import { selfSigned, TestAuthority, type TestCertificate } from '@gatehouse/kernel/testing';
import type { PolicyDefinition } from '@gatehouse/policies';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clockedGate, type ClockedGate } from './clocked-gate.ts';
import { startGate, startUpstream, type Upstream } from './harness.ts';
import { callHttp2, callTls, certificates, http2To, pairOf, pem, sessionOf } from './tls-callers.ts';

const DAY_MS = 86_400_000;
const ours = new TestAuthority('Ours');
const theirs = new TestAuthority('Theirs');
const right = ours.issue({ subject: 'Zoë', names: ['zoe.test'] });
const wrong = theirs.issue({ subject: 'Zoë', names: ['zoe.test'] });
const expired = ours.issue({ subject: 'old', until: new Date(Date.now() - DAY_MS / 2) });

/** Answers with what the gate knows of the caller's certificate. */
const tellCertificate: PolicyDefinition = {
  name: 'tell-certificate',
  stage: 'guard',
  build: () => ({
    onRequest: ({ request }) => ({
      status: 200,
      headers: [],
      body: JSON.stringify(request.clientCertificate ?? 'none'),
    }),
  }),
};

const TWO = `certificates: [ { ${pairOf(certificates.a)} }, { ${pairOf(certificates.wild)} } ]`;

const config = (mode: string, authority = ours): string => `
gateway: { tls: { ${TWO}${mode === 'none' ? '' : `, clientCertificates: { mode: ${mode}, ca: ${pem(authority.pem)} }`} } }
apis: { a: { access: open, upstream: "http://127.0.0.1:1" } }
`;

const gateThat = async (mode: string): Promise<ClockedGate> => clockedGate(config(mode), [tellCertificate]);

const REFUSED = /alert|reset|disconnected|hang up|EPIPE|ECONNRESET/i;
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

describe.each(VERSIONS)('certificates of callers (%s)', (maxVersion) => {
  const told = async (gate: ClockedGate, own?: TestCertificate): Promise<unknown> =>
    JSON.parse((await callTls(gate.tlsPort, { maxVersion, ...own })).body);

  it('are not asked for unless it is said', async () => {
    const gate = await gateThat('none');
    expect(await told(gate)).toBe('none');
    expect(await told(gate, right)).toBe('none');
  });

  it('are known to policies, with whether an authority of ours vouches for them', async () => {
    const gate = await gateThat('optional');
    expect(await told(gate, right)).toEqual({
      subject: 'CN=Zoë',
      issuer: 'CN=Ours',
      names: 'DNS:zoe.test',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      authorized: true,
    });
    expect(await told(gate)).toBe('none');
  });

  it.each([
    ['of another authority', wrong],
    ['that has expired', expired],
    ['that vouches for itself', selfSigned({ subject: 'Zoë' })],
  ])('are let in where they are optional, and not vouched for: one %s', async (_, own) => {
    expect(await told(await gateThat('optional'), own)).toMatchObject({ authorized: false });
  });

  it.each([
    ['none', undefined],
    ['one of another authority', wrong],
    ['one that has expired', expired],
    ['one that vouches for itself', selfSigned({ subject: 'Zoë' })],
  ])('keep callers out where they are required: who shows %s', async (_, own) => {
    const gate = await gateThat('required');
    await expect(told(gate, own)).rejects.toThrow(REFUSED);
    expect(await told(gate, right)).toMatchObject({ subject: 'CN=Zoë', authorized: true });
    expect(gate.records).toHaveLength(1);
  });

  it('are known in HTTP/2 as well', async () => {
    const gate = await gateThat('required');
    const session = http2To(gate.tlsPort, { maxVersion, ...right });
    expect(JSON.parse((await callHttp2(session)).body)).toMatchObject({ subject: 'CN=Zoë', authorized: true });
    const refused = http2To(gate.tlsPort, { maxVersion, ...wrong });
    await expect(callHttp2(refused)).rejects.toThrow();
  });
});

describe('a session that is resumed', () => {
  it('is of who made it', async () => {
    const gate = await gateThat('optional');
    const whole = await sessionOf(gate.tlsPort, right);
    const answer = await callTls(gate.tlsPort, { session: whole });
    expect(answer.resumed).toBe(true);
    expect(JSON.parse(answer.body)).toMatchObject({ subject: 'CN=Zoë', authorized: true });
    const doubtful = await callTls(gate.tlsPort, { session: await sessionOf(gate.tlsPort, wrong) });
    expect(JSON.parse(doubtful.body)).toMatchObject({ authorized: false });
    const nameless = await callTls(gate.tlsPort, { session: await sessionOf(gate.tlsPort) });
    expect(nameless).toMatchObject({ resumed: true, body: '"none"' });
  });

  it('lets nobody in without a certificate once those are required', async () => {
    const gate = await gateThat('optional');
    const [nameless, doubtful] = [await sessionOf(gate.tlsPort), await sessionOf(gate.tlsPort, wrong)];
    gate.publish(config('required'));
    for (const session of [nameless, doubtful]) {
      await expect(callTls(gate.tlsPort, { session })).rejects.toThrow(REFUSED);
    }
  });

  it('lets nobody in whose authority is believed no more', async () => {
    const gate = await gateThat('required');
    const session = await sessionOf(gate.tlsPort, right);
    expect((await callTls(gate.tlsPort, { session })).resumed).toBe(true);
    gate.publish(config('required', theirs));
    await expect(callTls(gate.tlsPort, { session, ...right })).rejects.toThrow(REFUSED);
    expect((await callTls(gate.tlsPort, wrong)).status).toBe(200);
  });
});

describe('a request for another host than the one of its handshake', () => {
  const at = async (mode: string, servername: string, host: string): Promise<number> => {
    const gate = await gateThat(mode);
    const own = mode === 'none' ? {} : right;
    const { status, body } = await callTls(gate.tlsPort, { servername, headers: { host }, ...own });
    if (status === 421) expect(JSON.parse(body)).toMatchObject({ code: 'request.misdirected' });
    return status;
  };

  it.each([
    ['a.test', 'a.test', 200],
    ['a.test', 'A.test:8443', 200],
    ['a.test', 'x.wild.test', 421],
    ['x.wild.test', 'y.wild.test', 200],
    ['x.wild.test', 'a.test', 421],
    ['', 'x.wild.test', 421],
    ['', 'a.test', 200],
    ['a.test', 'unknown.test', 200],
  ])('%j, then %s: %d', async (servername, host, status) => {
    expect(await at('required', servername, host)).toBe(status);
    expect(await at('optional', servername, host)).toBe(status);
    expect(await at('none', servername, host)).toBe(200);
  });

  it('is told so in HTTP/2, where connections serve several hosts', async () => {
    const gate = await gateThat('required');
    const session = http2To(gate.tlsPort, right);
    const statuses = [];
    for (const authority of ['a.test', 'x.wild.test', 'a.test']) {
      statuses.push((await callHttp2(session, { ':authority': authority })).status);
    }
    expect(statuses).toEqual([200, 421, 200]);
  });
});

describe('sessions', () => {
  async function upstream(): Promise<Upstream> {
    const started = await startUpstream();
    onTestFinished(() => started.close());
    return started;
  }

  it.each(VERSIONS)('are resumed with any worker (%s)', async (maxVersion) => {
    const { port } = await upstream();
    const gate = await startGate(config('optional').replace('127.0.0.1:1', `127.0.0.1:${port}`), 2);
    onTestFinished(() => gate.stop());
    const tlsPort = gate.gateway.tlsPort ?? 0;
    const session = await sessionOf(tlsPort, { maxVersion });
    const answers = [];
    for (let i = 0; i < 30; i++) answers.push(await callTls(tlsPort, { maxVersion, session }));
    expect(new Set(answers.map(({ status, resumed }) => `${status} ${String(resumed)}`))).toEqual(
      new Set(['200 true']),
    );
    const workers = new Set((await gate.records()).map(({ worker }) => worker));
    expect(workers).toEqual(new Set([0, 1]));
  });
});
