import type { ErrorCode } from '@gatehouse/kernel';
import { cookieValue, withoutCookies } from './cookie-value.ts';
import type { Exchange, PolicyTools, Reply } from './policy.ts';

/** Where a token stands: one of them at the least. */
export interface TokenPlaces {
  /** Lower or upper case; of `authorization` what is behind `Bearer`. */
  readonly header?: string | undefined;
  readonly cookie?: string | undefined;
  readonly query?: string | undefined;
}

export interface ShownToken {
  readonly token: string;
  readonly by: 'header' | 'cookie' | 'query';
}

export const BEARER = 'Bearer realm="gatehouse"';
const BEARER_VALUE = /^bearer +([\w.~+/-]+=*)$/i;

/** Finds a token in requests, and takes it out of what goes upstream. */
export class TokenReader {
  readonly #places: TokenPlaces;
  readonly #header: string | undefined;

  constructor(places: TokenPlaces) {
    this.#places = places;
    this.#header = places.header?.toLowerCase();
  }

  /** RFC 6750 §2: the field first; a request that shows two tokens is not asked which one it means. */
  shown({ request }: Exchange): ShownToken | undefined {
    const field = this.#header === undefined ? undefined : this.#inField(request.header(this.#header));
    if (field !== undefined) return { token: field, by: 'header' };
    const { cookie, query } = this.#places;
    const baked = cookie === undefined ? undefined : cookieValue(request.header('cookie'), cookie);
    if (baked !== undefined && baked !== '') return { token: baked, by: 'cookie' };
    const asked = query === undefined ? undefined : queryValue(request.query, query);
    return asked === undefined || asked === '' ? undefined : { token: asked, by: 'query' };
  }

  #inField(value: string | undefined): string | undefined {
    if (value === undefined || value === '') return undefined;
    return this.#header === 'authorization' ? bearerToken(value) : value.replace(/^bearer +/i, '');
  }

  /**
   * The field that the gate is to take out; cookies and queries are changed here. All places, whichever it stood in: what
   * nobody has looked at must not go on beside it.
   */
  hidden(exchange: Exchange, { by }: ShownToken): readonly string[] {
    const { cookie, query } = this.#places;
    if (cookie !== undefined) hideCookies(exchange, (name) => name === cookie);
    if (query !== undefined) hideQuery(exchange, query);
    // An `Authorization` of another kind is the upstream's, where the token stood elsewhere.
    const isToken =
      by === 'header' ||
      this.#header !== 'authorization' ||
      this.#inField(exchange.request.header('authorization')) !== undefined;
    return this.#header !== undefined && isToken ? [this.#header] : [];
  }
}

/** RFC 6750 §2.1. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : BEARER_VALUE.exec(authorization)?.[1];
}

/** What a parameter says that stands there once; the first of several. */
export function queryValue(query: string, name: string): string | undefined {
  return query === '' ? undefined : (new URLSearchParams(query).get(name) ?? undefined);
}

/** No upstream sees the parameter; the others stay as they are written. */
export function hideQuery(exchange: Exchange, name: string): void {
  const at = exchange.upstreamTarget.indexOf('?');
  if (at < 0) return;
  const kept = exchange.upstreamTarget
    .slice(at + 1)
    .split('&')
    // The sign in front is not of the name, which may begin with another.
    .filter((pair) => !new URLSearchParams(`?${pair}`).has(name));
  exchange.upstreamTarget = exchange.upstreamTarget.slice(0, at) + (kept.length > 0 ? `?${kept.join('&')}` : '');
}

/** No upstream sees these cookies. */
export function hideCookies(exchange: Exchange, isHidden: (name: string) => boolean): void {
  const { upstreamHeaders: edits, request } = exchange;
  // What another policy has left of them, or of the caller's.
  const header = edits.take('cookie') ?? (edits.removed.includes('cookie') ? undefined : request.header('cookie'));
  if (header === undefined) return;
  const rest = withoutCookies(header, isHidden);
  edits.remove('cookie');
  if (rest !== '') edits.add('cookie', rest);
}

/** RFC 6750 §3: says that the token did not do, and why in words that hold nothing of it. */
export function tokenRefusal(code: ErrorCode, detail: string): Reply {
  const challenge = `${BEARER}, error="invalid_token", error_description="${detail}"`;
  return { code, detail, headers: [['www-authenticate', challenge]] };
}

export const UNAVAILABLE: Reply = {
  code: 'auth.unavailable',
  detail: 'whoever vouches for callers does not answer, try again',
  headers: [['retry-after', '1']],
};

/** Policies that look at bearer tokens too. */
const RIVALS: ReadonlySet<string> = new Set(['key', 'jwt', 'introspection']);

/** Whether another policy of the route, written behind this one, may know a bearer token that this one does not. */
export function isFollowedByRival({ route, scope }: Pick<PolicyTools, 'route' | 'scope'>): boolean {
  const at = route.policies.findIndex((policy) => policy.scope === scope);
  return at >= 0 && route.policies.slice(at + 1).some(({ name }) => RIVALS.has(name));
}
