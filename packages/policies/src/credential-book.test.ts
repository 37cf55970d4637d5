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
