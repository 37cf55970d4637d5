import { selfSigned, TestAuthority } from '@gatehouse/kernel/testing';
import { describe, expect, it } from 'vitest';
import { compileText, problemsOf, snapshotOf } from '../__fixtures__/compile-text.ts';
import { formatProblem } from '../problems/problem.ts';
import type { EndpointSpec } from '../snapshot.ts';

const authority = new TestAuthority();
const own = authority.issue();
const FILES: Readonly<Record<string, string>> = {
  'ca.pem': authority.pem,
  'own.pem': own.cert,
  'own.key': own.key,
  'other.key': selfSigned().key,
};

function readText(path: string): string {
  const text = FILES[path];
  if (text === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' });
  return text;
}

const upstream = (tls: string, targets = '"https://a.test"'): string =>
  `gatehouse: 1\nupstreams:\n  a: { targets: [ ${targets} ], tls: ${tls} }\n`;

const endpointsOf = (tls: string, targets?: string): readonly EndpointSpec[] =>
  snapshotOf(upstream(tls, targets), { readText }).upstreams['a']?.endpoints ?? [];

const settings = (tls: string): EndpointSpec['tlsWith'] => endpointsOf(tls)[0]?.tlsWith;

describe('tls of an upstream', () => {
  it('looks at certificates unless it is told not to', () => {
    expect(settings('{}')).toEqual({ id: expect.any(String), verify: true });
    expect(settings('{ verify: false }')).toMatchObject({ verify: false });
    const text = 'gatehouse: 1\nupstreams: { a: { targets: [ "https://a.test" ] } }\n';
    expect(snapshotOf(text).upstreams['a']?.endpoints[0]).not.toHaveProperty('tlsWith');
  });

  it('takes everything that may be said', () => {
    expect(
      settings('{ ca: ca.pem, cert: own.pem, key: own.key, serverName: Users.Internal., minVersion: "1.3" }'),
    ).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{12}$/),
      verify: true,
      ca: authority.pem,
      cert: own.cert,
      key: own.key,
      serverName: 'users.internal',
      minVersion: 'TLSv1.3',
    });
  });

  it('is for targets of TLS only', () => {
    const endpoints = endpointsOf('{ ca: ca.pem }', '"https://a.test", "http://b.test"');
    expect(endpoints.map(({ tlsWith }) => tlsWith?.ca)).toEqual([authority.pem, undefined]);
  });

  it('is for names that are looked up as well', () => {
    const text = upstream('{ ca: ca.pem }', '{ dns: { name: a.test, port: 443, tls: true } }');
    expect(snapshotOf(text, { readText }).upstreams['a']?.discovery).toMatchObject([
      { tlsWith: { ca: authority.pem } },
    ]);
  });

  it('has another id for other settings, also for another key', () => {
    const all = [
      '{}',
      '{ verify: false }',
      '{ ca: ca.pem }',
      '{ cert: own.pem, key: own.key }',
      '{ serverName: b.test }',
    ];
    const ids = all.map((tls) => settings(tls)?.id);
    expect(new Set(ids).size).toBe(all.length);
    expect(settings('{ ca: ca.pem }')?.id).toBe(settings('{ ca: ca.pem, verify: true }')?.id);
  });

  it('warns where nothing is looked at', () => {
    const result = compileText(upstream('{ verify: false }'));
    expect('warnings' in result && result.warnings.map(formatProblem)).toEqual([
      expect.stringMatching(/^gatehouse\.yaml:3:54: certificates of targets are not looked at/),
    ]);
  });

  it.each([
    ['a key of somebody else', '{ cert: own.pem, key: other.key }', '`key` does not belong to the certificate'],
    ['a certificate without a key', '{ cert: own.pem }', '`cert` is of no use without `key`, write that too'],
    ['a key without a certificate', '{ key: own.key }', '`key` is of no use without `cert`, write that too'],
    ['authorities that are none', '{ ca: own.key }', '`ca` is no certificate in PEM'],
    ['authorities that are not there', '{ ca: gone.pem }', 'the file `gone.pem` is not there'],
    ['authorities that nobody asks', '{ ca: ca.pem, verify: false }', '`ca` is of no use without `verify`'],
    ['an address for a name', '{ serverName: 10.0.0.1 }', '`serverName` is not a name'],
    ['nothing for a name', '{ serverName: "" }', '`serverName` is not a name'],
    ['an old TLS', '{ minVersion: "1.0" }', '`1.0` is no value of `minVersion`'],
    ['a word for a switch', '{ verify: maybe }', '`verify`'],
  ])('refuses %s, and says where', (_, tls, wrong) => {
    const found = problemsOf(upstream(tls), { readText });
    expect(found.join('\n')).toContain(wrong);
    for (const problem of found) expect(problem).toMatch(/^3:\d+: /);
  });

  it('refuses it where no target speaks TLS', () => {
    expect(problemsOf(upstream('{}', '"http://a.test"'))).toEqual([
      expect.stringContaining('`tls` is for targets of https://, and there is none'),
    ]);
  });

  it('changes the version with a key, which it does not hold', () => {
    const version = (key: string): string => {
      const text = upstream('{ cert: own.pem, key: "${KEY}" }');
      return snapshotOf(text, { readText, env: { KEY: key } }).version;
    };
    expect(version(own.key)).toBe(version(own.key));
    expect(version(`${own.key}\n`)).not.toBe(version(own.key));
  });
});
