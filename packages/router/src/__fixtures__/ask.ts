import type { RouteSpec } from '@gatehouse/config';
import { compileRouter, type Router } from '../router.ts';
import type { MatchInput, RouteResult } from '../route-result.ts';

export type Given = Partial<RouteSpec> & { readonly path: string };

export function route(given: Given): RouteSpec {
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

export function routerOf(routes: readonly Given[]): Router {
  return compileRouter(routes.map(route));
}

/** From `GET host/path?query`; the host may be left out. */
export function inputOf(request: string, headers: Readonly<Record<string, string>> = {}): MatchInput {
  const [method = '', url = ''] = request.split(' ');
  const slash = url.indexOf('/');
  const mark = url.indexOf('?');
  return {
    host: url.slice(0, slash),
    method,
    path: url.slice(slash, mark < 0 ? url.length : mark),
    query: mark < 0 ? '' : url.slice(mark),
    header: (name) => headers[name],
  };
}

/** The route's id and its parameters, the allowed methods, or undefined for no route. */
export function told(result: RouteResult): unknown {
  if (result.kind === 'match') return { id: result.match.route.id, ...result.match.params };
  return result.kind === 'method' ? result.allow : undefined;
}

export function ask(
  routes: readonly Given[],
  request: string,
  headers: Readonly<Record<string, string>> = {},
): unknown {
  return told(routerOf(routes).match(inputOf(request, headers)));
}
