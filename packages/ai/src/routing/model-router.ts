import type { Affinity, AiSpec } from '@gatehouse/config';
import type { Attempt } from './attempt.ts';
import type { Cooldowns } from './cooldowns.ts';
import { DirectNames } from './direct-names.ts';
import type { Random } from './draw.ts';
import type { Place } from './place.ts';
import { keysOf } from './provider-keys.ts';
import { RoutePlan, type RoutedCall, type RoutingFacts } from './route-plan.ts';
import { directRoute, modelRoute, type KeyedProvider, type Route } from './route.ts';
import { RoutingMemory } from './routing-memory.ts';

export type { Attempt } from './attempt.ts';

export interface PlanHint {
  readonly random: Random;
  /** Monotonic ms. */
  readonly now: number;
}

/** What a router goes by besides the configuration. */
export interface RoutingTools extends Partial<RoutingFacts> {
  readonly memory?: RoutingMemory;
}

/** Built once per snapshot; what it has learnt of targets lives in `memory` and outlives it. */
export class ModelRouter {
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #direct: DirectNames;
  readonly #cooldowns: Cooldowns;
  readonly #memory: RoutingMemory;
  readonly #facts: RoutingFacts;
  readonly #timeouts: AiSpec['timeouts'];

  constructor(ai: Pick<AiSpec, 'providers' | 'models' | 'timeouts'>, cooldowns: Cooldowns, tools: RoutingTools = {}) {
    const { memory = new RoutingMemory(), priceOf = nobodyKnows, contextTokensOf = nobodyKnows } = tools;
    const providers = new Map(Object.entries(ai.providers).map(([name, spec]) => [name, keyed(spec)] as const));
    this.#routes = new Map(
      Object.entries(ai.models).map(([name, model]) => [name, modelRoute(model, { providers, memory })]),
    );
    this.#direct = new DirectNames(providers);
    this.#cooldowns = cooldowns;
    this.#memory = memory;
    this.#facts = { priceOf, contextTokensOf };
    this.#timeouts = ai.timeouts;
  }

  /** The way of one call to this model; `undefined`: nobody knows it. */
  begin(modelName: string, call: RoutedCall): RoutePlan | undefined {
    const route = this.#route(modelName);
    return route && new RoutePlan(route, call, this.#facts);
  }

  /** Does the way of a call depend on how long its prompt is? Then it is worth the work to estimate that. */
  weighsPrompts(modelName: string): boolean {
    const route = this.#route(modelName);
    if (route === undefined) return false;
    return route.balance === 'cost' || route.candidates.some(({ limited }) => limited !== undefined);
  }

  /** What `begin` wants a key for, so that calls which have it in common go the same way. */
  affinityOf(modelName: string): Affinity | undefined {
    return this.#routes.get(modelName)?.affinity;
  }

  /**
   * Where to try, in order: a weighted choice among the targets, the other targets, the fallbacks; then those that cool
   * down, the soonest ready first. None is ever left out, because a cooled target is still better than no answer.
   * `undefined`: nobody knows this model.
   */
  plan(modelName: string, { random, now }: PlanHint): readonly Attempt[] | undefined {
    const route = this.#route(modelName);
    if (route === undefined) return undefined;
    const places = [...weightedOrder(route.targets, random), ...route.fallback];
    const order = places.flatMap(({ candidates }) => weightedOrder(candidates, random).map(({ attempt }) => attempt));
    if (order.length < 2) return order;
    const until = (attempt: Attempt): number => this.#cooldowns.until(attempt);
    const cooling = order.filter((attempt) => until(attempt) > now);
    if (cooling.length === 0) return order;
    return [...order.filter((attempt) => until(attempt) <= now), ...cooling.toSorted((a, b) => until(a) - until(b))];
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

/**
 * Draws without replacement, each draw in proportion to the weights that are left: the smallest of independent
 * exponential variables comes first. So the first of those that remain, when some are moved back, is still a fair draw.
 * A weight of 0 comes last.
 */
function weightedOrder<T extends Pick<Place, 'weight'>>(items: readonly T[], random: Random): readonly T[] {
  if (items.length < 2) return items;
  const drawn = items.map((each) => ({
    each,
    key: each.weight > 0 ? -Math.log(1 - random()) / each.weight : Infinity,
  }));
  return drawn.toSorted((a, b) => a.key - b.key).map(({ each }) => each);
}
