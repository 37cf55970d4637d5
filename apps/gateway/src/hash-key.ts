import type { HashSpec } from '@gatehouse/config';
import { cookieValue, type Principal } from '@gatehouse/policies';

/** What is asked of a request. */
export interface HashedRequest {
  readonly clientIp: string;
  readonly path: string;
  /** With its `?`, or empty. */
  readonly query: string;
  readonly principal: Pick<Principal, 'application'> | undefined;
  header(name: string): string | undefined;
}

/** What `consistent-hash` goes by; undefined for a request that has no such thing, which goes anywhere. */
export function hashKeyOf(request: HashedRequest, { by, name }: HashSpec): string | undefined {
  switch (by) {
    case 'ip':
      return request.clientIp;
    case 'path':
      return request.path;
    case 'application': {
      const application = request.principal?.application ?? '';
      return application === '' ? undefined : application;
    }
    case 'header':
      return request.header(name);
    case 'cookie':
      return cookieValue(request.header('cookie'), name);
    case 'query':
      return new URLSearchParams(request.query).get(name) ?? undefined;
    default:
      return by satisfies never;
  }
}
