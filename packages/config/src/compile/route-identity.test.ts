import { describe, expect, it } from 'vitest';
import { routeId, routeShape } from './route-identity.ts';

const plain = { api: 'users', method: 'GET', path: '/users/{id}', when: undefined };
const when = { headers: { 'x-b': '1', 'x-a': '*' }, query: { v: '2' } };

describe('routeId', () => {
  it('is API, method and path', () => {
    expect(routeId(plain)).toBe('users GET /users/{id}');
  });

  it('names the conditions in an order of its own', () => {
    expect(routeId({ ...plain, when })).toBe('users GET /users/{id} when header:x-a=* header:x-b=1 query:v=2');
    const turned = { headers: { 'x-a': '*', 'x-b': '1' }, query: { v: '2' } };
    expect(routeId({ ...plain, when: turned })).toBe(routeId({ ...plain, when }));
  });
});

describe('routeShape', () => {
  it('knows nothing of names', () => {
    expect(routeShape({ ...plain, path: '/users/{user}' })).toBe(routeShape(plain));
    expect(routeShape({ ...plain, path: '/users/id' })).not.toBe(routeShape(plain));
    expect(routeShape({ ...plain, path: '/users/*' })).not.toBe(routeShape(plain));
  });

  it('knows methods and conditions', () => {
    expect(routeShape({ ...plain, method: '*' })).not.toBe(routeShape(plain));
    expect(routeShape({ ...plain, when })).not.toBe(routeShape(plain));
  });
});
