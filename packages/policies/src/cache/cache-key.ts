import type { Exchange, RequestView } from '../policy.ts';
import type { Config } from './schema.ts';

/** Scheme, authority, path and what counts of the query: what leads elsewhere is never found here. */
export function addressOf(exchange: Exchange, query: Config['query']): string {
  const { request } = exchange;
  return `http://${hostOf(request)}${request.path}${queryOf(request.query, query)}${chosenIn(exchange)}`;
}

/** What a policy sends elsewhere is told apart, by a part that no request can have: another upstream, another answer. */
function chosenIn({ route, upstream }: Exchange): string {
  return route.target.kind !== 'upstream' || upstream === route.target.upstream ? '' : `#${upstream}`;
}

/** Ports are part of it: two of them may be two services. */
function hostOf(request: RequestView): string {
  return (request.header('host') ?? request.host).toLowerCase();
}

function queryOf(raw: string, counts: Config['query']): string {
  if (counts === 'all') return raw;
  if (counts === 'none' || raw === '') return '';
  const named = raw
    .slice(1)
    .split('&')
    .filter((pair) => counts.includes(nameIn(pair)));
  return named.length === 0 ? '' : `?${named.join('&')}`;
}

function nameIn(pair: string): string {
  const name = pair.split('=', 1)[0] ?? '';
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
}

/** The same address spelt by a reply: in `Location` or `Content-Location`. Undefined for another origin (RFC 9111 §4.4). */
export function neighbour(address: string, reference: string | undefined): string | undefined {
  if (reference === undefined || !URL.canParse(reference, address)) return undefined;
  const [own, other] = [new URL(address), new URL(reference, address)];
  return own.host === other.host ? `http://${other.host}${other.pathname}${other.search}` : undefined;
}

/** Whose replies a caller may get besides those for anybody. */
export function partitionOf({ principal }: Exchange, identity: Config['identity']): string {
  if (principal === undefined || identity === 'ignore') return '';
  const { application, credential, plan = '', method, subject = '' } = principal;
  return JSON.stringify([application, credential, plan, method, subject]);
}
