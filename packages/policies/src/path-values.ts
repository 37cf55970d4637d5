import { AMBIGUITY, canonicalTarget } from '@gatehouse/http';
import type { Exchange } from './policy.ts';

/**
 * What `{name}` stands for in a path template: a segment of the route, or `rest`, what its `*` matched or, without one,
 * the path behind the base path. As it stands in the canonical path. Undefined for a name that the route lacks.
 */
export function pathValue(name: string, { params, request, route }: Exchange): string | undefined {
  if (Object.hasOwn(params, name)) return params[name];
  if (name !== 'rest') return undefined;
  if (Object.hasOwn(params, '*')) return params['*'];
  // `strip` is a prefix of the canonical path, the one string that everything here is decided on.
  const rest = request.path.startsWith(route.strip) ? request.path.slice(route.strip.length) : request.path;
  return rest.startsWith('/') ? rest.slice(1) : rest;
}

/** Has the path exactly one reading, or no others than those that the route allows? What was put together may have more. */
export function isCanonical(path: string, { route }: Exchange): boolean {
  const canonical = canonicalTarget(path);
  if (canonical === undefined || canonical.path !== path) return false;
  let allowed = 0;
  for (const name of route.allow) allowed |= AMBIGUITY[name];
  return (canonical.ambiguity & ~allowed) === 0;
}

/**
 * The same for a value in a query: whoever decodes it gets the segment. `query` is the whole query of the request as it
 * came.
 */
export function queryValue(name: string, exchange: Exchange): string | undefined {
  if (name === 'query' && !Object.hasOwn(exchange.params, name)) {
    return exchange.request.query.slice(1).replaceAll(/[%&=+#;?]/g, escapeOf);
  }
  // Escapes of a path are good in a query; what means something else there is not.
  return pathValue(name, exchange)?.replaceAll(/[&=+#;?]/g, escapeOf);
}

function escapeOf(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}
