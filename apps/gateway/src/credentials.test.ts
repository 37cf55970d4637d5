import { createHash } from 'node:crypto';
import { RequestHead } from '@gatehouse/http';
import { describe, expect, it } from 'vitest';
import { Credentials, presentedKey } from './credentials.ts';

const LIMITS = { headBytesMax: 8192, targetBytesMax: 1024, fieldsMax: 50 };

function presented(...lines: readonly string[]): unknown {
  const head = new RequestHead(LIMITS);
  head.parse(`GET / HTTP/1.1\r\nHost: a\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`);
  return presentedKey(head.fields);
}

describe('presented keys', () => {
  it.each([
    [['Authorization: Bearer k1'], { key: 'k1', field: 'authorization' }],
    [['authorization: bearer  k1 '], { key: 'k1', field: 'authorization' }],
    [['X-API-Key: k2'], { key: 'k2', field: 'x-api-key' }],
    [['apikey: k3'], { key: 'k3', field: 'apikey' }],
    [['Authorization: Basic abc', 'apikey: k3'], { key: 'k3', field: 'apikey' }],
    [['X_API_Key: k2'], undefined],
    [[], undefined],
  ])('%j', (lines, expected) => expect(presented(...lines)).toEqual(expected));
});

describe('credentials', () => {
  const spec = {
    sha256: createHash('sha256').update('secret').digest('hex'),
    name: 'ci',
    application: 'mobile',
    team: undefined,
    subscriptions: {},
    models: undefined,
    modelsUnenforced: undefined,
  };
  const credentials = new Credentials([spec]);

  it('finds a key again and again', () => {
    expect(credentials.find('secret')).toBe(spec);
    expect(credentials.find('secret')).toBe(spec);
  });
  it.each(['', 'Secret', 'secret ', spec.sha256, 'x'.repeat(100_000)])('does not find %s', (key) => {
    expect(credentials.find(key)).toBeUndefined();
  });
});
