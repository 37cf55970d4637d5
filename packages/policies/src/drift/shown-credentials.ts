import type { RouteSpec } from '@gatehouse/config';
import { IDENTIFYING_POLICIES } from '@gatehouse/kernel';
import { cookieValue } from '../cookie-value.ts';
import { rawPairs } from '../contract/query-pairs.ts';
import type { RequestView } from '../policy.ts';

/** Where a document has a key. */
export interface CredentialPlace {
  readonly in: 'header' | 'query' | 'cookie';
  readonly name: string;
}

/** Schemes of `Authorization`; another word there may be anything. */
const SCHEMES: ReadonlySet<string> = new Set(['basic', 'bearer', 'digest', 'dpop', 'hoba', 'mutual', 'negotiate']);
/** Where keys stand that no document tells of. */
const KEY_FIELDS = ['x-api-key', 'apikey', 'api-key'];

/** In which ways a caller says who it is; nothing of what it says. To be asked before the gate takes credentials out. */
export function shownCredentials(request: RequestView, keys: readonly CredentialPlace[]): readonly string[] {
  const shown = new Set<string>();
  const authorization = request.header('authorization');
  if (authorization !== undefined) shown.add(schemeOf(authorization));
  for (const name of KEY_FIELDS) if (request.header(name) !== undefined) shown.add(`header ${name}`);
  for (const place of keys) if (holds(request, place)) shown.add(nameOf(place));
  if (request.clientCertificate?.authorized === true) shown.add('tls');
  return [...shown];
}

function schemeOf(authorization: string): string {
  const word = (authorization.split(' ', 1)[0] ?? '').toLowerCase();
  return SCHEMES.has(word) ? word : 'authorization';
}

function holds(request: RequestView, { in: place, name }: CredentialPlace): boolean {
  if (place === 'header') return request.header(name.toLowerCase()) !== undefined;
  if (place === 'cookie') return cookieValue(request.header('cookie'), name) !== undefined;
  return rawPairs(request.query.slice(1))?.some((pair) => pair.name === name) === true;
}

function nameOf({ in: place, name }: CredentialPlace): string {
  return `${place} ${place === 'header' ? name.toLowerCase() : name}`;
}

/** In which of them a route wants to know who calls; in none: it is open. */
export function askedCredentials({ access, policies }: Pick<RouteSpec, 'access' | 'policies'>): readonly string[] {
  if (access === 'open') return [];
  const ways = policies.map(({ name }) => name).filter((name) => IDENTIFYING_POLICIES.has(name));
  return ways.length === 0 ? ['key'] : [...new Set(ways)];
}
