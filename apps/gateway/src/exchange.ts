import type { CredentialSpec, RouteSpec, Snapshot, SubscriptionSpec } from '@gatehouse/config';
import { FIELD, Forward, HeaderEdits, type ForwardHost, type ForwardOutcome } from '@gatehouse/http';
import type { HeadProblem, Leg, LegResult, LegTimes, ReplyCourse, ReplyHead, ServerConnection } from '@gatehouse/http';
import { ERRORS, GatehouseError, isRequestId, newRequestId, type ErrorCode } from '@gatehouse/kernel';
import type { ClientCertificate, Exchange, Notes, Principal, Reply, RequestView } from '@gatehouse/policies';
import type { RouteResult } from '@gatehouse/router';
import type { Linked } from './active-exchanges.ts';
import { AskedBody } from './body/asked-body.ts';
import { NO_STEPS, type CompiledRoute, type RequestStep } from './compiled-route.ts';
import type { AiFacts } from './ai/ai-facts.ts';
import type { AiTab } from './ai/ai-tab.ts';
import { aiRefusal } from './ai/ai-refusal.ts';
import { problemOf, tellEnd } from './exchange-fault.ts';
import { clientCertificateOf } from './front/client-certificate.ts';
import type { Origin } from './front/trusted-proxies.ts';
import { GateReplies } from './gate-replies.ts';
import { grpcFailure, grpcRefusal } from './grpc-refusal.ts';
import { isLastHop } from './max-forwards.ts';
import { identify, type IdentifyingOwner } from './identifying.ts';
import { ownAnswer } from './own-answer.ts';
import { problemMessage } from './problem.ts';
import { takeTrace, type Trace } from './trace.ts';
import type { House } from './house.ts';
import type { KnownCaller, Program } from './program.ts';
import { noted } from './policy-waits.ts';
import { whenSettled } from './when-settled.ts';
import { upstreamFields } from './upstream-fields.ts';
import { UpstreamLegs } from './upstream-legs.ts';

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});
type Next = (it: GateExchange, route: CompiledRoute) => void;

/**
 * One request's way through the house, whole: listener → match → policies → upstream or AI → reply → record.
 * The order is `ready`, `#enter`, `identify`, `admit`, `#admitted`; everything else serves them.
 */
export class GateExchange implements Exchange, ForwardHost, IdentifyingOwner, RequestView, Linked<GateExchange> {
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
  tab: AiTab | undefined;
  params: Readonly<Record<string, string>> = NO_PARAMS;
  upstreamTarget = '';
  /** Host that a policy has set in place of the endpoint's own. */
  upstreamAuthority: string | undefined;
  bodyBytesMax = 0;
  upstream = '';
  #body: AskedBody | undefined;
  readonly userAgent: string | undefined;
  readonly #house: House;
  readonly #program: Program;
  #route: CompiledRoute | undefined;
  /** Whose guards have let a preflight pass: they are told of its end. */
  #guarded: CompiledRoute | undefined;
  /** What is served here under another method: refusals speak its dialect. */
  #offered: CompiledRoute | undefined;
  #legs: UpstreamLegs | undefined;
  /** What the caller's plan allows. */
  #limits: readonly RequestStep[] = NO_STEPS;
  readonly #origin: Origin | undefined;
  #upstreamHeaders: HeaderEdits | undefined;
  readonly #replies: GateReplies;
  readonly exchange = this;
  #principalLines = '';
  /** When each part of the order began, by the clock of `startedMs`; 0: it has not. */
  readonly began = { identify: 0, admit: 0, shape: 0 };

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
    this.#origin = program.proxies.originOf(caller);
    this.clientIp = this.#origin?.ip ?? caller.remoteAddress;
    const offered = head.fields.known(FIELD['x-request-id']);
    this.id = offered !== undefined && isRequestId(offered) ? offered : newRequestId(this.startedAt);
    this.trace = takeTrace(head.fields, program.sampleShare);
    this.userAgent = head.fields.known(FIELD['user-agent']);
    this.forward = new Forward(caller, this, house.clock.monotonic);
    this.#replies = new GateReplies(this);
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
    return this.#replies.edits;
  }

  /** The whole order begins. Answers at once on the plain path: it awaits only what hands it a promise. */
  ready(): void {
    this.#house.active.add(this);
    const { ambiguity } = this.caller.head.target;
    const own = ownAnswer(this, this.#house);
    if (own !== undefined) {
      this.#replies.give(own, 0);
      return;
    }
    const result = this.#program.router.match(this);
    const route = result.kind === 'match' ? this.#program.routes.get(result.match.route) : undefined;
    if (result.kind !== 'match' || route === undefined) {
      this.#preflight(() => this.#unmatched(result, ambiguity));
    } else if ((ambiguity & ~route.allowed) !== 0) {
      this.refuse('request.ambiguous', 'the path holds an encoding that this route does not allow');
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
      this.#use(route);
      const next = (): void => {
        this.#use(undefined);
        this.#guarded = route;
        otherwise();
      };
      if (this.#passes(route.guard, next)) next();
    }
  }

  /** Where the request would go if its method were this one. */
  #routeFor(method: string): CompiledRoute | undefined {
    const { host, path, query } = this;
    const result = this.#program.router.match({ host, path, query, method, header: (name) => this.header(name) });
    return result.kind === 'match' ? this.#program.routes.get(result.match.route) : undefined;
  }

  #unmatched(result: RouteResult, ambiguity: number): void {
    if (ambiguity !== 0) this.refuse('request.ambiguous', 'the path holds an ambiguous encoding');
    else if (result.kind === 'method') {
      this.#offered = this.#routeFor(result.allow[0] ?? '');
      const lines = `allow: ${result.allow.join(', ')}\r\n`;
      this.refuse('route.method_not_allowed', `${this.method} is not offered here`, lines);
    } else this.refuse('route.not_found', 'nothing is served under this path');
  }

  #use(route: CompiledRoute | undefined): void {
    this.#route = route;
    this.#replies.route = route;
  }

  #enter(route: CompiledRoute): void {
    this.#use(route);
    const { spec } = route;
    this.bodyBytesMax = spec.bodyBytesMax;
    if (spec.target.kind === 'upstream') this.upstream = spec.target.upstream;
    this.upstreamTarget = (spec.strip === '' ? this.path : this.path.slice(spec.strip.length) || '/') + this.query;
    if (route.broken !== undefined) this.refuse('route.unavailable', 'a policy of this route could not be built');
    else if (this.#passes(route.guard, GateExchange.#identify)) GateExchange.#identify(this, route);
  }

  identified(credential: CredentialSpec | undefined, caller: KnownCaller): void {
    this.credential = credential;
    this.principal = caller.principal;
    this.#principalLines = caller.lines;
  }

  answer(reply: Reply): void {
    this.#replies.give(reply, 0);
  }

  refuse(code: ErrorCode, detail: string, lines = ''): void {
    this.#replies.refusalLines = lines;
    this.forward.refuse({ code, detail });
  }

  /** The plan's limits come behind the policies: a call that a policy refuses takes nothing of them. */
  admit(route: CompiledRoute, subscription: SubscriptionSpec | undefined): void {
    if (subscription !== undefined) this.#limits = this.#program.planLimits(subscription);
    this.began.admit = this.#house.clock.monotonic();
    if (this.#passes(route.admit, GateExchange.#limit)) GateExchange.#limit(this, route);
  }

  // Static, so that no call makes a function of its own for what comes next.
  static readonly #identify: Next = (it, route) => {
    it.began.identify = it.#house.clock.monotonic();
    identify(it, route);
  };
  static readonly #limit: Next = (it, route) => {
    if (it.#passes(it.#limits, GateExchange.#shape)) GateExchange.#shape(it, route);
  };
  static readonly #shape: Next = (it, route) => {
    it.began.shape = it.#house.clock.monotonic();
    if (it.#passes(route.shape, GateExchange.#send)) it.#admitted(route);
  };
  static readonly #send: Next = (it, route) => it.#admitted(route);

  #admitted(route: CompiledRoute): void {
    if (route.spec.target.kind !== 'upstream') {
      this.#program.startAi(this, route.spec.target);
      return;
    }
    if (this.method === 'OPTIONS' && isLastHop(this.caller.head.fields, this.upstreamHeaders)) {
      this.#replies.give({ status: 204, headers: [], body: '' }, 0);
      return;
    }
    if (this.forward.over) return;
    const isChosen = this.upstream === route.spec.target.upstream;
    const group = isChosen ? route.upstream : this.#program.upstreamOf(this.upstream);
    if (group !== undefined) this.#legs = new UpstreamLegs(this, group, this.#house);
    const whole = this.wholeBody;
    if (whole !== undefined) this.forward.useBody(whole, this.#body?.callersBytes ?? 0);
    this.forward.begin();
  }

  /** Runs hooks in order: true once all have let it pass. Where one must be waited for, `then` goes on in its time. */
  #passes(steps: readonly RequestStep[], then: Next, from = 0): boolean {
    for (let i = from; i < steps.length; i++) {
      const step = steps[i];
      const answer = step?.run(this);
      if (step === undefined || answer === undefined) continue;
      if (answer instanceof Promise) {
        const go = (late: Reply | undefined): void => {
          // A caller that left meanwhile is done with: what a policy took now, its `onEnd` would never give back.
          if (this.forward.over) return;
          if (late !== undefined) this.#replies.give(late, step.place);
          else if (this.#route !== undefined && this.#passes(steps, then, i + 1)) then(this, this.#route);
        };
        void whenSettled(noted(this, step.name, answer), go, (error) => this.forward.onFault(error));
      } else this.#replies.give(answer, step.place);
      return false;
    }
    return true;
  }

  async requestBody(bytesMax: number): Promise<Buffer> {
    this.#body ??= new AskedBody(this, this.#house, this.bodyBytesMax).begin();
    return this.#body.whole(bytesMax);
  }

  replaceRequestBody(body: Buffer): void {
    if (this.#body === undefined) throw new GatehouseError('gateway.internal', 'no body was asked for');
    this.#body.replace(body);
  }

  upstreamFields(): readonly (readonly [string, string])[] {
    return upstreamFields(this.caller.head, this.#upstreamHeaders, this.identityLines());
  }

  /** What a policy has asked for, or put in its place: the connection has nothing more to say of it. */
  get wholeBody(): Buffer | undefined {
    return this.#body?.toSend;
  }

  courseOf(reply: ReplyHead): ReplyCourse | undefined {
    return grpcFailure(this, reply) ?? this.#replies.courseOf(reply);
  }

  rescue(problem: HeadProblem): boolean {
    return this.#replies.rescue(problem);
  }

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

  legEnded(leg: Leg, result: LegResult, times: LegTimes): void {
    this.#legs?.ended(leg, result, times);
  }

  requestTrailers(trailers: string): string {
    return this.#upstreamHeaders?.kept(trailers) ?? trailers;
  }

  requestLines(): string {
    const edits = this.#upstreamHeaders;
    if (edits !== undefined) for (const name of edits.removed) this.caller.head.fields.withhold(name);
    return this.identityLines() + (edits?.lines ?? '');
  }

  get scheme(): string {
    return this.#origin?.proto ?? (this.caller.secure ? 'https' : 'http');
  }

  get authority(): string {
    return this.#origin?.authority.toLowerCase() ?? this.caller.head.authority;
  }

  get clientCertificate(): ClientCertificate | undefined {
    return clientCertificateOf(this.caller);
  }

  /** What an upstream learns of the caller; never taken from outside (reference row 33). */
  identityLines(): string {
    return (
      `${this.#house.forwardingLines(this.#origin, this.caller)}x-request-id: ${this.id}\r\n` +
      `traceparent: ${this.trace.traceparent}\r\n${this.#principalLines}`
    );
  }

  replyLines(reply: ReplyHead): string {
    return this.#replies.lines(reply);
  }

  ownLines(): string {
    return this.#replies.ownLines();
  }

  refusal(problem: HeadProblem, keepAlive: boolean): { status: number; message: string } {
    const refusal = { ...problem, lines: this.#replies.linesOf(problem), requestId: this.id };
    if (this.caller.grpc) return grpcRefusal(refusal, this.caller.head);
    const options = { keepAlive, headOnly: this.method === 'HEAD' };
    const target = (this.#route ?? this.#offered)?.spec.target;
    return target?.kind === 'ai'
      ? aiRefusal(this, target.endpoint, { refusal, options })
      : problemMessage(refusal, options);
  }

  fault(error: unknown): HeadProblem {
    return problemOf(error, { log: this.#house.log, requestId: this.id });
  }

  ended(seen: ForwardOutcome): void {
    this.#body?.drop();
    const { code, times } = seen;
    // A caller that left before it was told anything is recorded with what it would have been told.
    const status = seen.status === 0 && code !== undefined ? ERRORS[code].status : seen.status;
    const upstreamMs = times.firstByteMs === 0 ? undefined : times.firstByteMs - times.begunMs;
    tellEnd(this, (this.#route ?? this.#guarded)?.onEnd ?? [], { status, code, upstreamMs });
    this.#house.record(this, { ...seen, status });
  }
}
