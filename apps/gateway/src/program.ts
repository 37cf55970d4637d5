import type { SemanticPlace } from '@gatehouse/ai';
import type {
  CredentialSpec,
  EndpointSpec,
  RouteSpec,
  Snapshot,
  SubscriptionSpec,
  UpstreamSpec,
} from '@gatehouse/config';
import { headerLine } from '@gatehouse/http';
import { item } from '@gatehouse/kernel';
import {
  buildPipeline,
  buildPlanLimits,
  CredentialBook,
  sessionHider,
  type Identified,
  type PipelineTools,
  type PolicyRuntime,
  type PolicyTools,
  type Principal,
  type Reply,
} from '@gatehouse/policies';
import { compileRouter, type Router } from '@gatehouse/router';
import { UpstreamGroup, type HealthView } from '@gatehouse/upstream';
import { AiProgram } from './ai/ai-program.ts';
import { allowedBits, type CompiledRoute, type RequestStep } from './compiled-route.ts';
import type { GateExchange } from './exchange.ts';
import { Certificates } from './front/certificates.ts';
import { TlsRules } from './front/tls-rules.ts';
import { TrustedProxies } from './front/trusted-proxies.ts';
import type { House } from './house.ts';
import { identityKeysOf } from './identity-keys.ts';
import { policyRuntime } from './policy-runtime.ts';
import { StoredCallers } from './stored-callers.ts';

export interface ProgramParts {
  readonly health: HealthView;
  /** What names of policies stand for. */
  readonly policies: PipelineTools['find'];
}

/** A snapshot as one worker runs it: matchers, hooks and balancers made of its data. Built whole before it serves. */
export class Program {
  readonly snapshot: Snapshot;
  readonly router: Router;
  readonly routes = new Map<RouteSpec, CompiledRoute>();
  readonly credentials: CredentialBook;
  readonly proxies: TrustedProxies;
  readonly certificates: Certificates | undefined;
  /** Undefined where TLS asks nothing of requests. */
  readonly tlsRules: TlsRules | undefined;
  /** By which upstreams check tokens about callers, where some route makes them. */
  readonly identityKeys: Reply | undefined;
  /** Of traces that begin here, 0 to 1. */
  readonly sampleShare: number;
  /** What browsers hold of logins stays at the gate, on all routes. */
  readonly hideSessions: ReturnType<typeof sessionHider>;
  readonly #ai: AiProgram | undefined;
  readonly #house: House;
  readonly #policies: PipelineTools['find'];
  readonly #runtime: PolicyRuntime;
  readonly #groups = new Map<string, UpstreamGroup>();
  #upstreams: Readonly<Record<string, UpstreamSpec>>;
  readonly #callers = new WeakMap<CredentialSpec, Map<string, KnownCaller>>();
  readonly #planLimits = new WeakMap<SubscriptionSpec, readonly RequestStep[]>();

  constructor(snapshot: Snapshot, house: House, { health, policies }: ProgramParts) {
    this.snapshot = snapshot;
    this.#upstreams = snapshot.upstreams;
    this.#house = house;
    this.#policies = policies;
    this.router = compileRouter(snapshot.routes);
    const stored = new StoredCallers(house.directory, snapshot.plans ?? {});
    this.credentials = new CredentialBook(snapshot.credentials, stored);
    this.proxies = new TrustedProxies(snapshot.gateway);
    this.hideSessions = sessionHider(snapshot.routes);
    this.sampleShare = snapshot.telemetry?.traces?.sample ?? 0;
    const tls = snapshot.gateway?.tls;
    this.certificates = tls && new Certificates(tls, house.ticketKeys);
    this.tlsRules = TlsRules.of(this.certificates, () => house.tlsPort);
    this.#ai = snapshot.ai === undefined ? undefined : new AiProgram(snapshot.ai, house);
    this.#runtime = policyRuntime(house, {
      credentials: this.credentials,
      upstreamOf: (name) => this.#groups.get(name),
    });
    const keys = identityKeysOf(snapshot, house.secret);
    if (keys !== undefined) this.identityKeys = { status: 200, headers: KEYS_HEADERS, body: keys };
    const { endpoints, random } = house;
    for (const spec of Object.values(snapshot.upstreams)) {
      this.#groups.set(spec.name, new UpstreamGroup(spec, { registry: endpoints, health, random }));
    }
    for (const spec of snapshot.routes) this.routes.set(spec, this.#compile(spec));
  }

  #compile(spec: RouteSpec): CompiledRoute {
    const { counters } = this.#house;
    const runtime = this.#runtime;
    // Not by the route: what is written at an API counts over all of its routes.
    const toolsFor = (index: number): PolicyTools => {
      return { counters, scope: item(spec.policies, index).scope, route: spec, runtime };
    };
    const pipeline = buildPipeline(spec.policies, { find: this.#policies, toolsFor });
    return {
      ...pipeline,
      spec,
      allowed: allowedBits(spec),
      broken: pipeline.broken?.reason,
      upstream: spec.target.kind === 'upstream' ? this.#groups.get(spec.target.upstream) : undefined,
    };
  }

  /** Who calls, and the lines that tell an upstream; made once for each credential and api. */
  callerOf(credential: CredentialSpec, api: string): KnownCaller {
    const byApi = this.#callers.get(credential) ?? new Map<string, KnownCaller>();
    this.#callers.set(credential, byApi);
    const known = byApi.get(api);
    if (known !== undefined) return known;
    const subscription = credential.subscriptions[api];
    const principal: Principal = {
      application: credential.application,
      credential: credential.name,
      owner: credential.owner,
      team: credential.team,
      subscription: subscription?.id,
      plan: subscription?.plan,
      modelPlans: credential.modelPlans,
      ...BY_KEY,
    };
    const caller = { principal, lines: principalLines(principal) };
    byApi.set(api, caller);
    return caller;
  }

  /** The same for somebody whom an identify policy has found: each has claims of its own. */
  callerFound(method: string, found: Identified, api: string): KnownCaller {
    const { subject, scopes = [], groups = [], claims = {} } = found;
    const known = this.callerOf(found.credential ?? NOBODY, api);
    return { lines: known.lines, principal: { ...known.principal, method, subject, scopes, groups, claims } };
  }

  /** The upstreams of the snapshot, with the endpoints that their names lead to now. */
  get upstreams(): Readonly<Record<string, UpstreamSpec>> {
    return this.#upstreams;
  }

  /** Names of upstreams lead elsewhere: requests go there from now on. */
  useEndpoints(found: Readonly<Record<string, readonly EndpointSpec[]>>, health: HealthView): void {
    const changed = Object.entries(found).flatMap(([key, endpoints]) => {
      const spec = this.#upstreams[key];
      if (spec === undefined) return [];
      this.#groups.get(spec.name)?.use(endpoints, health);
      return [[key, { ...spec, endpoints }] as const];
    });
    this.#upstreams = { ...this.#upstreams, ...Object.fromEntries(changed) };
  }

  /** An upstream that a policy has chosen. */
  upstreamOf(name: string): UpstreamGroup | undefined {
    return this.#groups.get(name);
  }

  /** The limits that a subscription's plan sets; built when it is first used. */
  planLimits(subscription: SubscriptionSpec): readonly RequestStep[] {
    const known = this.#planLimits.get(subscription);
    if (known !== undefined) return known;
    const tools = { counters: this.#house.counters, scope: `plan ${subscription.id}` };
    const { limits, quota, operations } = subscription;
    const limited = limits.length > 0 || quota !== undefined || operations !== undefined;
    const hooks = limited ? buildPlanLimits(subscription, tools) : {};
    const run = hooks.onRequest?.bind(hooks);
    const steps = run === undefined ? [] : [{ name: 'plan', place: 0, run }];
    this.#planLimits.set(subscription, steps);
    return steps;
  }

  /** Whose questions its models remember. */
  get semanticPlaces(): readonly SemanticPlace[] {
    return this.#ai?.semanticPlaces ?? [];
  }

  startAi(exchange: GateExchange, target: AiTarget): void {
    if (this.#ai === undefined)
      exchange.forward.refuse({ code: 'route.unavailable', detail: 'no models are configured' });
    else if (target.kind === 'prompt') this.#ai.startPrompt(exchange, target);
    else this.#ai.start(exchange, target.endpoint);
  }
}

type AiTarget = Exclude<RouteSpec['target'], { readonly kind: 'upstream' }>;

export interface KnownCaller {
  readonly principal: Principal;
  readonly lines: string;
}

/** Keys change with the gate's secret, which is once in its life. */
const KEYS_HEADERS = [
  ['content-type', 'application/jwk-set+json'],
  ['cache-control', 'public, max-age=300'],
] as const;

const BY_KEY = { method: 'key', subject: undefined, scopes: [], groups: [], claims: {} };

/** Whoever somebody else vouches for and no application holds. */
const NOBODY: CredentialSpec = {
  sha256: '',
  name: '',
  owner: undefined,
  expiresMs: undefined,
  application: '',
  team: undefined,
  subscriptions: {},
  models: undefined,
  tokenLimits: [],
};

function principalLines({ application, credential, plan }: Principal): string {
  if (application === '') return '';
  const lines = headerLine('x-gatehouse-application', application) + headerLine('x-gatehouse-credential', credential);
  return plan === undefined ? lines : lines + headerLine('x-gatehouse-plan', plan);
}
