import type { CredentialSpec, RouteSpec, Snapshot } from '@gatehouse/config';
import {
  FIELD,
  Forward,
  HeaderEdits,
  httpDate,
  NEVER_ALLOWED,
  type ForwardHost,
  type ForwardOutcome,
} from '@gatehouse/http';
import type { HeadProblem, Leg, LegResult, LegTimes, ReplyHead, ServerConnection } from '@gatehouse/http';
import { ERRORS, GatehouseError, isRequestId, newRequestId, type ErrorCode } from '@gatehouse/kernel';
import type { Exchange, Notes, Outcome, Principal, Reply, RequestView } from '@gatehouse/policies';
import type { RouteResult } from '@gatehouse/router';
import type { Linked } from './active-exchanges.ts';
import type { CompiledRoute, OnRequest } from './compiled-route.ts';
import type { AiFacts } from './ai/ai-facts.ts';
import { presentedAiKey, presentedKey, takeKeys, type PresentedAiKey } from './credentials.ts';
import { aiRefusal } from './ai/ai-refusal.ts';
import { ownMessage, problemMessage } from './problem.ts';
import { traceOf, type Trace } from './trace.ts';
import type { House } from './house.ts';
import type { Program } from './program.ts';
import { UpstreamLegs } from './upstream-legs.ts';

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * One request's way through the house, whole: listener → match → policies → upstream or AI → reply → record.
 * The order is `ready`, `#enter`, `#identify`, `#admitted`; everything else serves them.
 */
export class GateExchange implements Exchange, ForwardHost, RequestView, Linked<GateExchange> {
  previous: GateExchange | undefined;
  next: GateExchange | undefined;
  readonly id: string;
  readonly startedAt: number;
  readonly startedMs: number;
  readonly caller: ServerConnection;
  readonly forward: Forward;
  readonly notes: Notes = {};
  readonly trace: Trace;
  // The canonical view: copied from the head, which the next request will fill anew.
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly host: string;
  readonly clientIp: string;
  principal: Principal | undefined;
  credential: CredentialSpec | undefined;
  ai: AiFacts | undefined;
  params: Readonly<Record<string, string>> = NO_PARAMS;
  upstreamTarget = '';
  /** Host that a policy has set in place of the endpoint's own. */
  upstreamAuthority: string | undefined;
  bodyBytesMax = 0;
  readonly userAgent: string | undefined;
  readonly #house: House;
  readonly #program: Program;
  #route: CompiledRoute | undefined;
  /** What is served here under another method: refusals speak its dialect. */
  #offered: CompiledRoute | undefined;
  #legs: UpstreamLegs | undefined;
  #upstreamHeaders: HeaderEdits | undefined;
  #replyHeaders: HeaderEdits | undefined;
  #principalLines = '';
  #refusalLines = '';

  constructor(caller: ServerConnection, house: House, program: Program) {
    const { head } = caller;
    this.#house = house;
    this.#program = program;
    this.caller = caller;
    this.startedAt = house.clock.now();
    this.startedMs = house.clock.monotonic();
    this.method = head.method;
    this.path = head.target.path;
    this.query = head.target.query;
    this.host = head.host;
    this.clientIp = caller.remoteAddress;
    const offered = head.fields.known(FIELD['x-request-id']);
    this.id = offered !== undefined && isRequestId(offered) ? offered : newRequestId(this.startedAt);
    this.trace = traceOf(head.fields.known(FIELD.traceparent));
    this.userAgent = head.fields.known(FIELD['user-agent']);
    this.forward = new Forward(caller, this, house.clock.monotonic);
  }

  get request(): RequestView {
    return this;
  }

  get snapshot(): Snapshot {
    return this.#program.snapshot;
  }

  /** Only after `ready` has matched one, as every policy and the AI gateway are. */
  get route(): RouteSpec {
    if (this.#route === undefined) throw new GatehouseError('gateway.internal', 'no route yet');
    return this.#route.spec;
  }

  get routeSpec(): RouteSpec | undefined {
    return this.#route?.spec;
  }

  get legs(): UpstreamLegs | undefined {
    return this.#legs;
  }

  get program(): Program {
    return this.#program;
  }

  get contentLength(): number | undefined {
    const { framing, contentLength } = this.caller.head;
    return framing === 'chunked' ? undefined : contentLength;
  }

  header(name: string): string | undefined {
    return this.caller.head.fields.all(name);
  }

  get upstreamHeaders(): HeaderEdits {
    return (this.#upstreamHeaders ??= new HeaderEdits());
  }

  get replyHeaders(): HeaderEdits {
    return (this.#replyHeaders ??= new HeaderEdits());
  }

  /** The whole order begins. Answers at once on the plain path: it awaits only what hands it a promise. */
  ready(): void {
    this.#house.active.add(this);
    const { ambiguity } = this.caller.head.target;
    if ((ambiguity & NEVER_ALLOWED) !== 0) {
      this.#refuse('request.ambiguous', 'the path holds an encoding that is never accepted');
      return;
    }
    if (this.#house.isOwnVia(this.caller.head.fields.joined(FIELD.via))) {
      this.#refuse('request.loop', 'the request has been here before');
      return;
    }
    if (this.path === '*') {
      // `OPTIONS *` asks about the server as a whole (RFC 9110 §9.3.7): that is us, not one of the upstreams.
      this.#reply({ status: 204, headers: [], body: '' });
      return;
    }
    const result = this.#program.router.match(this);
    const route = result.kind === 'match' ? this.#program.routes.get(result.match.route) : undefined;
    if (result.kind !== 'match' || route === undefined) {
      this.#preflight(() => this.#unmatched(result, ambiguity));
    } else if ((ambiguity & ~route.allowed) !== 0) {
      this.#refuse('request.ambiguous', 'the path holds an encoding that this route does not allow');
    } else {
      this.params = result.match.params;
      this.#enter(route);
    }
  }

  /** A CORS preflight belongs to the route that it asks about: that route's guards may answer it. */
  #preflight(otherwise: () => void): void {
    const asked = this.method === 'OPTIONS' ? this.header('access-control-request-method') : undefined;
    if (asked === undefined || this.header('origin') === undefined) {
      otherwise();
      return;
    }
    const route = this.#routeFor(asked);
    if (route === undefined || (this.caller.head.target.ambiguity & ~route.allowed) !== 0) otherwise();
    else {
      this.#route = route;
      this.#run(route.guard, 0, () => {
        this.#route = undefined;
        otherwise();
      });
    }
  }

  /** Where the request would go if its method were this one. */
  #routeFor(method: string): CompiledRoute | undefined {
    const { host, path, query } = this;
    const result = this.#program.router.match({ host, path, query, method, header: (name) => this.header(name) });
    return result.kind === 'match' ? this.#program.routes.get(result.match.route) : undefined;
  }

  #unmatched(result: RouteResult, ambiguity: number): void {
    if (ambiguity !== 0) this.#refuse('request.ambiguous', 'the path holds an ambiguous encoding');
    else if (result.kind === 'method') {
      this.#refusalLines = `allow: ${result.allow.join(', ')}\r\n`;
      this.#offered = this.#routeFor(result.allow[0] ?? '');
      this.#refuse('route.method_not_allowed', `${this.method} is not offered here`);
    } else this.#refuse('route.not_found', 'nothing is served under this path');
  }

  #enter(route: CompiledRoute): void {
    this.#route = route;
    const { spec } = route;
    this.bodyBytesMax = spec.bodyBytesMax;
    this.upstreamTarget = (spec.strip === '' ? this.path : this.path.slice(spec.strip.length) || '/') + this.query;
    if (route.broken !== undefined) this.#refuse('route.unavailable', 'a policy of this route could not be built');
    else this.#run(route.guard, 0, () => this.#identify(route));
  }

  #identify(route: CompiledRoute): void {
    const { access, api } = route.spec;
    if (access === 'open') {
      this.#takeKnownKey(route);
      this.#run(route.admit, 0, () => this.#admitted(route));
      return;
    }
    const presented = this.#presented(route);
    const credential = presented === undefined ? undefined : this.#program.credentials.find(presented.key);
    if (presented === undefined || credential === undefined) {
      if (presented === undefined) this.#challenge('auth.missing', 'send a key as Authorization: Bearer or X-API-Key');
      else this.#challenge('auth.invalid', 'the key is not known here');
      return;
    }
    takeKeys(this.caller.head.fields, presented);
    const subscription = credential.subscriptions[api];
    this.credential = credential;
    const caller = this.#program.callerOf(credential, api);
    this.principal = caller.principal;
    this.#principalLines = caller.lines;
    if (credential.expiresMs !== undefined && this.startedAt >= credential.expiresMs) {
      this.#challenge('auth.expired', `the key \`${credential.name}\` has expired, use a newer one`);
      return;
    }
    if (access === 'subscribed' && subscription === undefined) {
      this.#refuse('auth.not_subscribed', `${credential.application} has no subscription to ${api}`);
      return;
    }
    const limits = subscription === undefined ? undefined : this.#program.planLimits(subscription);
    // The plan's limits come last: a call that a policy refuses takes nothing of them.
    if (limits === undefined) this.#run(route.admit, 0, () => this.#admitted(route));
    else this.#run(route.admit, 0, () => this.#run([limits], 0, () => this.#admitted(route)));
  }

  #challenge(code: ErrorCode, detail: string): void {
    this.#refusalLines = 'www-authenticate: Bearer realm="gatehouse"\r\n';
    this.#refuse(code, detail);
  }

  #presented({ spec }: CompiledRoute): PresentedAiKey | undefined {
    const { fields } = this.caller.head;
    return spec.target.kind === 'upstream' ? presentedKey(fields) : presentedAiKey(fields, this.query);
  }

  /** Where none is needed, a key is the upstream's own business, unless it is one of ours. */
  #takeKnownKey(route: CompiledRoute): void {
    const presented = this.#presented(route);
    if (presented !== undefined && this.#program.credentials.find(presented.key) !== undefined) {
      takeKeys(this.caller.head.fields, presented);
    }
  }

  #admitted(route: CompiledRoute): void {
    if (route.spec.target.kind !== 'upstream') {
      this.#program.startAi(this, route.spec.target);
      return;
    }
    if (this.method === 'OPTIONS' && !this.#mayGoOn()) return;
    if (route.upstream !== undefined) this.#legs = new UpstreamLegs(this, route.upstream, this.#house);
    this.forward.begin();
  }

  /** RFC 9110 §7.6.2: one hop less, and at 0 we are the last recipient and answer ourselves. */
  #mayGoOn(): boolean {
    const { fields } = this.caller.head;
    const sent = fields.known(FIELD['max-forwards']);
    if (sent === undefined || !/^\d{1,9}$/.test(sent)) return true;
    if (Number(sent) === 0) {
      this.#reply({ status: 204, headers: [], body: '' });
      return false;
    }
    fields.remove('max-forwards');
    this.upstreamHeaders.add('max-forwards', String(Number(sent) - 1));
    return true;
  }

  /** Runs hooks in order; stops at the first that answers. */
  #run(hooks: readonly OnRequest[], from: number, then: () => void): void {
    for (let i = from; i < hooks.length; i++) {
      const answer = hooks[i]?.(this);
      if (answer === undefined) continue;
      if (answer instanceof Promise) {
        answer
          .then((late) => (late === undefined ? this.#run(hooks, i + 1, then) : this.#reply(late)))
          .catch((error: unknown) => this.forward.onFault(error));
        return;
      }
      this.#reply(answer);
      return;
    }
    then();
  }

  #reply(reply: Reply): void {
    if ('code' in reply) {
      this.#refusalLines += lines(reply.headers ?? []);
      this.#refuse(reply.code, reply.detail);
      return;
    }
    const head = { status: reply.status, lines: lines(reply.headers) + this.ownLines() };
    const options = { keepAlive: this.caller.persists, headOnly: this.method === 'HEAD' };
    this.forward.answer({ status: reply.status, message: ownMessage(head, reply.body, options) }, undefined);
  }

  #refuse(code: ErrorCode, detail: string): void {
    this.forward.refuse({ code, detail });
  }

  // What Forward asks.

  get replayBytesMax(): number {
    return this.#legs?.replayBytesMax ?? 0;
  }

  firstLeg(): Leg | HeadProblem {
    this.upstreamAuthority = this.#upstreamHeaders?.take('host');
    return this.#legs?.first() ?? { code: 'route.unavailable', detail: 'the route leads nowhere' };
  }

  retryLeg(result: LegResult, facts: { sent: boolean; replayable: boolean }): Leg | undefined {
    return this.#legs?.retry(result, facts);
  }

  legEnded(_leg: Leg, result: LegResult, times: LegTimes): void {
    this.#legs?.ended(result, times);
  }

  requestLines(): string {
    const edits = this.#upstreamHeaders;
    const { fields } = this.caller.head;
    if (edits !== undefined) for (const name of edits.removed) fields.remove(name);
    return this.identityLines() + (edits?.lines ?? '');
  }

  /** What an upstream learns of the caller; never taken from outside (reference row 33). */
  identityLines(): string {
    return (
      `${this.#house.forwardingLines(this.clientIp, this.caller.head.authority)}x-request-id: ${this.id}\r\n` +
      `traceparent: ${this.trace.traceparent}\r\n${this.#principalLines}`
    );
  }

  replyLines(reply: ReplyHead): string {
    const hooks = this.#route?.onReplyHead ?? [];
    if (hooks.length > 0) {
      const view = { status: reply.status, header: (name: string) => reply.fields.get(name) };
      for (const hook of hooks) hook(this, view);
    }
    const edits = this.#replyHeaders;
    if (edits !== undefined) for (const name of edits.removed) reply.fields.remove(name);
    // RFC 9110 §6.6.1: a recipient with a clock adds what an upstream without one left out.
    return reply.fields.has(FIELD.date) ? this.ownLines() : `date: ${httpDate()}\r\n${this.ownLines()}`;
  }

  /** Lines of every reply of this exchange. */
  ownLines(): string {
    return `x-request-id: ${this.id}\r\n${this.#replyHeaders?.lines ?? ''}`;
  }

  refusal(problem: HeadProblem, keepAlive: boolean): { status: number; message: string } {
    const refusal = { ...problem, lines: this.#refusalLines + this.ownLines(), requestId: this.id };
    const options = { keepAlive, headOnly: this.method === 'HEAD' };
    const target = (this.#route ?? this.#offered)?.spec.target;
    return target?.kind === 'ai'
      ? aiRefusal(this, target.endpoint, { refusal, options })
      : problemMessage(refusal, options);
  }

  fault(error: unknown): HeadProblem {
    const stack = error instanceof Error ? error.stack : String(error);
    this.#house.log.error('an exchange failed', { requestId: this.id, error: stack });
    if (error instanceof GatehouseError) return { code: error.code, detail: error.detail };
    return { code: 'gateway.internal', detail: 'the request could not be dealt with' };
  }

  ended(seen: ForwardOutcome): void {
    const { code } = seen;
    // A caller that left before it was told anything is recorded with what it would have been told.
    const status = seen.status === 0 && code !== undefined ? ERRORS[code].status : seen.status;
    const outcome: Outcome = { status, code };
    for (const hook of this.#route?.onEnd ?? []) {
      try {
        hook(this, outcome);
      } catch (error) {
        this.fault(error);
      }
    }
    this.#house.record(this, { ...seen, status });
  }
}

function lines(headers: readonly (readonly [string, string])[]): string {
  return headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
}
