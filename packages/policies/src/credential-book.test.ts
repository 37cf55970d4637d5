import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CredentialBook } from './credential-book.ts';

describe('a book of credentials', () => {
  const spec = {
    sha256: createHash('sha256').update('secret').digest('hex'),
    name: 'ci',
    owner: undefined,
    expiresMs: undefined,
    application: 'mobile',
    team: undefined,
    subscriptions: {},
    models: undefined,
    tokenLimits: [],
  };
  const credentials = new CredentialBook([spec]);

  it('finds a key again and again', () => {
    expect(credentials.key('secret')).toBe(spec);
    expect(credentials.key('secret')).toBe(spec);
  });
  it.each(['', 'Secret', 'secret ', spec.sha256, 'x'.repeat(100_000)])('does not find %s', (key) => {
    expect(credentials.key(key)).toBeUndefined();
  });
});

describe('credentials that are no keys', () => {
  const base = {
    sha256: '',
    owner: undefined,
    expiresMs: undefined,
    application: 'mobile',
    team: undefined,
    subscriptions: {},
    models: undefined,
    tokenLimits: [],
  };
  const user = { ...base, name: 'user', match: { kind: 'basic', username: 'a b', argon2: 'hash' } } as const;
  const client = { ...base, name: 'client', match: { kind: 'client', issuer: 'https://a', id: 'b c' } } as const;
  const anyOf = { ...base, name: 'any', match: { kind: 'client', issuer: 'https://own', id: '*' } } as const;
  const one = { ...base, name: 'one', match: { kind: 'client', issuer: 'https://own', id: 'one' } } as const;
  const subject = { ...base, name: 'subject', match: { kind: 'certificate', subject: 'CN=a' } } as const;
  const signer = {
    ...base,
    name: 'signer',
    match: { kind: 'signature', keyId: 'k', algorithm: 'ed25519', key: '' },
  } as const;
  const book = new CredentialBook([user, client, anyOf, one, subject, signer]);

  it('are found by what is shown, each by its own kind', () => {
    expect(book.user('a b')).toBe(user);
    expect(book.client('https://a', 'b c')).toBe(client);
    expect(book.certificate({ subject: 'CN=a' })).toBe(subject);
    expect(book.signer('k')).toBe(signer);
    expect([
      book.user('k'),
      book.signer('a b'),
      book.certificate({ sha256: 'CN=a' }),
      book.client('https://a b', 'c'),
    ]).toEqual(Array.from({ length: 4 }));
    expect(book.key('')).toBeUndefined();
  });

  it.each([
    ['a client that is named', 'https://own', 'one', one],
    ['one that is not', 'https://own', 'other', anyOf],
    ['none at all', 'https://own', undefined, anyOf],
    ['one that calls itself so', 'https://a', '*', undefined],
    ['none of an issuer whose clients are named', 'https://a', undefined, undefined],
  ] as const)('may stand for all clients of an issuer: %s', (_, issuer, id, expected) => {
    expect(book.client(issuer, id)).toBe(expected);
  });

  it('have somebody to stand in for any name, always the same', () => {
    for (let i = 0; i < 100; i++) expect(book.standIn(`nobody${i}`)).toBe(user);
    expect(new CredentialBook([client]).standIn('nobody')).toBeUndefined();
  });
});
