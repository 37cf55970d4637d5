import type { JsonMap } from '../tree/json-tree.ts';

const SCHEMES: ReadonlySet<unknown> = new Set(['http', 'https', 'ws', 'wss']);

/** Where an api is served: host, base path and schemes are one address now. */
export function serversOf({ host, basePath, schemes }: JsonMap): readonly { readonly url: string }[] {
  const path = typeof basePath === 'string' && basePath.startsWith('/') ? basePath : '/';
  if (typeof host !== 'string' || host === '') return [{ url: path }];
  const base = host + (path === '/' ? '' : path);
  const written: readonly unknown[] = Array.isArray(schemes) ? schemes : [];
  const known = [...new Set(written)].filter((scheme) => SCHEMES.has(scheme));
  // The scheme by which the document was fetched, if it says none.
  return known.length === 0 ? [{ url: `//${base}` }] : known.map((scheme) => ({ url: `${String(scheme)}://${base}` }));
}
