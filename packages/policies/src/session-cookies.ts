import type { RouteSpec } from '@gatehouse/config';
import { hideCookies } from './bearer.ts';
import type { Exchange } from './policy.ts';

/**
 * Takes the sessions of all `oidc` policies out of what goes upstream, also where none of them stands: a browser shows
 * its cookies to all paths of a host, and whoever sees one could use it. Undefined where there are no such policies.
 */
export function sessionHider(
  routes: readonly Pick<RouteSpec, 'policies'>[],
): ((exchange: Exchange) => void) | undefined {
  const policies = routes.flatMap((route) => route.policies).filter(({ name }) => name === 'oidc');
  const names = new Set(policies.flatMap(({ config }) => [cookieName(config), `${cookieName(config)}_login`]));
  if (names.size === 0) return undefined;
  const isOurs = (name: string): boolean => names.has(name.replace(/^__(?:Host|Secure)-/, '').replace(/\.\d$/, ''));
  return (exchange) => {
    const header = exchange.request.header('cookie');
    if (header !== undefined && [...names].some((name) => header.includes(name))) hideCookies(exchange, isOurs);
  };
}

function cookieName(config: unknown): string {
  const cookie: unknown =
    typeof config === 'object' && config !== null && 'cookie' in config ? config.cookie : undefined;
  const name: unknown = typeof cookie === 'object' && cookie !== null && 'name' in cookie ? cookie.name : undefined;
  return typeof name === 'string' ? name : '';
}
