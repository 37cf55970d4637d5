import {
  headerOf,
  isExplicit,
  parseDirectives,
  refreshed,
  selectingFields,
  storage,
  useOf,
  validators,
  type Field,
  type StoredReply,
  type StoreOptions,
  type Ticket,
  type Use,
  type UseOptions,
} from '@gatehouse/cache';
import type { Exchange, OwnReply, PolicyRuntime, Reply, ReplyFilter, ReplySink } from '../policy.ts';
import type { ReplyDraft } from '../reply-draft.ts';
import { addressOf, neighbour, partitionOf } from './cache-key.ts';
import { cacheStatus, cacheWord, type CacheAct } from './cache-status.ts';
import { KeepingFilter } from './keeping-filter.ts';
import { refreshBehind } from './refresh.ts';
import type { Config } from './schema.ts';
import { storedAnswer, tagsOf } from './stored-answer.ts';

export interface CacheRules extends UseOptions, StoreOptions, Pick<Config, 'query' | 'identity'> {
  readonly bytesMax: number;
  readonly tagHeader: string;
}

/** Whoever waits for another's answer waits so long; then it asks by itself. */
const WAIT_MS_MAX = 5_000;
/** So long after a reply that cannot be kept, callers do not wait for each other. */
const ALONE_MS = 10_000;
/** Safe methods (RFC 9110 §9.2.1): everything else may change what is kept. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
const NOT_THERE: Reply = { code: 'request.not_cached', detail: 'nothing is kept that could answer this' };

/** One call and what the cache has to do with it. */
export class CacheCall {
  readonly #exchange: Exchange;
  readonly #runtime: PolicyRuntime;
  readonly #rules: CacheRules;
  readonly #url: string;
  readonly #partition: string;
  #sentMs: number;
  /** What is asked about again, and may stand in for a failure. */
  #stored: StoredReply | undefined;
  #use: Use | undefined;
  #ticket: Ticket | undefined;
  #why: CacheAct['forward'];
  /** What the caller asked under a condition, once ours have taken the place of its. */
  readonly #conditions = new Map<string, string | undefined>();

  constructor(exchange: Exchange, runtime: PolicyRuntime, rules: CacheRules) {
    this.#exchange = exchange;
    this.#runtime = runtime;
    this.#rules = rules;
    this.#url = addressOf(exchange, rules.query);
    this.#partition = partitionOf(exchange, rules.identity);
    this.#sentMs = runtime.clock.now();
  }

  begin(): Reply | undefined | Promise<Reply | undefined> {
    const { method } = this.#exchange.request;
    if (method !== 'GET' && method !== 'HEAD') {
      this.#why = 'method';
      return undefined;
    }
    const wish = parseDirectives(this.#exchange.request.header('cache-control'));
    if (this.#rules.obeyCallers && wish.has('no-store')) {
      this.#why = 'request';
      return undefined;
    }
    const answer = this.#lookUp(false);
    if (answer !== undefined) return answer;
    if (this.#rules.obeyCallers && wish.has('only-if-cached')) return NOT_THERE;
    return this.#together();
  }

  /** What is kept, if it may be given; else notes what must be asked. */
  #lookUp(collapsed: boolean): OwnReply | undefined {
    const { cache, clock } = this.#runtime;
    const { request } = this.#exchange;
    const header = (name: string): string | undefined => request.header(name);
    const stored = cache.find(this.#url, this.#partition, header);
    // A part under a condition is for whoever has the rest of the same: the upstream tells.
    if (stored === undefined || (stored.status === 206 && header('if-range') !== undefined)) {
      this.#why = cache.knows(this.#url) ? 'vary-miss' : 'uri-miss';
      return undefined;
    }
    const use = useOf(stored, header, { nowMs: clock.now(), options: this.#rules });
    if (use.how === 'fresh') return this.#answer(stored, use, { hit: true, collapsed });
    if (use.how === 'stale' && stored.partition === '') {
      refreshBehind(this.#exchange, this.#runtime, { url: this.#url, stored, rules: this.#rules });
      return this.#answer(stored, use, { hit: true, forward: 'stale' });
    }
    this.#stored = stored;
    this.#use = use;
    this.#why = use.ttlMs > 0 ? 'request' : 'stale';
    return undefined;
  }

  #answer(stored: StoredReply, { ageMs, ttlMs }: Use, act: CacheAct): OwnReply {
    const nowMs = this.#runtime.clock.now();
    const header = (name: string): string | undefined =>
      this.#conditions.has(name) ? this.#conditions.get(name) : this.#exchange.request.header(name);
    const answer = storedAnswer(stored, header, { ageMs, nowMs });
    this.#note(act);
    const headers = [
      ...this.#shown(answer.headers),
      ['cache-status', this.#status(stored.fields, { ...act, ttlMs })] as const,
    ];
    return { ...answer, headers };
  }

  #shown(fields: readonly Field[]): readonly Field[] {
    return fields.filter(([name]) => name !== this.#rules.tagHeader && name !== 'cache-status');
  }

  /** Caches nearer to the origin stand first (RFC 9211 §2). */
  #status(fields: readonly Field[], act: CacheAct): string {
    const before = headerOf(fields)('cache-status');
    return before === undefined ? cacheStatus(act) : `${before}, ${cacheStatus(act)}`;
  }

  #note(act: CacheAct): void {
    this.#exchange.notes.cacheStatus = cacheWord(act);
  }

  /** Of many who miss the same, one asks. Heads and parts are not what is kept, so they keep nobody waiting. */
  #together(): undefined | Promise<Reply | undefined> {
    const { request } = this.#exchange;
    if (request.method === 'HEAD' || request.header('range') !== undefined) {
      this.#validate();
      return undefined;
    }
    const { cache, clock } = this.#runtime;
    const key = `${cache.isShared(this.#url) ? '' : this.#partition} ${this.#url}`;
    const flight = cache.flights.begin(key, clock.now(), WAIT_MS_MAX);
    if (flight.kind === 'wait') return this.#after(flight.over);
    if (flight.kind === 'lead') this.#ticket = flight.ticket;
    this.#validate();
    return undefined;
  }

  async #after(over: Promise<void>): Promise<Reply | undefined> {
    await over;
    this.#stored = undefined;
    this.#use = undefined;
    const answer = this.#lookUp(true);
    if (answer === undefined) this.#validate();
    return answer;
  }

  /** Makes the request ask whether what is kept still holds, in place of what its caller asks (RFC 9111 §4.3.1). */
  #validate(): void {
    this.#sentMs = this.#runtime.clock.now();
    const { upstreamHeaders } = this.#exchange;
    if (this.#stored === undefined) return;
    const own = validators(this.#stored);
    if (own.length === 0) return;
    for (const name of CONDITIONS) {
      this.#conditions.set(name, this.#exchange.request.header(name));
      upstreamHeaders.remove(name);
    }
    for (const [name, value] of own) upstreamHeaders.add(name, value);
  }

  onReply(reply: ReplyDraft, sink: ReplySink): ReplyFilter | undefined {
    const { method } = this.#exchange.request;
    if (!SAFE.has(method)) {
      if (reply.status < 200 || reply.status >= 400) return undefined;
      this.#invalidate(reply);
      // RFC 9110 §9.3.3: what a POST gives may say that it is what a GET would get.
      const same = method === 'POST' && neighbour(this.#url, reply.header('content-location')) === this.#url;
      return same ? this.#keep(reply, sink) : undefined;
    }
    if (this.#stored !== undefined && reply.status === 304 && this.#asked)
      return this.#confirmed(this.#stored, reply, sink);
    if (this.#stored !== undefined && reply.status >= 500 && this.#use?.ifError === true) {
      const { status } = reply;
      return this.#instead(this.#stored, reply, sink, status);
    }
    return this.#keep(reply, sink);
  }

  /** Our own condition was asked, and not one of the caller's. */
  get #asked(): boolean {
    return this.#stored !== undefined && validators(this.#stored).length > 0;
  }

  /** RFC 9111 §4.4. */
  #invalidate(reply: ReplyDraft): void {
    const { cache, clock } = this.#runtime;
    const nowMs = clock.now();
    cache.forget(this.#url, nowMs);
    for (const name of ['location', 'content-location']) {
      const other = neighbour(this.#url, reply.header(name));
      if (other !== undefined) cache.forget(other, nowMs);
    }
  }

  #confirmed(stored: StoredReply, reply: ReplyDraft, sink: ReplySink): ReplyFilter {
    const nowMs = this.#runtime.clock.now();
    const news = refreshed(stored, { fields: reply.fields, requestMs: this.#sentMs, responseMs: nowMs });
    this.#runtime.cache.keep(this.#url, news, tagsOf(news.fields, this.#rules.tagHeader));
    this.end();
    const header = (name: string): string | undefined => this.#exchange.request.header(name);
    const use = useOf(news, header, { nowMs, options: this.#rules });
    return this.#become(this.#answer(news, use, { hit: true, forward: this.#why, forwardStatus: 304 }), reply, sink);
  }

  /** RFC 5861 §4. */
  #instead(stored: StoredReply, reply: ReplyDraft, sink: ReplySink, status: number): ReplyFilter {
    this.end();
    const use = this.#use ?? { ageMs: Infinity, ttlMs: -Infinity };
    const act = { hit: true, forward: 'stale', forwardStatus: status } as const;
    return this.#become(this.#answer(stored, { ...use, how: 'stale', ifError: true }, act), reply, sink);
  }

  /** What comes of the upstream's body is nobody's business any more. */
  #become({ status, headers, body }: OwnReply, reply: ReplyDraft, sink: ReplySink): ReplyFilter {
    const bytes = Buffer.from(body);
    const bodiless = status === 304 || status === 204;
    reply.become({ status, fields: headers, length: bodiless ? undefined : bytes.length });
    const headOnly = this.#exchange.request.method === 'HEAD';
    return {
      head: () => {
        sink.head();
        if (!headOnly && !bodiless && bytes.length > 0) sink.data(bytes);
        sink.end();
      },
      data: () => {},
      end: () => {},
    };
  }

  #keep(reply: ReplyDraft, sink: ReplySink): ReplyFilter | undefined {
    const responseMs = this.#runtime.clock.now();
    const { request, principal } = this.#exchange;
    const header = (name: string): string | undefined => request.header(name);
    const identified = principal !== undefined && this.#rules.identity === 'caller';
    const asked = { method: request.method === 'POST' ? 'GET' : request.method, header, identified };
    const verdict = storage(asked, { status: reply.status, fields: reply.fields, responseMs }, this.#rules);
    const posted = request.method === 'POST' && !isExplicit(headerOf(reply.fields));
    const kept = verdict.kept && !posted && this.#why !== 'request' && (reply.length ?? 0) <= this.#rules.bytesMax;
    const act: CacheAct = { forward: this.#why, forwardStatus: reply.status, stored: kept };
    this.#note(act);
    const fields = withDate(reply.fields, responseMs);
    const status = this.#status(reply.fields, act);
    reply.remove(this.#rules.tagHeader);
    reply.set('cache-status', status);
    if (!kept || !verdict.kept) {
      this.#endAlone(reply.status < 500);
      return undefined;
    }
    const stored = {
      status: reply.status,
      fields: fields.filter(([name]) => !NEVER_KEPT.has(name)),
      requestMs: this.#sentMs,
      responseMs,
      selecting: selectingFields(varyOf(reply.status, fields), header),
      partition: verdict.shared ? '' : this.#partition,
    };
    const tags = tagsOf(fields, this.#rules.tagHeader);
    // What answers a change is newer than the change, which the address has just been forgotten for.
    const asOfMs = request.method === 'POST' ? responseMs + 1 : this.#sentMs;
    return new KeepingFilter(sink, this.#rules.bytesMax, (body) => {
      if (body !== undefined) this.#runtime.cache.keep(this.#url, { ...stored, body }, tags, asOfMs);
      this.end();
    });
  }

  onFailure(): OwnReply | undefined {
    const stored = this.#stored;
    const use = this.#use;
    if (stored === undefined || use?.ifError !== true) return undefined;
    this.end();
    return this.#answer(stored, use, { hit: true, forward: 'stale' });
  }

  /** Nobody needs to wait for this call any more. */
  end(): void {
    if (this.#ticket !== undefined) this.#runtime.cache.flights.end(this.#ticket);
    this.#ticket = undefined;
  }

  #endAlone(lasting: boolean): void {
    if (this.#ticket === undefined) return;
    this.#runtime.cache.flights.end(this.#ticket, lasting ? this.#runtime.clock.now() + ALONE_MS : 0);
    this.#ticket = undefined;
  }
}

const CONDITIONS = ['if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since', 'if-range', 'range'];

/** Of one connection or one exchange (RFC 9111 §3.1). */
const NEVER_KEPT: ReadonlySet<string> = new Set([
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'keep-alive',
  'cache-status',
]);

/** A part is told apart by what was asked for, too. */
function varyOf(status: number, fields: readonly Field[]): string | undefined {
  const vary = headerOf(fields)('vary');
  if (status !== 206) return vary;
  return vary === undefined ? 'range' : `${vary}, range`;
}

/** What comes without a date gets ours (RFC 9110 §6.6.1), which its age is counted from. */
function withDate(fields: readonly Field[], nowMs: number): readonly Field[] {
  return fields.some(([name]) => name === 'date') ? [...fields] : [...fields, ['date', new Date(nowMs).toUTCString()]];
}
