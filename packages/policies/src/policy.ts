import type { LimitSpec, RouteSpec, Snapshot } from '@gatehouse/config';
import type { HeaderEdits } from '@gatehouse/http';
import type { ErrorCode } from '@gatehouse/kernel';
import type { Counters } from '@gatehouse/counters';

/** The one canonical view of a request: what is matched, authorised, recorded and forwarded. */
export interface RequestView {
  readonly method: string;
  /** Canonical path, without query. */
  readonly path: string;
  /** Raw query with its `?`, or ''. */
  readonly query: string;
  /** Lower-case host without port, or ''. */
  readonly host: string;
  /** The caller's address: the peer's. */
  readonly clientIp: string;
  /** Declared body length; undefined when chunked, 0 when there is no body. */
  readonly contentLength: number | undefined;
  /** All values of a field by its lower-case name, joined by `, `. */
  header(name: string): string | undefined;
}

export interface Principal {
  readonly application: string;
  readonly credential: string;
  /** Whom the credential was given to. */
  readonly owner: string | undefined;
  readonly team: string | undefined;
  readonly subscription: string | undefined;
  readonly plan: string | undefined;
}

/** What policies decided, for the record. */
export interface Notes {
  /** The limit that refused or came nearest to it. */
  limit?: string;
  /** Share of that limit which is left, 0 to 1. */
  limitLeft?: number;
  cacheStatus?: string;
}

/** A request on its way through the house, as policies see it. */
export interface Exchange {
  readonly id: string;
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly request: RequestView;
  readonly route: RouteSpec;
  readonly snapshot: Snapshot;
  /** Values of `{name}` segments, percent-encoded as in the canonical path; `*` holds the rest without its leading slash. */
  readonly params: Readonly<Record<string, string>>;
  readonly principal: Principal | undefined;
  readonly notes: Notes;
  /** Changes to the head that goes upstream; applied after hop-by-hop fields were taken out. */
  readonly upstreamHeaders: HeaderEdits;
  /** Changes to the reply that goes to the caller, refusals included. */
  readonly replyHeaders: HeaderEdits;
  /** Path (and `?query`) that goes upstream, before the endpoint's own base path; policies may set it. */
  upstreamTarget: string;
  /** Body bytes that are let through before 413. */
  bodyBytesMax: number;
}

/** An answer given by the gate itself. With a `code` it is a refusal and the body is made in the caller's dialect. */
export type Reply =
  | { readonly code: ErrorCode; readonly detail: string; readonly headers?: readonly (readonly [string, string])[] }
  | { readonly status: number; readonly headers: readonly (readonly [string, string])[]; readonly body: string };

export interface ReplyHead {
  readonly status: number;
  header(name: string): string | undefined;
}

export interface Outcome {
  readonly status: number;
  readonly code: ErrorCode | undefined;
}

/** Hooks run in stage order, inside a stage in the order written. Answer at once where you can: no promise, no await. */
export interface PolicyHooks {
  /** A Reply ends the exchange here. */
  onRequest?(exchange: Exchange): Reply | undefined | Promise<Reply | undefined>;
  /** Before the reply's head is written; edit `exchange.replyHeaders`. Not called for the gate's own refusals. */
  onReplyHead?(exchange: Exchange, head: ReplyHead): void;
  /** Exactly once, also on abort. */
  onEnd?(exchange: Exchange, outcome: Outcome): void;
}

/** Stage order is fixed: the caller's address and preflights first, then who calls, then whether, then how. */
export const STAGES = ['guard', 'identify', 'admit', 'shape', 'cache', 'observe'] as const;
export type Stage = (typeof STAGES)[number];

export interface PolicyTools {
  readonly counters: Counters;
  /** Unique name of where the policy stands, e.g. `users#0` or `users GET /users#1`: part of counter keys. */
  readonly scope: string;
}

/** What a worker needs of a policy. How its config is written and checked stands in its `schema.ts`, which no worker loads. */
export interface PolicyDefinition {
  /** The config key and the docs address. */
  readonly name: string;
  readonly stage: Stage;
  /** Called once per snapshot with what `parse` of the policy's schema gave; no I/O. Throws on anything else that it cannot use. */
  build(config: unknown, tools: PolicyTools): PolicyHooks;
}

export type { LimitSpec };
