import type { SemanticPlace } from '@gatehouse/ai';
import type { CredentialSpec, RouteSpec, Snapshot, SubscriptionSpec } from '@gatehouse/config';
import { headerLine } from '@gatehouse/http';
import { item } from '@gatehouse/kernel';
import { buildPipeline, buildPlanLimits, type Principal } from '@gatehouse/policies';
import { compileRouter, type Router } from '@gatehouse/router';
import { UpstreamGroup, type HealthView } from '@gatehouse/upstream';
import { AiProgram } from './ai/ai-program.ts';
import { allowedBits, type CompiledRoute, type OnRequest } from './compiled-route.ts';
import { Credentials } from './credentials.ts';
import type { GateExchange } from './exchange.ts';
import type { House } from './house.ts';

/** A snapshot as one worker runs it: matchers, hooks and balancers made of its data. Built whole before it serves. */
export class Program {
  readonly snapshot: Snapshot;
  readonly router: Router;
  readonly routes = new Map<RouteSpec, CompiledRoute>();
  readonly credentials: Credentials;
  readonly #ai: AiProgram | undefined;
  readonly #house: House;
  readonly #callers = new Map<CredentialSpec, Map<string, KnownCaller>>();
  readonly #planLimits = new Map<SubscriptionSpec, OnRequest | undefined>();

  constructor(snapshot: Snapshot, house: House, health: HealthView) {
    this.snapshot = snapshot;
    this.#house = house;
    this.router = compileRouter(snapshot.routes);
    this.credentials = new Credentials(snapshot.credentials);
    this.#ai = snapshot.ai === undefined ? undefined : new AiProgram(snapshot.ai, house);
    const groups = new Map<string, UpstreamGroup>();
    const { endpoints, random } = house;
    for (const spec of Object.values(snapshot.upstreams)) {
      groups.set(spec.name, new UpstreamGroup(spec, { registry: endpoints, health, random }));
    }
    for (const spec of snapshot.routes) this.routes.set(spec, this.#compile(spec, groups));
  }

  #compile(spec: RouteSpec, groups: ReadonlyMap<string, UpstreamGroup>): CompiledRoute {
    const counters = this.#house.counters;
    // Not by the route: what is written at an API counts over all of its routes.
    const pipeline = buildPipeline(spec.policies, (index) => ({ counters, scope: item(spec.policies, index).scope }));
    return {
      spec,
      allowed: allowedBits(spec),
      guard: pipeline.onRequest.slice(0, pipeline.guards).map(({ run }) => run),
      admit: pipeline.onRequest.slice(pipeline.guards).map(({ run }) => run),
      onReplyHead: pipeline.onReplyHead,
      onEnd: pipeline.onEnd,
      broken: pipeline.broken?.reason,
      upstream: spec.target.kind === 'upstream' ? groups.get(spec.target.upstream) : undefined,
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
    };
    const caller = { principal, lines: principalLines(principal) };
    byApi.set(api, caller);
    return caller;
  }

  /** The limits that a subscription's plan sets; built when it is first used. */
  planLimits(subscription: SubscriptionSpec): OnRequest | undefined {
    if (!this.#planLimits.has(subscription)) {
      const tools = { counters: this.#house.counters, scope: `plan ${subscription.id}` };
      const limited = subscription.limits.length > 0 || subscription.quota !== undefined;
      const hooks = limited ? buildPlanLimits(subscription, tools) : {};
      this.#planLimits.set(subscription, hooks.onRequest?.bind(hooks));
    }
    return this.#planLimits.get(subscription);
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

function principalLines({ application, credential, plan }: Principal): string {
  const lines = headerLine('x-gatehouse-application', application) + headerLine('x-gatehouse-credential', credential);
  return plan === undefined ? lines : lines + headerLine('x-gatehouse-plan', plan);
}
