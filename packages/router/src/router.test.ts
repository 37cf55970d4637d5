import type { RouteSpec } from '@gatehouse/config';
import { describe, expect, it } from 'vitest';
import { compileRouter } from './router.ts';

type Given = Partial<RouteSpec> & { readonly path: string };

function route(given: Given): RouteSpec {
  return {
    id: `${given.method ?? '*'} ${given.path}`,
    api: 'a',
    version: '1',
    hosts: [],
    method: '*',
    strip: '',
    when: undefined,
    access: 'open',
    allow: [],
    policies: [],
    bodyBytesMax: 1,
    target: { kind: 'upstream', upstream: 'u' },
    ...given,
  };
}

function ask(routes: readonly Given[], request: string, header: Readonly<Record<string, string>> = {}): unknown {
  const [method = '', url = ''] = request.split(' ');
  const host = url.startsWith('/') ? '' : url.slice(0, url.indexOf('/'));
  const target = url.slice(host.length);
  const [path = '', query] = target.split('?');
  const input = {
    host,
    method,
    path,
    query: query === undefined ? '' : `?${query}`,
    header: (name: string) => header[name],
  };
  const result = compileRouter(routes.map(route)).match(input);
  if (result.kind === 'match') return { id: result.match.route.id, ...result.match.params };
  return result.kind === 'method' ? result.allow : undefined;
}

describe('routing', () => {
  const paths = [{ path: '/u/{id}' }, { path: '/u/me' }, { path: '/u/*' }, { path: '/*' }, { path: '/u/{id}/x' }];
  it.each([
    ['prefers a literal', 'GET /u/me', { id: '* /u/me' }],
    ['falls back from a literal that leads nowhere', 'GET /u/me/x', { id: 'me' }],
    ['prefers a parameter to a rest', 'GET /u/7', { id: '7' }],
    ['takes any rest', 'GET /u/7/y/z', { id: '* /u/*', '*': '7/y/z' }],
    ['lets the rest be none', 'GET /u', { id: '* /u/*', '*': '' }],
    ['matches the root by a rest', 'GET /', { id: '* /*', '*': '' }],
  ])('%s', (_name, request, expected) => expect(ask(paths, request)).toMatchObject(expected));

  const methods = [
    { method: 'GET', path: '/a' },
    { method: 'POST', path: '/a' },
  ];
  it('tells the allowed methods', () => expect(ask(methods, 'PUT /a')).toEqual(['GET', 'HEAD', 'POST']));
  it('answers HEAD by GET', () => expect(ask(methods, 'HEAD /a')).toMatchObject({ id: 'GET /a' }));
  it('knows nothing of other paths', () => expect(ask(methods, 'GET /b')).toBeUndefined());
  it('keeps a trailing slash apart', () => expect(ask(methods, 'GET /a/')).toBeUndefined());

  const hosts = [
    { path: '/h', id: 'any' },
    { path: '/h', hosts: ['*.a.test'], id: 'wild' },
    { path: '/h', hosts: ['x.a.test'], id: 'own' },
  ];
  it.each([
    ['x.a.test/h', 'own'],
    ['y.a.test/h', 'wild'],
    ['z.y.a.test/h', 'wild'],
    ['a.test/h', 'any'],
  ])('%s goes to %s', (url, id) => expect(ask(hosts, `GET ${url}`)).toEqual({ id }));

  const conditions = [
    { path: '/c', id: 'plain' },
    { path: '/c', id: 'beta', when: { headers: { 'x-beta': '1' }, query: { v: '*' } } },
  ];
  it('prefers the route with more conditions', () =>
    expect(ask(conditions, 'GET /c?v=2', { 'x-beta': '1' })).toEqual({ id: 'beta' }));
  it('passes over conditions that do not hold', () => expect(ask(conditions, 'GET /c?v=2')).toEqual({ id: 'plain' }));
});
