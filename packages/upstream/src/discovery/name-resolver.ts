import { Resolver } from 'node:dns/promises';

export interface AddressRecord {
  readonly address: string;
  readonly ttlSeconds: number;
}

/** RFC 2782. */
export interface ServiceRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** Asks DNS. Nothing of that name or type is an empty list; a rejection means that nobody knows. */
export interface NameResolver {
  addresses(name: string, family: 4 | 6): Promise<readonly AddressRecord[]>;
  services(name: string): Promise<readonly ServiceRecord[]>;
}

const TIMEOUT_MS = 2000;
const TRIES = 2;
/** What c-ares calls answers that hold nothing. */
const NOTHING: ReadonlySet<unknown> = new Set(['ENODATA', 'ENOTFOUND']);

/** The servers of the system, or these: `127.0.0.1:5353`. */
export function dnsResolver(servers?: readonly string[]): NameResolver {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (servers !== undefined) resolver.setServers(servers);
  const orNothing = async <T>(asked: Promise<T[]>): Promise<T[]> => {
    try {
      return await asked;
    } catch (error) {
      if (error instanceof Error && 'code' in error && NOTHING.has(error.code)) return [];
      throw error;
    }
  };
  return {
    addresses: async (name, family) => {
      const asked = family === 4 ? resolver.resolve4(name, { ttl: true }) : resolver.resolve6(name, { ttl: true });
      return (await orNothing(asked)).map(({ address, ttl }) => ({ address, ttlSeconds: ttl }));
    },
    services: async (name) => orNothing(resolver.resolveSrv(name)),
  };
}
