import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ServiceError } from '@gatehouse/services';

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const OWN_SITE: ReadonlySet<string> = new Set(['same-origin', 'none']);
export const CSRF_HEADER = 'x-gatehouse-csrf';

/** With TLS a name that no other host and no plain page can set. */
export function cookieName(isSecure: boolean): string {
  return isSecure ? '__Host-gatehouse' : 'gatehouse';
}

/** `Set-Cookie` for a session; '' ends it. */
export function sessionCookie(token: string, isSecure: boolean): string {
  const end = token === '' ? '; Max-Age=0' : '';
  return `${cookieName(isSecure)}=${token}; Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}${end}`;
}

/** Prefixed cookies are for all paths. */
function departureName(isSecure: boolean): string {
  return isSecure ? '__Host-gatehouse-departure' : 'gatehouse-departure';
}

/** `Set-Cookie` for a sign-in elsewhere, for where the browser comes back to. */
export function departureCookie(ticket: string, isSecure: boolean): string {
  const end = ticket === '' ? '; Max-Age=0' : '; Max-Age=600';
  const path = isSecure ? '/; Secure' : '/api/v1/single-sign-on';
  return `${departureName(isSecure)}=${ticket}; Path=${path}; HttpOnly; SameSite=Lax${end}`;
}

export function departureTicket(headers: IncomingHttpHeaders, isSecure: boolean): string | undefined {
  return onlyCookie(headers, departureName(isSecure));
}

/** The token in the cookies; undefined when there is none, or more than one: then somebody else has set one of them. */
export function sessionToken(headers: IncomingHttpHeaders, isSecure: boolean): string | undefined {
  return onlyCookie(headers, cookieName(isSecure));
}

function onlyCookie({ cookie }: IncomingHttpHeaders, name: string): string | undefined {
  const found = (cookie ?? '')
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each.startsWith(`${name}=`));
  const [only, ...more] = found;
  const token = only?.slice(name.length + 1);
  return more.length === 0 && token !== undefined && /^[\w-]{43}$/.test(token) ? token : undefined;
}

/** What a page has to send in `x-gatehouse-csrf`: of this session, and of no use without its cookie. */
export function csrfToken(session: string): string {
  return createHash('sha256').update(`gatehouse csrf ${session}`).digest('base64url');
}

interface Asked {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Pages of others change nothing, whether they have a session or want one to be opened. Where no public address is known, our
 * pages are those of the host that was asked.
 */
export function requireOwnSite({ method, headers }: Asked, publicUrl: string | undefined): void {
  if (SAFE.has(method)) return;
  const site = headers['sec-fetch-site'];
  if (typeof site === 'string' && !OWN_SITE.has(site)) throw foreign();
  const { origin, host } = headers;
  if (origin === undefined) return;
  const isOwn = publicUrl === undefined ? URL.parse(origin)?.host === host : origin === publicUrl;
  if (!isOwn) throw foreign();
}

/** Besides, a change by a session carries what only pages of that session know. */
export function requireCsrf({ method, headers }: Asked, session: string): void {
  if (SAFE.has(method)) return;
  const given = headers[CSRF_HEADER];
  const wanted = Buffer.from(csrfToken(session));
  const sent = Buffer.from(typeof given === 'string' ? given : '');
  if (sent.length === wanted.length && timingSafeEqual(sent, wanted)) return;
  throw new ServiceError('admin.forbidden', `send ${CSRF_HEADER} as GET /session says it`);
}

function foreign(): ServiceError {
  return new ServiceError('admin.forbidden', 'this comes from a page of another site');
}

const THIS_MACHINE = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;

/** Under which address this browser reaches us: as was said at the start, or this machine. Nobody else's word counts. */
export function ownUrl({ host = '' }: IncomingHttpHeaders, publicUrl: string | undefined): string | undefined {
  return publicUrl ?? (THIS_MACHINE.test(host) ? `http://${host}` : undefined);
}
