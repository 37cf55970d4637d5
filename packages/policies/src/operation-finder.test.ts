import { describe, expect, it } from 'vitest';
import { OperationFinder, type OfOperation } from './operation-finder.ts';

const OPERATIONS: readonly OfOperation[] = [
  { method: 'GET', path: '/v1/users/{id}' },
  { method: 'GET', path: '/v1/users/me' },
  { method: 'PUT', path: '/v1/users/{userId}' },
  { method: 'GET', path: '/v1/{kind}/{id}/parts' },
  { method: 'GET', path: '/v1/users/{id}/parts' },
  { method: 'GET', path: '/v1/größe' },
];

function find(route: { readonly method: string; readonly path: string }, method: string, path: string): unknown {
  const found = new OperationFinder(OPERATIONS, route).find(method, path);
  return found && [found.operation.path, { ...found.params }];
}

describe('the operation of a request', () => {
  const anything = { method: '*', path: '/v1/*' };

  it.each<[string, string, string, unknown]>([
    ['has its segments by the names of the document', 'GET', '/v1/users/7', ['/v1/users/{id}', { id: '7' }]],
    ['is the one with the literal', 'GET', '/v1/users/me', ['/v1/users/me', {}]],
    [
      'is the one with the literal further to the front',
      'GET',
      '/v1/users/7/parts',
      ['/v1/users/{id}/parts', { id: '7' }],
    ],
    ['may have several names', 'GET', '/v1/teams/7/parts', ['/v1/{kind}/{id}/parts', { kind: 'teams', id: '7' }]],
    ['goes by its method', 'PUT', '/v1/users/7', ['/v1/users/{userId}', { userId: '7' }]],
    ['is written in the spelling of canonical paths', 'GET', '/v1/gr%C3%B6%C3%9Fe', ['/v1/größe', {}]],
    ['is none for another method', 'DELETE', '/v1/users/7', undefined],
    ['is none for an empty segment', 'GET', '/v1/users/', undefined],
    ['is none for another length', 'GET', '/v1/users/7/parts/8', undefined],
    ['minds the case', 'GET', '/v1/Users/me', undefined],
  ])('%s', (_name, method, path, expected) => {
    expect(find(anything, method, path)).toEqual(expected);
  });

  it('is one of those that a route leads to, whatever the route calls its segments', () => {
    expect(find({ method: 'GET', path: '/v1/users/{other}' }, 'GET', '/v1/users/7')).toEqual([
      '/v1/users/{id}',
      { id: '7' },
    ]);
    expect(find({ method: 'GET', path: '/v1/users/{other}' }, 'PUT', '/v1/users/7')).toBeUndefined();
  });
});

it('reads a document once for all of its routes', () => {
  let reads = 0;
  const operations = Array.from({ length: 300 }, (_, n): OfOperation => ({
    method: 'GET',
    get path() {
      reads++;
      return `/v1/${n}/{id}`;
    },
  }));
  for (let n = 0; n < 300; n++) {
    const finder = new OperationFinder(operations, { method: 'GET', path: `/v1/${n}/{id}` });
    expect(finder.find('GET', `/v1/${n}/7`)?.params).toEqual({ id: '7' });
  }
  expect(reads).toBeLessThan(1000);
});
