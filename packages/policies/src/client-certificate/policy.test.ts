import type { CredentialMatch, CredentialSpec } from '@gatehouse/config';
import { describe, expect, it } from 'vitest';
import type { ClientCertificate } from '../policy.ts';
import { fakeExchange, fakeTools } from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const policy = joined('client-certificate');

policyContract(policy, {
  valid: [{}, { by: ['subject'], known: false }],
  invalid: [{ by: [] }, { by: ['name'] }, { by: 'subject' }, { known: 'yes' }],
});

const SHA = 'ab'.repeat(32);
const shown: ClientCertificate = {
  subject: 'O=Example, CN=ci',
  issuer: 'CN=Authority',
  names: 'DNS:ci.example',
  sha256: SHA,
  authorized: true,
};

function spec(name: string, match: CredentialMatch): CredentialSpec {
  return {
    sha256: '',
    match,
    name,
    owner: undefined,
    expiresMs: undefined,
    application: 'partner',
    team: undefined,
    subscriptions: {},
    models: undefined,
    tokenLimits: [],
  };
}

const byPrint = spec('print', { kind: 'certificate', sha256: SHA });
const bySubject = spec('subject', { kind: 'certificate', subject: 'O=Example, CN=ci' });

function identify(
  config: object,
  clientCertificate: ClientCertificate | undefined,
  credentials = [byPrint, bySubject],
) {
  const hooks = policy.build(config, fakeTools('a#client-certificate.0', { credentials }));
  return hooks.onIdentify?.(fakeExchange({ clientCertificate }));
}

describe('client-certificate', () => {
  it.each<[string, object, readonly CredentialSpec[], string]>([
    ['by its fingerprint first', {}, [byPrint, bySubject], 'print'],
    ['by its subject where nobody has the fingerprint', {}, [bySubject], 'subject'],
    ['by its subject alone', { by: ['subject'] }, [byPrint, bySubject], 'subject'],
  ])('finds an application %s', (_, config, credentials, name) => {
    expect(identify(config, shown, [...credentials])).toMatchObject({
      caller: { credential: { name }, subject: shown.subject, claims: { names: 'DNS:ci.example' }, fields: [] },
    });
  });

  it.each<[string, object, ClientCertificate]>([
    ['one that nobody vouches for', {}, { ...shown, authorized: false }],
    ['one that nobody vouches for, though any will do', { known: false }, { ...shown, authorized: false }],
    ['one that no application has', {}, { ...shown, sha256: 'cd'.repeat(32), subject: 'CN=other' }],
    ['one whose subject only looks alike', { by: ['subject'] }, { ...shown, subject: 'O=Example, CN=ci, CN=x' }],
    ['one by a way that is not asked', { by: ['fingerprint'] }, { ...shown, sha256: 'cd'.repeat(32) }],
  ])('refuses %s', (_, config, certificate) => {
    expect(identify(config, certificate)).toMatchObject({ code: 'auth.invalid' });
  });

  it('takes any that an authority vouches for, where it may', () => {
    expect(identify({ known: false }, shown, [])).toMatchObject({
      caller: { credential: undefined, subject: shown.subject },
    });
  });

  it('leaves callers without one to the next', () => {
    expect(identify({}, undefined)).toBeUndefined();
  });
});
