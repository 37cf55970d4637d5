import { describe, expect, it } from 'vitest';
import { operationScope } from './operation-scope.ts';

const scope = operationScope([
  { method: 'GET', path: '/v1/users/{id}' },
  { method: 'POST', path: '/v1/users' },
  { method: '*', path: '/v1/reports/*' },
]);

describe('the operations of a plan', () => {
  it.each([
    ['GET', '/v1/users/7', true],
    ['HEAD', '/v1/users/7', true],
    ['GET', '/v1/users/', false],
    ['GET', '/v1/users', false],
    ['GET', '/v1/users/7/keys', false],
    ['GET', '/v2/users/7', false],
    ['DELETE', '/v1/users/7', false],
    ['POST', '/v1/users', true],
    ['POST', '/v1/users/', false],
    ['HEAD', '/v1/users', false],
    ['get', '/v1/users/7', false],
    ['*', '/v1/users/7', false],
    ['PUT', '/v1/reports/2026/11', true],
    ['PUT', '/v1/reports', true],
    ['PUT', '/v1/report', false],
    ['PUT', '/v1/reportsx', false],
  ])('%s %s: %s', (method, path, isHeld) => expect(scope(method, path)).toBe(isHeld));

  it('are none where none are said', () => expect(operationScope([])('GET', '/')).toBe(false));
});
