import { selfSigned, TestAuthority } from '@gatehouse/kernel/testing';
import { describe, expect, it } from 'vitest';
import { compileText, problemsOf, snapshotOf } from '../__fixtures__/compile-text.ts';
import { formatProblem } from '../problems/problem.ts';
import type { TlsSpec } from '../snapshot.ts';

const DAY_MS = 86_400_000;
const authority = new TestAuthority();
const api = authority.issue({ names: ['API.test', '*.api.test', '127.0.0.1'] });
const other = authority.issue({ names: ['other.test'] });
const broken = (pem: string): string => pem.replace(/[A-Za-z0-9+/]{20}\n/, 'AAAA\n');
const FILES: Readonly<Record<string, string>> = {
  'api.pem': api.cert,
  'api.key': api.key,
  'other.pem': other.cert,
  'other.key': other.key,
  'clients.pem': authority.pem,
  'nonsense.pem': 'nonsense',
  'broken.pem': broken(api.cert),
  'broken-chain.pem': api.cert + broken(other.cert),
  'broken-list.pem': authority.pem + broken(other.cert),
};

function readText(path: string): string {
  const text = FILES[path];
  if (text === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' });
  return text;
}

/** The file with this below `gateway.tls`. */
const withTls = (lines: string): string => `gatehouse: 1\ngateway:\n  tls:\n    ${lines.replaceAll('\n', '\n    ')}\n`;
const API = 'certificates: [ { cert: api.pem, key: api.key } ]';

function tlsOf(lines: string, env: Readonly<Record<string, string>> = {}): TlsSpec | undefined {
  return snapshotOf(withTls(lines), { readText, env }).gateway?.tls;
}

const problems = (lines: string): string[] => problemsOf(withTls(lines), { readText });

function warningsOf(text: string, env: Readonly<Record<string, string>> = {}): string[] {
  const result = compileText(text, { readText, env });
  return 'warnings' in result ? result.warnings.map(formatProblem) : ['refused'];
}

describe('gateway.tls', () => {
  it('takes files beside the configuration, the hosts of a certificate, and defaults', () => {
    expect(tlsOf(API)).toEqual({
      listen: { host: '127.0.0.1', port: 8443 },
      certificates: [{ hosts: ['api.test', '*.api.test'], cert: api.cert, key: api.key, isDefault: false }],
      minVersion: 'TLSv1.2',
      clientCertificates: undefined,
      redirect: false,
    });
  });

  it('takes everything that may be said', () => {
    const lines = `listen: 0.0.0.0:443
minVersion: "1.3"
redirect: true
clientCertificates: { mode: required, ca: clients.pem }
certificates:
  - { cert: api.pem, key: api.key, hosts: [ "X.test" ] }
  - { cert: other.pem, key: other.key, default: true }`;
    expect(tlsOf(lines)).toMatchObject({
      listen: { host: '0.0.0.0', port: 443 },
      certificates: [
        { hosts: ['x.test'], isDefault: false },
        { hosts: ['other.test'], isDefault: true },
      ],
      minVersion: 'TLSv1.3',
      clientCertificates: { mode: 'required', ca: authority.pem },
      redirect: true,
    });
  });

  it.each([
    ['as it is', (text: string) => text],
    ['in one line', (text: string) => text.replaceAll('\n', String.raw`\n`)],
  ])('takes PEM of variables, written %s', (_, written) => {
    const env = { CERT: written(api.cert), KEY: written(api.key) };
    const lines = 'certificates: [ { cert: "${CERT}", key: "${KEY}" } ]';
    expect(tlsOf(lines, env)?.certificates).toMatchObject([{ cert: api.cert, key: api.key }]);
  });

  it.each([
    ['a key of another certificate', 'certificates: [ { cert: api.pem, key: other.key } ]', 'does not belong'],
    ['a certificate for a key', 'certificates: [ { cert: api.pem, key: api.pem } ]', '`key` is no private key in PEM'],
    ['a key for a certificate', 'certificates: [ { cert: api.key, key: api.key } ]', '`cert` is no certificate in PEM'],
    [
      'text that is no PEM',
      'certificates: [ { cert: nonsense.pem, key: api.key } ]',
      '`cert` is no certificate in PEM',
    ],
    ['PEM with broken content', 'certificates: [ { cert: broken.pem, key: api.key } ]', '`cert` is no certificate'],
    ['a broken chain', 'certificates: [ { cert: broken-chain.pem, key: api.key } ]', '`cert` cannot be used: '],
    [
      'a broken list of authorities',
      `${API}\nclientCertificates: { mode: optional, ca: broken-list.pem }`,
      '`ca` cannot be used: one of its certificates is broken',
    ],
    [
      'a file that is not there',
      'certificates: [ { cert: api.pem, key: gone.key } ]',
      '`gone.key` is not there, write its path',
    ],
    [
      'a certificate of nobody for callers',
      `${API}\nclientCertificates: { mode: optional, ca: api.key }`,
      '`ca` is no certificate in PEM',
    ],
    [
      'authorities that are not there',
      `${API}\nclientCertificates: { mode: optional, ca: gone.pem }`,
      '`gone.pem` is not there',
    ],
    [
      'a mode that there is not',
      `${API}\nclientCertificates: { mode: maybe, ca: clients.pem }`,
      '`maybe` is no value of `mode`, write one of `optional`, `required`',
    ],
    ['no certificate at all', 'certificates: []', 'certificates'],
    ['an old TLS', `${API}\nminVersion: "1.1"`, '`1.1` is no value of `minVersion`'],
    [
      'two certificates for one host',
      'certificates: [ { cert: api.pem, key: api.key }, { cert: api.pem, key: api.key } ]',
      'two certificates are for api.test, write `hosts`',
    ],
    [
      'two certificates for everybody else',
      'certificates: [ { cert: api.pem, key: api.key, default: true }, { cert: other.pem, key: other.key, default: true } ]',
      'two certificates are the default, choose one',
    ],
  ])('refuses %s, and says where', (_, lines, wrong) => {
    const found = problems(lines);
    expect(found.join('\n')).toContain(wrong);
    for (const problem of found) expect(problem).toMatch(/^\d+:\d+: /);
  });

  it('names the line of a key that does not fit', () => {
    const lines = 'certificates:\n  - cert: api.pem\n    key: other.key';
    expect(problems(lines)).toEqual([expect.stringMatching(/^6:14: `key` does not belong to the certificate/)]);
  });

  it('refuses one of several that names no host and is not the default', () => {
    const nameless = selfSigned();
    const env = { CERT: nameless.cert, KEY: nameless.key };
    const two = (rest: string): string =>
      withTls(`certificates: [ { cert: api.pem, key: api.key }, { cert: "\${CERT}", key: "\${KEY}"${rest} } ]`);
    expect(problemsOf(two(''), { readText, env })).toEqual([
      expect.stringContaining('the certificate names no host, write `hosts` or `default: true`'),
    ]);
    expect(problemsOf(two(', default: true'), { readText, env })).toEqual([]);
    expect(tlsOf('certificates: [ { cert: "${CERT}", key: "${KEY}" } ]', env)?.certificates).toMatchObject([
      { hosts: [] },
    ]);
  });

  it.each([
    ['has expired', -DAY_MS, [/^gatehouse\.yaml:4:29: the certificate has expired, on /]],
    ['is about to', 13 * DAY_MS, [/^gatehouse\.yaml:4:29: the certificate expires on /]],
    ['lasts for a while', 15 * DAY_MS, []],
  ])('warns of a certificate that %s, and takes it', (_, leftMs, warned) => {
    const { cert, key } = authority.issue({ names: ['a.test'], until: new Date(Date.now() + leftMs) });
    const env = { CERT: cert, KEY: key };
    const warnings = warningsOf(withTls('certificates: [ { cert: "${CERT}", key: "${KEY}" } ]'), env);
    expect(warnings).toEqual(warned.map((pattern): unknown => expect.stringMatching(pattern)));
  });

  it('changes the version with a certificate and with a key, which it does not hold', () => {
    const version = (cert: string, key: string): string =>
      snapshotOf(withTls('certificates: [ { cert: "${CERT}", key: "${KEY}" } ]'), { env: { CERT: cert, KEY: key } })
        .version;
    expect(version(api.cert, api.key)).toBe(version(api.cert, api.key));
    expect(version(api.cert, api.key)).not.toBe(version(other.cert, other.key));
    expect(version(api.cert, `${api.key}\n`)).not.toBe(version(api.cert, api.key));
  });

  it('tells nothing of a key in what it says is wrong', () => {
    const env = { CERT: other.cert, KEY: api.key };
    const result = compileText(withTls('certificates: [ { cert: "${CERT}", key: "${KEY}" } ]'), { env });
    expect('problems' in result && JSON.stringify(result.problems)).not.toContain(api.key.slice(40, 60));
  });
});

describe('gateway', () => {
  it('trusts nobody by default', () => {
    expect(snapshotOf('gatehouse: 1\ngateway: {}\n').gateway).toEqual({
      tls: undefined,
      trustedProxies: [],
      forwardedBy: 'x-forwarded-for',
      proxyProtocol: 'off',
    });
  });

  it('is not there where nothing is said of it', () => {
    expect(snapshotOf('gatehouse: 1\n')).not.toHaveProperty('gateway');
  });

  it.each(['optional', 'required'])('refuses the PROXY protocol (%s) of nobody in particular', (mode) => {
    expect(problemsOf(`gatehouse: 1\ngateway: { proxyProtocol: ${mode} }\n`)).toEqual([
      expect.stringMatching(/^2:27: nobody is trusted to say who calls, write `trustedProxies`/),
    ]);
    const text = `gatehouse: 1\ngateway: { proxyProtocol: ${mode}, trustedProxies: [ 10.0.0.0/8, "::1" ] }\n`;
    expect(snapshotOf(text).gateway).toMatchObject({ proxyProtocol: mode, trustedProxies: ['10.0.0.0/8', '::1'] });
  });

  it.each(['10.0.0.0/33', 'proxy.test', '10.0.0', ''])('refuses "%s" as a range', (range) => {
    expect(problemsOf(`gatehouse: 1\ngateway: { trustedProxies: [ "${range}" ] }\n`)).toHaveLength(1);
  });
});
