import { GatehouseError } from '@gatehouse/kernel';
import { PathTable } from './path-table.ts';
import type { RouteEntry } from './route-entry.ts';
import type { MatchInput } from './route-result.ts';
import type { Search } from './search.ts';

const HOST = /^(\*\.)?[^*]+$/u;

/** Path tables by host: a whole name before `*.` of the longest suffix before any host. */
export class HostTables {
  readonly #exact = new Map<string, PathTable>();
  /** By suffix with its dot: `.example.com`. */
  readonly #suffix = new Map<string, PathTable>();
  /** Longer ends of a host are not looked up: a Host field of thousands of labels must not cost their square. */
  #suffixLengthMax = 0;
  #any: PathTable | undefined;

  /** One table for each of a route's hosts, or the one for any host. */
  tablesFor(hosts: readonly string[]): PathTable[] {
    if (hosts.length === 0) return [(this.#any ??= new PathTable())];
    return [...new Set(hosts)].map((host) => this.#tableFor(host));
  }

  find(input: MatchInput, search: Search): RouteEntry | undefined {
    return (
      this.#exact.get(input.host)?.find(input, search) ??
      (this.#suffix.size === 0 ? undefined : this.#findBySuffix(input, search)) ??
      this.#any?.find(input, search)
    );
  }

  #findBySuffix(input: MatchInput, search: Search): RouteEntry | undefined {
    const host = input.host;
    const from = Math.max(1, host.length - this.#suffixLengthMax);
    for (let dot = host.indexOf('.', from); dot > 0; dot = host.indexOf('.', dot + 1)) {
      const entry = this.#suffix.get(host.slice(dot))?.find(input, search);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  #tableFor(host: string): PathTable {
    if (!HOST.test(host)) {
      throw new GatehouseError('config.invalid', `the host ${JSON.stringify(host)} is neither a name nor *.name`);
    }
    if (!host.startsWith('*.')) return tableOf(this.#exact, host);
    this.#suffixLengthMax = Math.max(this.#suffixLengthMax, host.length - 1);
    return tableOf(this.#suffix, host.slice(1));
  }
}

function tableOf(tables: Map<string, PathTable>, key: string): PathTable {
  const found = tables.get(key);
  if (found !== undefined) return found;
  const table = new PathTable();
  tables.set(key, table);
  return table;
}
