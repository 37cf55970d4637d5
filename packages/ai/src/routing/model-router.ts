import type { Affinity, AiSpec } from '@gatehouse/config';
import { DirectNames } from './direct-names.ts';
import { keysOf } from './provider-keys.ts';
import { RoutePlan, type RoutedCall, type RoutingFacts } from './route-plan.ts';
import { directRoute, modelRoute, type KeyedProvider, type Route } from './route.ts';
import { RoutingMemory } from './routing-memory.ts';

/** What a router goes by besides the configuration. */
export interface RoutingTools extends Partial<RoutingFacts> {
  readonly memory?: RoutingMemory;
}

/** Built once per snapshot; what it has learnt of targets lives in `memory` and outlives it. */
export class ModelRouter {
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #direct: DirectNames;
  readonly #memory: RoutingMemory;
  readonly #facts: RoutingFacts;
  readonly #timeouts: AiSpec['timeouts'];

  constructor(ai: Pick<AiSpec, 'providers' | 'models' | 'timeouts'>, tools: RoutingTools = {}) {
    const { memory = new RoutingMemory(), priceOf = nobodyKnows, contextTokensOf = nobodyKnows } = tools;
    const { reasons = nobodyKnows } = tools;
    const providers = new Map(Object.entries(ai.providers).map(([name, spec]) => [name, keyed(spec)] as const));
    this.#routes = new Map(
      Object.entries(ai.models).map(([name, model]) => [name, modelRoute(model, { providers, memory })]),
    );
    this.#direct = new DirectNames(providers);
    this.#memory = memory;
    this.#facts = { priceOf, contextTokensOf, reasons };
    this.#timeouts = ai.timeouts;
  }

  /** The way of one call to this model; `undefined`: nobody knows it. */
  begin(modelName: string, call: RoutedCall): RoutePlan | undefined {
    const route = this.#route(modelName);
    return route && new RoutePlan(route, call, this.#facts);
  }

  /** Does the way of a call depend on how long its prompt is? Then it is worth the work to estimate that. */
  weighsPrompts(modelName: string): boolean {
    const route = this.#routes.get(modelName);
    if (route === undefined) {
      const keys = this.#direct.find(modelName)?.keyed.keys ?? [];
      return keys.some(({ limits }) => limits !== undefined);
    }
    return route.balance === 'cost' || route.candidates.some(({ limited }) => limited !== undefined);
  }

  /** What `begin` wants a key for, so that calls which have it in common go the same way. */
  affinityOf(modelName: string): Affinity | undefined {
    return this.#routes.get(modelName)?.affinity;
  }

  /** One name for each way to call a model: an alias, or `provider/model` with the provider's configured name. */
  fullNameOf(modelName: string): string {
    const direct = this.#routes.has(modelName) ? undefined : this.#direct.find(modelName);
    return direct === undefined ? modelName : `${direct.keyed.provider.name}/${direct.model}`;
  }

  /** Is this name served, as an alias or directly? */
  knows(modelName: string): boolean {
    return this.#routes.has(modelName) || this.#direct.find(modelName) !== undefined;
  }

  /** Must nothing of a call be left out? */
  isStrict(modelName: string): boolean {
    return this.#routes.get(modelName)?.strict ?? false;
  }

  /** The aliases, in the order of the configuration. */
  aliases(): readonly string[] {
    return [...this.#routes.keys()];
  }

  #route(modelName: string): Route | undefined {
    const route = this.#routes.get(modelName);
    if (route !== undefined) return route;
    const direct = this.#direct.find(modelName);
    return direct && directRoute(direct.keyed, direct.model, { memory: this.#memory, timeouts: this.#timeouts });
  }
}

function keyed(provider: AiSpec['providers'][string]): KeyedProvider {
  return { provider, keys: keysOf(provider) };
}

function nobodyKnows(): undefined {}
