import type { RouteSpec } from '@gatehouse/config';
import { HostTables } from './host-tables.ts';
import { parsePattern } from './pattern.ts';
import { RouteEntry } from './route-entry.ts';
import { type MatchInput, NO_ROUTE, type RouteResult } from './route-result.ts';
import { Search } from './search.ts';

export interface Router {
  /** Synchronous, never throws, whatever the path holds. Not to be called from within `input.header`. */
  match(input: MatchInput): RouteResult;
}

/**
 * Builds the look-up of one snapshot. The most specific route wins: host, then path, then method, then conditions,
 * then order in the list. A route that does not take the request for any of these gives way to the next one.
 * Throws `config.invalid` for a path or host that is not of the grammar in `RouteSpec`.
 */
export function compileRouter(routes: readonly RouteSpec[]): Router {
  const hosts = new HostTables();
  let segmentsMax = 0;
  for (const route of routes) {
    const pattern = parsePattern(route.path);
    const entry = new RouteEntry(route, pattern);
    segmentsMax = Math.max(segmentsMax, pattern.segments.length);
    for (const table of hosts.tablesFor(route.hosts)) table.add(pattern, entry);
  }
  return new CompiledRouter(hosts, segmentsMax);
}

class CompiledRouter implements Router {
  readonly #hosts: HostTables;
  readonly #search: Search;

  constructor(hosts: HostTables, segmentsMax: number) {
    this.#hosts = hosts;
    this.#search = new Search(segmentsMax);
  }

  match(input: MatchInput): RouteResult {
    const search = this.#search;
    search.start();
    if (!input.path.startsWith('/')) return NO_ROUTE;
    const entry = this.#hosts.find(input, search);
    if (entry !== undefined) return entry.match(search.scan);
    const allow = search.allowed(input);
    return allow.length === 0 ? NO_ROUTE : { kind: 'method', allow };
  }
}
