import type { RouteSpec, Snapshot } from '@gatehouse/config';
import { createCounterMemory, openCounters } from '@gatehouse/counters';
import { HeaderEdits } from '@gatehouse/http';
import { GatehouseError } from '@gatehouse/kernel';
import type {
  Exchange,
  PolicyHooks,
  PolicyTools,
  Principal,
  Reply,
  ReplyFilter,
  ReplyHead,
  RequestView,
} from '../policy.ts';
import { ReplyDraft } from '../reply-draft.ts';
import { fakeRuntime, type FakeRuntimeOptions } from './fake-runtime.ts';

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
  readonly body?: string | Buffer;
}

/** A fake keeps what a policy puts in place of the caller's body. */
export interface FakeExchange extends Exchange {
  sentBody: Buffer | undefined;
}

/** A request that has been matched and authenticated, as policies see it. */
export function fakeExchange(options: FakeExchangeOptions = {}): FakeExchange {
  const body = Buffer.from(options.body ?? '');
  const request = fakeRequest(options);
  const route = fakeRoute(options.route);
  return {
    id: 'fake',
    startedAt: options.startedAt ?? NOW,
    request,
    caller: { tap: undefined, lines: fieldLines(options.headers) },
    route,
    snapshot: EMPTY_SNAPSHOT,
    params: options.params ?? {},
    principal: options.principal && { ...SOMEBODY, ...options.principal },
    notes: {},
    upstreamHeaders: new HeaderEdits(),
    replyHeaders: new HeaderEdits(),
    upstreamTarget: options.upstreamTarget ?? stripped(request.path, route.strip) + request.query,
    bodyBytesMax: options.bodyBytesMax ?? route.bodyBytesMax,
    upstream: route.target.kind === 'upstream' ? route.target.upstream : '',
    sentBody: undefined,
    async requestBody(bytesMax) {
      if (body.length > Math.min(bytesMax, this.bodyBytesMax)) throw new GatehouseError('request.body_too_large', '');
      return Promise.resolve(body);
    },
    replaceRequestBody(replacement) {
      this.sentBody = replacement;
    },
    upstreamFields() {
      const { removed } = this.upstreamHeaders;
      const kept = Object.entries(options.headers ?? {}).filter(([name]) => !removed.includes(name));
      return [...kept, ...linesOf(this.upstreamHeaders).map(fieldOf)];
    },
  };
}

/** Tools with counters of their own; `options` say what the fakes around them do. */
export function fakeTools(scope = 'test#0', options: FakeToolsOptions = {}): PolicyTools {
  const counters = openCounters(createCounterMemory({ slots: 64 }), 0);
  return { counters, scope, route: fakeRoute(options.route), runtime: fakeRuntime(options) };
}

export interface FakeToolsOptions extends FakeRuntimeOptions {
  readonly route?: Partial<RouteSpec>;
}

export interface FakeReply {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  /** Ended; else it was cut or refused, as `failed` says, or is still under way. */
  readonly complete: boolean;
  readonly failed: string | undefined;
  readonly held: boolean;
}

export interface UpstreamReply {
  readonly status?: number;
  readonly headers?: readonly (readonly [string, string])[];
  /** In the pieces in which it comes. */
  readonly body?: readonly (string | Buffer)[];
  /** Breaks off behind its pieces. */
  readonly broken?: boolean;
}

/** Sends a reply of an upstream through a policy's hook, as the gate does; the caller's view of it, as it is when looked at. */
export function throughReply(hooks: PolicyHooks, exchange: Exchange, upstream: UpstreamReply): FakeReply {
  const pieces = (upstream.body ?? []).map((piece) => Buffer.from(piece));
  const written = upstream.headers ?? [];
  const length = written.find(([name]) => name === 'content-length')?.[1];
  const draft = new ReplyDraft({
    status: upstream.status ?? 200,
    fields: written.filter(([name]) => name !== 'content-length'),
    length: length === undefined ? undefined : Number(length),
  });
  const seen: Buffer[] = [];
  let headers: readonly (readonly [string, string])[] | undefined;
  let state: 'open' | 'complete' | 'failed' = 'open';
  let failed: string | undefined;
  let held = false;
  const sink = {
    head: () => {
      if (headers !== undefined) throw new Error('the head is given twice');
      headers = structuredClone(draft.fields);
    },
    data: (bytes: Buffer) => {
      if (state !== 'open') throw new Error('data after the end');
      if (headers === undefined) sink.head();
      seen.push(Buffer.from(bytes));
    },
    end: () => {
      if (state !== 'open') throw new Error('two ends');
      if (headers === undefined) sink.head();
      state = 'complete';
    },
    fail: (code: string) => {
      state = 'failed';
      failed = code;
    },
    hold: (on: boolean) => {
      held = on;
    },
  };
  const filter: ReplyFilter = hooks.onReply?.(exchange, draft, sink) ?? { data: sink.data, end: sink.end };
  if (filter.head === undefined) sink.head();
  else filter.head();
  for (const piece of pieces) filter.data(piece);
  if (upstream.broken === true) filter.broken?.();
  else filter.end();
  return {
    get status() {
      return draft.status;
    },
    get headers() {
      return headers ?? [];
    },
    get body() {
      return Buffer.concat(seen);
    },
    get complete() {
      return state === 'complete';
    },
    get failed() {
      return failed;
    },
    get held() {
      return held;
    },
  };
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

function fieldOf(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 2)];
}

function fieldLines(headers: Readonly<Record<string, string>> = {}): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
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
  method: 'key',
  subject: undefined,
  scopes: [],
  groups: [],
  claims: {},
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
    scheme: rest.scheme ?? 'https',
    authority: rest.authority ?? rest.host ?? 'api.example.com',
    clientIp: rest.clientIp ?? '192.0.2.7',
    contentLength: 'contentLength' in rest ? rest.contentLength : 0,
    clientCertificate: rest.clientCertificate,
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
