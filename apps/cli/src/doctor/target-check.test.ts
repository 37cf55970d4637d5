import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { selfSigned, TestAuthority, type TestCertificate } from '@gatehouse/kernel/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort, listenSomewhere } from '../../test/stub-upstream.ts';
import { sceneWith, told } from './__fixtures__/scene.ts';
import { probeAll, type Probed } from './probe-endpoint.ts';
import { DAY_MS } from './sizes.ts';
import { targetVerdicts } from './target-check.ts';
import type { Target } from './targets.ts';

const authority = new TestAuthority();
/** Long enough for a handshake on a machine that is busy. */
const WITHIN_MS = 5000;

function target(port: number, change: Partial<Target> = {}): Target {
  const { tls = false, host = '127.0.0.1' } = change;
  const id = `${tls ? 'https' : 'http'}://${host}:${port}`;
  return { id, tls, host, port, authority: `${host}:${port}`, group: 'upstream users', path: '/', ...change };
}

const trusting = (change: Partial<NonNullable<Target['tlsWith']>> = {}): Partial<Target> => ({
  tls: true,
  tlsWith: { id: 'x', verify: true, ca: authority.pem, ...change },
});

async function listening(server: net.Server): Promise<number> {
  onTestFinished(() => {
    server.close();
    if (server instanceof http.Server || server instanceof https.Server) server.closeAllConnections();
  });
  return listenSomewhere(server);
}

const plainServer = async (date?: string): Promise<number> =>
  listening(
    http.createServer((_, response) => {
      if (date !== undefined) response.setHeader('date', date);
      response.end();
    }),
  );
const tlsServer = async ({ cert, key }: TestCertificate): Promise<number> =>
  listening(https.createServer({ cert, key }, (_, response) => void response.end()));

async function probed(one: Target, withinMs = WITHIN_MS): Promise<Probed> {
  const [result] = await probeAll([one], { nowMs: Date.now, withinMs });
  if (result === undefined) throw new Error('nothing was probed');
  return result;
}

async function verdictsOn(...all: readonly Probed[]): Promise<readonly string[]> {
  const scene = sceneWith({ probed: async () => all, options: { nowMs: Date.now } });
  return told(await targetVerdicts(scene));
}

const localhost = (options: Parameters<TestAuthority['issue']>[0] = {}): TestCertificate =>
  authority.issue({ names: ['127.0.0.1', 'localhost'], ...options });

describe('an endpoint', () => {
  it('that answers is reached, and its clock read', async () => {
    const result = await probed(target(await plainServer()));
    expect(await verdictsOn(result)).toEqual([
      expect.stringMatching(/^ok: http:\/\/127\.0\.0\.1:\d+ can be reached in [\d.]+ m?s$/),
    ]);
    expect(Math.abs(result.clock?.aheadMs ?? Infinity)).toBeLessThanOrEqual(result.clock?.toleranceMs ?? 0);
  });

  it('that nobody listens at refuses', async () => {
    const port = await freePort();
    expect(await verdictsOn(await probed(target(port)))).toEqual([
      `failed: http://127.0.0.1:${port} refuses connections; start it, or correct its port (upstream users)`,
    ]);
  });

  it('with a name that nobody knows is told of by that name', async () => {
    const [said] = await verdictsOn(await probed(target(80, { host: 'nowhere.invalid' })));
    expect(said).toMatch(
      /^failed: http:\/\/nowhere\.invalid:80: (?:nobody knows the name|DNS does not answer for) nowhere\.invalid/,
    );
  });

  it('that takes connections and says nothing to TLS does not answer', async () => {
    const port = await listening(net.createServer(() => undefined));
    const [said] = await verdictsOn(await probed(target(port, { tls: true }), 100));
    expect(said).toContain('does not answer within');
  });

  it('that speaks no TLS is told apart from one that is not there', async () => {
    const [said] = await verdictsOn(await probed(target(await plainServer(), { tls: true })));
    expect(said).toMatch(/speaks no TLS there; write http:\/\/|during the handshake/);
  });

  it('that says nothing to HEAD is reached all the same', async () => {
    const port = await listening(net.createServer(() => undefined));
    const result = await probed(target(port), 100);
    expect([result.problem, result.clock]).toEqual([undefined, undefined]);
  });
});

describe('a certificate', () => {
  it('that is good is told with its days', async () => {
    const port = await tlsServer(localhost());
    expect(await verdictsOn(await probed(target(port, trusting())))).toEqual([
      expect.stringMatching(/^ok: https:.* can be reached in .*, its certificate is valid for 90 days$/),
    ]);
  });

  it.each<[string, TestCertificate, Partial<Target>, RegExp]>([
    [
      'that has expired',
      localhost({ from: new Date(Date.now() - 9 * DAY_MS), until: new Date(Date.now() - DAY_MS) }),
      trusting(),
      /^failed: .*: its certificate expired on \d{4}-\d\d-\d\d; renew it there/,
    ],
    [
      'that is not valid yet',
      localhost({ from: new Date(Date.now() + DAY_MS), until: new Date(Date.now() + 9 * DAY_MS) }),
      trusting(),
      /^failed: .*: its certificate is not valid yet; check the clocks/,
    ],
    [
      'that has signed itself',
      selfSigned({ names: ['127.0.0.1'] }),
      { tls: true },
      /^failed: .*: nobody whom we trust vouches for its certificate; name its authority in `tls.ca`/,
    ],
    ['of an authority that is not named', localhost(), { tls: true }, /^failed: .*: nobody whom we trust vouches/],
    [
      'for another host',
      authority.issue({ names: ['other.test'] }),
      trusting(),
      /^failed: .*: its certificate is for other\.test, not for 127\.0\.0\.1; name one of them in `tls.serverName`/,
    ],
    [
      'that names no host',
      authority.issue({ subject: '127.0.0.1' }),
      trusting(),
      /^failed: .*: its certificate is for no host, not for 127\.0\.0\.1/,
    ],
    [
      'that ends soon',
      localhost({ until: new Date(Date.now() + 5.2 * DAY_MS) }),
      trusting(),
      /^warning: .* can be reached in .*, but its certificate is valid for 5 days; see that it is renewed there/,
    ],
    [
      'for the name that is asked for',
      authority.issue({ names: ['other.test'] }),
      trusting({ serverName: 'other.test' }),
      /^ok: /,
    ],
    ['that nobody is to look at', selfSigned(), { tls: true, tlsWith: { id: 'y', verify: false } }, /^ok: /],
  ])('%s', async (_, certificate, change, expected) => {
    const port = await tlsServer(certificate);
    expect(await verdictsOn(await probed(target(port, change)))).toEqual([expect.stringMatching(expected)]);
  });
});

describe('endpoints', () => {
  const up = (index: number, change: Partial<Probed> = {}): Probed => ({
    target: target(4000 + index),
    tookMs: index,
    problem: undefined,
    validUntilMs: undefined,
    clock: undefined,
    ...change,
  });

  it('that others of their upstream stand in for are worth a warning', async () => {
    expect(await verdictsOn(up(1), up(2, { problem: 'b is down' }))).toEqual([
      'ok: http://127.0.0.1:4001 can be reached in 1 ms',
      'warning: b is down (upstream users)',
    ]);
  });

  it('are told in one line where there are many, those that are not well apart', async () => {
    const many = Array.from({ length: 20 }, (_, index) => up(index));
    expect(await verdictsOn(...many, up(21, { problem: 'b is down' }))).toEqual([
      'ok: 20 endpoints can be reached, the slowest in 19 ms',
      'warning: b is down (upstream users)',
    ]);
  });
});
