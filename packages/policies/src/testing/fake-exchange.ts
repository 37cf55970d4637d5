import type { RouteSpec, Snapshot } from '@gatehouse/config';
import { createCounterMemory, openCounters } from '@gatehouse/counters';
import { HeaderEdits } from '@gatehouse/http';
import type { Exchange, PolicyHooks, PolicyTools, Principal, Reply, ReplyHead, RequestView } from '../policy.ts';

/** 2026-06-16, a Tuesday, 14:30 UTC. */
export const NOW = Date.UTC(2026, 5, 16, 14, 30);

export interface FakeExchangeOptions extends Partial<Omit<RequestView, 'header'>> {
  /** By lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly route?: Partial<RouteSpec>;
  readonly params?: Readonly<Record<string, string>>;
  readonly principal?: Partial<Principal>;
  readonly startedAt?: number;
  readonly upstreamTarget?: string;
  readonly bodyBytesMax?: number;
}

/** A request that has been matched and authenticated, as policies see it. */
export function fakeExchange(options: FakeExchangeOptions = {}): Exchange {
  const request = fakeRequest(options);
  const route = fakeRoute(options.route);
  return {
    id: 'fake',
    startedAt: options.startedAt ?? NOW,
    request,
    route,
    snapshot: EMPTY_SNAPSHOT,
    params: options.params ?? {},
    principal: options.principal && { ...SOMEBODY, ...options.principal },
    notes: {},
    upstreamHeaders: new HeaderEdits(),
    replyHeaders: new HeaderEdits(),
    upstreamTarget: options.upstreamTarget ?? stripped(request.path, route.strip) + request.query,
    bodyBytesMax: options.bodyBytesMax ?? route.bodyBytesMax,
  };
}

/** Tools with counters of their own. */
export function fakeTools(scope = 'test#0'): PolicyTools {
  return { counters: openCounters(createCounterMemory({ slots: 64 }), 0), scope };
}

export function fakeReplyHead(status = 200, fields: Readonly<Record<string, string>> = {}): ReplyHead {
  return { status, header: (name) => (Object.hasOwn(fields, name) ? fields[name] : undefined) };
}

/** What a policy answers, which it has to do at once. */
export function ask(hooks: PolicyHooks, exchange: Exchange): Reply | undefined {
  const reply = hooks.onRequest?.(exchange);
  if (reply instanceof Promise) throw new Error('onRequest answered with a promise');
  return reply;
}

/** The lines of an edit as `name: value`. */
export function linesOf(edits: HeaderEdits): readonly string[] {
  return edits.lines.split('\r\n').slice(0, -1);
}

const SOMEBODY: Principal = {
  application: 'mobile',
  credential: 'ci',
  owner: undefined,
  team: undefined,
  subscription: undefined,
  plan: undefined,
};

const EMPTY_SNAPSHOT: Snapshot = { version: '000000000000', upstreams: {}, routes: [], credentials: [], ai: undefined };

function stripped(path: string, prefix: string): string {
  const rest = path.startsWith(prefix) ? path.slice(prefix.length) : path;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function fakeRequest(options: FakeExchangeOptions): RequestView {
  const { headers = {}, ...rest } = options;
  return {
    method: rest.method ?? 'GET',
    path: rest.path ?? '/v1/users/7',
    query: rest.query ?? '',
    host: rest.host ?? 'api.example.com',
    clientIp: rest.clientIp ?? '192.0.2.7',
    contentLength: 'contentLength' in rest ? rest.contentLength : 0,
    header: (name) => (Object.hasOwn(headers, name) ? headers[name] : undefined),
  };
}

function fakeRoute(route: Partial<RouteSpec> = {}): RouteSpec {
  return {
    id: 'users GET /users/{id}',
    api: 'users',
    version: '1.0.0',
    hosts: [],
    method: 'GET',
    path: '/v1/users/{id}',
    strip: '/v1',
    when: undefined,
    access: 'subscribed',
    allow: [],
    policies: [],
    bodyBytesMax: 1_000_000,
    target: { kind: 'upstream', upstream: 'users' },
    ...route,
  };
}
