import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { selfSigned, TestAuthority } from './test-authority.ts';

describe('certificates for tests', () => {
  it('are what Node takes for one', () => {
    const authority = new TestAuthority('Somebody');
    const { cert, key } = authority.issue({
      names: ['a.test', '*.b.test', '127.0.0.1', '2001:db8::1'],
      subject: 'Zoë',
      until: new Date('2090-01-02T03:04:05Z'),
    });
    const read = new X509Certificate(cert);
    const root = new X509Certificate(authority.pem);
    expect(read).toMatchObject({
      subject: 'CN=Zoë',
      issuer: 'CN=Somebody',
      subjectAltName: 'DNS:a.test, DNS:*.b.test, IP Address:127.0.0.1, IP Address:2001:DB8:0:0:0:0:0:1',
      validTo: 'Jan  2 03:04:05 2090 GMT',
      ca: false,
    });
    expect(root.ca).toBe(true);
    expect(read.checkIssued(root) && read.verify(root.publicKey)).toBe(true);
    expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(read.verify(new X509Certificate(new TestAuthority('Somebody').pem).publicKey)).toBe(false);
  });

  it('vouch for themselves where nobody else does', () => {
    const read = new X509Certificate(selfSigned({ subject: 'me' }).cert);
    expect(read.verify(read.publicKey)).toBe(true);
    expect(read.subjectAltName).toBeUndefined();
  });
});
