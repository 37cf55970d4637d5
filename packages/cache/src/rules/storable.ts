import { governing, parseDirectives } from './directives.ts';
import { isExplicit, isHeuristic, lifetimeMs, type FreshnessOptions } from './freshness.ts';
import { headerOf, type Field, type HeaderOf } from './stored-reply.ts';

export interface StoreOptions extends FreshnessOptions {
  /** Replies that set cookies are kept, cookies and all. */
  readonly cookies: boolean;
}

export interface Asked {
  readonly method: string;
  readonly header: HeaderOf;
  /** The gate knows who calls, and the upstream is told. */
  readonly identified: boolean;
}

export interface Answered {
  readonly status: number;
  readonly fields: readonly Field[];
  readonly responseMs: number;
}

export type Storage =
  | { readonly kept: false; readonly why: string }
  | { readonly kept: true; readonly shared: boolean };

/** Whose meaning is known here, so that `must-understand` does not keep them out (RFC 9111 §5.2.2.3). */
const UNDERSTOOD: ReadonlySet<number> = new Set([
  200, 203, 204, 300, 301, 302, 303, 307, 308, 400, 403, 404, 405, 410, 414, 421, 451, 500, 501, 502, 503, 504,
]);

const no = (why: string): Storage => ({ kept: false, why });

/** RFC 9111 §3, and for whom the reply may then be used: anybody (`shared`), or the caller that it was given to. */
export function storage(asked: Asked, reply: Answered, options: StoreOptions): Storage {
  const header = headerOf(reply.fields);
  const { directives } = governing(header);
  if (asked.method !== 'GET') return no('method');
  if (reply.status === 304 || reply.status < 200) return no('status');
  // A part is kept for those who ask for the same part (RFC 9111 §3.3).
  const partial = asked.header('range') !== undefined && header('content-range') !== undefined;
  if (reply.status === 206 && !partial) return no('status');
  if (parseDirectives(asked.header('cache-control')).has('no-store')) return no('request');
  if (directives.has('private')) return no('private');
  const understood = directives.has('must-understand');
  if (directives.has('no-store') && !(understood && UNDERSTOOD.has(reply.status))) return no('no-store');
  if (understood && !UNDERSTOOD.has(reply.status)) return no('status');
  if ((header('vary') ?? '').split(',').some((name) => name.trim() === '*')) return no('vary');
  if (!options.cookies && header('set-cookie') !== undefined) return no('set-cookie');
  const toAll = directives.has('public') || directives.has('s-maxage') || directives.has('must-revalidate');
  // RFC 9111 §3.5. A credential that the gate took for itself is the same to a reply as one that it passes on, but
  // for that it is known whose it is: such a reply may be kept for that caller.
  if (!toAll && asked.header('authorization') !== undefined && !asked.identified) return no('authorization');
  if (!isUseful(reply, header, options)) return no('freshness');
  return { kept: true, shared: toAll || !asked.identified };
}

/** It says or is known to be good for a while, or can be asked about again. */
function isUseful(reply: Answered, header: HeaderOf, options: StoreOptions): boolean {
  const { directives } = governing(header);
  const allowed = isExplicit(header) || directives.has('public') || isHeuristic(reply.status) || options.ttlMs > 0;
  if (!allowed) return false;
  if (lifetimeMs(reply, options) > 0) return true;
  return header('etag') !== undefined || header('last-modified') !== undefined;
}
