import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkServerIdentity } from './server-identity.ts';
import { TestAuthority, type TestCertificateOptions } from './testing/test-authority.ts';

const authority = new TestAuthority();

function check(host: string, options: TestCertificateOptions): string | undefined {
  const certificate = new X509Certificate(authority.issue(options).cert).toLegacyObject();
  return checkServerIdentity(host, certificate)?.message;
}

describe('checkServerIdentity', () => {
  it.each([
    ['a.test', ['a.test']],
    ['A.test', ['a.test']],
    ['b.a.test', ['*.a.test']],
    ['127.0.0.1', ['127.0.0.1']],
    ['a.test', ['other.test', 'a.test']],
  ])('takes %s for one of %j', (host, names) => expect(check(host, { names })).toBeUndefined());

  it.each([
    ['b.test', ['a.test']],
    ['a.test', ['*.a.test']],
    ['c.b.a.test', ['*.a.test']],
    ['127.0.0.1', ['a.test']],
    ['127.0.0.2', ['127.0.0.1']],
    ['a.test', ['127.0.0.1']],
  ])('does not take %s for one of %j', (host, names) => {
    expect(check(host, { names, subject: host })).toContain('does not match');
  });

  it.each(['a.test', '127.0.0.1'])('does not take the subject of a certificate for a host (%s)', (host) => {
    expect(check(host, { subject: host })).toBe(`the certificate names no host, and so not ${host}`);
  });
});
