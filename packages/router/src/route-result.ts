import type { RouteSpec } from '@gatehouse/config';

/** What a route is chosen by: the canonical view of the request, the same that is authorised, logged and forwarded. */
export interface MatchInput {
  /** Lower case, no port; '' when none was sent. */
  readonly host: string;
  readonly method: string;
  /** Canonical, starts with `/`. */
  readonly path: string;
  /** As it came, with its `?`; '' without. */
  readonly query: string;
  /** All values by lower-case name, joined by `, `. Asked only for routes with `when.headers`. */
  header(name: string): string | undefined;
}

/** By parameter name, still percent-encoded; `*` holds the rest without its leading slash. Without a prototype. */
export type Params = Readonly<Record<string, string>>;

export interface RouteMatch {
  readonly route: RouteSpec;
  readonly params: Params;
}

export type RouteResult =
  | { readonly kind: 'match'; readonly match: RouteMatch }
  /** The path is served, but not with this method; `allow` is sorted, as the `Allow` field of a 405 wants it. */
  | { readonly kind: 'method'; readonly allow: readonly string[] }
  | { readonly kind: 'none' };

export const NO_ROUTE: RouteResult = Object.freeze({ kind: 'none' });
