import type { HttpCache } from '@gatehouse/cache';
import type { CredentialSpec, LimitSpec, RouteSpec, Snapshot } from '@gatehouse/config';
import type { CallTap, HeaderEdits } from '@gatehouse/http';
import type { Clock, ErrorCode, Logger, Observation } from '@gatehouse/kernel';
import type { Counters, KeptReplies } from '@gatehouse/counters';
import type { CredentialBook } from './credential-book.ts';
import type { ReplyDraft } from './reply-draft.ts';

/** The one canonical view of a request: what is matched, authorised, recorded and forwarded. */
export interface RequestView {
  readonly method: string;
  /** Canonical path, without query. */
  readonly path: string;
  /** Raw query with its `?`, or ''. */
  readonly query: string;
  /** Lower-case host without port, or ''. */
  readonly host: string;
  /** `https` or `http`, as the caller used it. */
  readonly scheme: string;
  /** Host and port as the caller wrote them, in lower case, or ''. */
  readonly authority: string;
  /** The caller's address: the peer's. */
  readonly clientIp: string;
  /** Declared body length; undefined when chunked, 0 when there is no body. */
  readonly contentLength: number | undefined;
  /** What the caller has shown of itself by TLS. */
  readonly clientCertificate?: ClientCertificate | undefined;
  /** All values of a field by its lower-case name, joined by `, `. */
  header(name: string): string | undefined;
}

export interface ClientCertificate {
  /** `CN=ci, O=Example`, nearest part last as in the certificate. */
  readonly subject: string;
  readonly issuer: string;
  /** Subject alternative names, as `DNS:a.example, URI:spiffe://a/b`. */
  readonly names: string;
  /** Of the whole certificate, in lower-case hex. */
  readonly sha256: string;
  /** One of the configured authorities vouches for it. */
  readonly authorized: boolean;
}

/** Who calls, once that is known. */
export interface Principal {
  /** '' for a caller whom an issuer vouches for and no application of the configuration holds. */
  readonly application: string;
  readonly credential: string;
  /** Whom the credential was given to. */
  readonly owner: string | undefined;
  readonly team: string | undefined;
  readonly subscription: string | undefined;
  readonly plan: string | undefined;
  /** Plans whose budgets its model calls are charged to. */
  readonly modelPlans?: readonly string[] | undefined;
  /** The policy that found out: `key`, `jwt`, `basic`, … */
  readonly method: string;
  /** Who it is to whoever vouches for it: a token's `sub`, a user name, a certificate's subject. */
  readonly subject: string | undefined;
  readonly scopes: readonly string[];
  readonly groups: readonly string[];
  /** What a token said, as it said it. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The caller's connection, for policies that look on. */
export interface CallerSide {
  /** Sees what passes, beside it. Set in `onRequest` of an early stage, by the first who wants to; it costs nothing while undefined. */
  tap: CallTap | undefined;
  /** Fields of the request as finished lines, as they came; without those that were taken out since. */
  readonly lines: string;
}

/** What policies decided, for the record. */
export interface Notes {
  /** The limit that refused or came nearest to it. */
  limit?: string;
  /** Share of that limit which is left, 0 to 1. */
  limitLeft?: number;
  cacheStatus?: string;
  /** How long which policy was waited for, in ms; the gate writes it. */
  waits?: Record<string, number>;
  /** Whatever else a policy did that explains the reply, by its name, such as `canary: "new"`. Short, and never a secret. */
  policies?: Record<string, string>;
}

/** A request on its way through the house, as policies see it. */
export interface Exchange {
  readonly id: string;
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly request: RequestView;
  readonly caller: CallerSide;
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
  /** The upstream that the request goes to, by its name; policies may choose another of the configuration. */
  upstream: string;
  /**
   * The whole body; the first to ask has it collected. Throws what becomes a refusal: 413 beyond the smaller of
   * `bytesMax` and `bodyBytesMax`, 400 for a body that breaks off.
   */
  requestBody(bytesMax: number): Promise<Buffer>;
  /** Goes upstream instead of the caller's body, which must have been asked for. */
  replaceRequestBody(body: Buffer): void;
  /** The head that would go upstream now, names in lower case: what policies changed and who calls are in it, framing is not. */
  upstreamFields(): readonly (readonly [name: string, value: string])[];
}

/** An answer given by the gate itself. With a `code` it is a refusal and the body is made in the caller's dialect. */
export type Reply = Refusal | OwnReply;

export interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly headers?: readonly (readonly [string, string])[];
  /** Everything that is wrong, for a caller who can read it: holds nothing of what was sent. */
  readonly violations?: readonly object[];
  /** The connection is cut, and `code` stands in the record alone. */
  readonly cut?: true;
}

/** Passes the reply hooks of the stages before the one that gives it, as a reply of the upstream would. */
export interface OwnReply {
  readonly status: number;
  /** Names in lower case; without framing, which the gate adds. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | Buffer;
}

/** What an `identify` policy found. Nothing: no credential of its kind was shown, and the next one is asked. */
export type Identification = { readonly caller: Identified } | Reply | undefined;

export interface Identified {
  /** The credential of the configuration that was shown; undefined: somebody else vouches for the caller. */
  readonly credential: CredentialSpec | undefined;
  readonly subject: string | undefined;
  readonly scopes?: readonly string[];
  readonly groups?: readonly string[];
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Fields, in lower case, that carried it: no upstream sees them. */
  readonly fields: readonly string[];
}

/** Hears a reply's body and says, through its sink, what goes on to the caller instead. */
export interface ReplyFilter {
  /** The head could go on now; who waits for the body first lets it wait. Left out: it goes on. */
  head?(): void;
  /** Valid during the call only. */
  data(bytes: Buffer): void;
  end(): void;
  /** The reply broke off or the caller left: nothing more comes, and nothing more may be said. */
  broken?(): void;
}

/** Towards the caller: the next filter, or the connection. May be called later than the filter was, in this order. */
export interface ReplySink {
  /** Once, before anything else; `data` and `end` do it by themselves. From here on the draft is fixed. */
  head(): void;
  /** The bytes may be used again once the call is over. */
  data(bytes: Buffer): void;
  end(): void;
  /** Ends the exchange: with a refusal while the caller has seen nothing, else by a cut. */
  fail(code: ErrorCode, detail: string): void;
  /** Asks whoever sends for a pause, or to go on: for filters that queue. */
  hold(on: boolean): void;
}

export interface ReplyHead {
  readonly status: number;
  header(name: string): string | undefined;
}

export interface Outcome {
  readonly status: number;
  readonly code: ErrorCode | undefined;
  /** ms from the beginning of the last try at an upstream to the first byte of its reply; undefined when none came. */
  readonly upstreamMs?: number | undefined;
}

/** Hooks run in stage order, inside a stage in the order written. Answer at once where you can: no promise, no await. */
export interface PolicyHooks {
  /** Of the stage `identify` alone: who calls? */
  onIdentify?(exchange: Exchange): Identification | Promise<Identification>;
  /** Of the stage `identify`: what `WWW-Authenticate` offers those who showed nothing. */
  readonly challenge?: string;
  /** Who calls is known: before the stage `admit`, for policies of earlier stages. A Reply ends the exchange here; plugins answer at once. */
  onIdentified?(exchange: Exchange): Reply | undefined | Promise<Reply | undefined>;
  /** A Reply ends the exchange here. */
  onRequest?(exchange: Exchange): Reply | undefined | Promise<Reply | undefined>;
  /** Before the reply's head is written; edit `exchange.replyHeaders`. Not called for the gate's own refusals. */
  onReplyHead?(exchange: Exchange, head: ReplyHead): void;
  /**
   * May change the draft of the head, and take the body. Replies pass the stages backwards, within a stage the policy
   * written last comes first. Not called for refusals, HTTP upgrades, and calls of models.
   */
  onReply?(exchange: Exchange, reply: ReplyDraft, sink: ReplySink): ReplyFilter | undefined;
  /**
   * Whether `onReply` would take the reply of this exchange; left out: yes. Where no policy would, the reply goes
   * straight through. Not for plugins.
   */
  wantsReply?(exchange: Exchange): boolean;
  /** No upstream has given a reply: another may be given instead. Asked in the order of `onReply`. */
  onFailure?(exchange: Exchange, problem: { readonly code: ErrorCode; readonly detail: string }): OwnReply | undefined;
  /** Exactly once, also on abort. */
  onEnd?(exchange: Exchange, outcome: Outcome): void;
}

/**
 * Stage order is fixed: the caller's address and preflights first, then who calls, then whether, then how. The limits of
 * a plan stand between `admit` and `shape`. `encode` is nearest to the caller: for replies, which come backwards.
 */
export const STAGES = ['encode', 'guard', 'identify', 'admit', 'shape', 'cache', 'observe'] as const;
export type Stage = (typeof STAGES)[number];

export interface PolicyTools {
  readonly counters: Counters;
  /** Unique name of where the policy stands, e.g. `users#0` or `users GET /users#1`: part of counter keys. */
  readonly scope: string;
  /** One of those that the policy stands for: it is built once for each. */
  readonly route: RouteSpec;
  readonly runtime: PolicyRuntime;
}

/** What outlives snapshots, and the way to other servers. Nothing of it is used while a policy is built, except `state`. */
export interface PolicyRuntime {
  readonly clock: Clock;
  readonly log: Logger;
  /** 0 to 1. */
  readonly random: () => number;
  /** Runs later; the result calls it off. */
  later(ms: number, run: () => void): () => void;
  /** One thing a name and worker, made by whoever asks first and kept over snapshots: caches, estimates, flights. */
  state<T>(name: string, make: () => T): T;
  /** Asks any server. Rejects with a `GatehouseError` when there is no answer; any status is an answer. */
  ask(request: Ask): Promise<Answer>;
  /** Asks an upstream of the configuration: its balancer, health and connections are those of callers' requests. */
  askUpstream(request: UpstreamAsk): Promise<Answer>;
  /** 32 bytes that only this gate knows, the same in all workers and after a restart; another one for each purpose. */
  secret(purpose: string): Buffer;
  readonly credentials: CredentialBook;
  /** Finds personal data and secrets of these kinds (`email`, `card`, `api_key`, …) in texts. */
  spotter(kinds: readonly string[]): Spotter;
  /**
   * Seals what was captured of a call and has it written in front of the call's record. False: it is not kept, because
   * records come first when there is too much of both.
   */
  keepBody(body: KeptBody): boolean;
  /** Replies that all workers keep together. */
  readonly cache: HttpCache;
  /** Replies of calls that must not be made twice, for all workers. */
  readonly kept: KeptReplies;
  /** Puts among the records what was seen of an exchange. */
  observed(observation: Omit<Observation, 'worker'>): void;
}

/** A part of a text, by offsets in UTF-16 units. */
export interface Spot {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

export interface Spots {
  readonly spots: readonly Spot[];
  /** What stands behind it may still turn out to be something, in a text that goes on. */
  readonly decided: number;
}

/** `goesOn`: the text was cut off. */
export type Spotter = (text: string, goesOn: boolean) => Spots;

/** A body that is kept: redacted before it is handed over, encrypted before it leaves the worker. */
export interface KeptBody {
  readonly exchange: Pick<Exchange, 'id' | 'startedAt'>;
  readonly side: 'request' | 'response';
  /** Media type without parameters; '' for none. */
  readonly type: string;
  /** As they passed. */
  readonly bytes: number;
  /** Not all of it is kept, or not all of it came. */
  readonly cut: boolean;
  readonly head: KeptHead;
  readonly text: string;
}

/** What is said of it besides; see `CapturedHead` of the room `record`. */
export interface KeptHead {
  readonly why: string;
  readonly shown?: string;
  readonly hidden?: string;
  readonly method?: string;
  readonly query?: string;
  readonly status?: number;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

interface AskBasics {
  readonly method: string;
  /** Names in lower case, checked as all heads are. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: Buffer;
  /** It may come twice where a connection turns out to have been closed; left out: as the method has it (RFC 9110 §9.2.2). */
  readonly repeatable?: boolean;
  /** For everything. */
  readonly timeoutMs: number;
  /** A longer answer fails. */
  readonly bytesMax: number;
  readonly signal?: AbortSignal;
}

export interface Ask extends AskBasics {
  /** `http:` or `https:`, verified. Redirects are answers. */
  readonly url: string;
}

export interface UpstreamAsk extends AskBasics {
  readonly upstream: string;
  /** Path and query. */
  readonly target: string;
  /** Host, instead of the endpoint's own. */
  readonly authority?: string;
}

export interface Answer {
  readonly status: number;
  /** In the order and with the repetitions of the wire, names in lower case, hop-by-hop fields taken out. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
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
