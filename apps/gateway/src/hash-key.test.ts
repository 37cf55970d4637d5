import type { HashSpec } from '@gatehouse/config';
import { expect, it } from 'vitest';
import { hashKeyOf, type HashedRequest } from './hash-key.ts';

const request: HashedRequest = {
  clientIp: '10.0.0.1',
  path: '/users/7',
  query: '?id=a%20b&id=c&empty=',
  principal: { application: 'mobile' },
  header: (name) => ({ 'x-user': 'zoe', cookie: 'a=1; session=s3; b=2' })[name],
};

it.each<[HashSpec['by'], string, string | undefined]>([
  ['ip', '', '10.0.0.1'],
  ['path', '', '/users/7'],
  ['application', '', 'mobile'],
  ['header', 'x-user', 'zoe'],
  ['header', 'x-other', undefined],
  ['cookie', 'session', 's3'],
  ['cookie', 'none', undefined],
  ['query', 'id', 'a b'],
  ['query', 'empty', ''],
  ['query', 'none', undefined],
])('hashes by %s %s', (by, name, expected) => {
  expect(hashKeyOf(request, { by, name, loadFactor: 1.25 })).toBe(expected);
});

it('has no application for a caller whom nobody knows', () => {
  const spec: HashSpec = { by: 'application', name: '', loadFactor: 1.25 };
  expect(hashKeyOf({ ...request, principal: undefined }, spec)).toBeUndefined();
  expect(hashKeyOf({ ...request, principal: { application: '' } }, spec)).toBeUndefined();
});
