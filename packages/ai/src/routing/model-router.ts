import type { AiSpec, ModelSpec, ModelTarget, ProviderSpec } from '@gatehouse/config';
import { GatehouseError, hash64 } from '@gatehouse/kernel';
import { providerRow } from '../providers/provider-table.ts';
import { vendorForModel } from '../providers/vendor-for-model.ts';
import type { Cooldowns, Identified } from './cooldowns.ts';

/** One place where a call may be served. */
export interface Attempt extends Identified {
  readonly provider: ProviderSpec;
  /** The provider's name of the model. */
  readonly model: string;
}

export interface PlanHint {
  /** A fraction in [0, 1). */
  readonly random: () => number;
  /** Monotonic ms. */
  readonly now: number;
}

/** Built once per snapshot; what it remembers of failures lives in `cooldowns` and outlives it. */
export class ModelRouter {
  readonly #routes: ReadonlyMap<string, ModelRoute>;
  readonly #direct: DirectNames;
  readonly #cooldowns: Cooldowns;

  constructor(ai: Pick<AiSpec, 'providers' | 'models'>, cooldowns: Cooldowns) {
    const providers = new Map(Object.entries(ai.providers));
    this.#routes = new Map(Object.entries(ai.models).map(([name, model]) => [name, compile(model, providers)]));
    this.#direct = new DirectNames(providers);
    this.#cooldowns = cooldowns;
  }

  /**
   * Where to try, in order: a weighted choice among the targets, the other targets, the fallbacks; then those that cool
   * down, the soonest ready first. None is ever left out, because a cooled target is still better than no answer.
   * `undefined`: nobody knows this model.
   */
  plan(modelName: string, { random, now }: PlanHint): readonly Attempt[] | undefined {
    const route = this.#routes.get(modelName);
    if (route === undefined) return this.#direct.find(modelName);
    const order = unique([...weightedOrder(route.targets, random), ...route.fallback]);
    if (order.length < 2) return order;
    const cooling = order.filter((attempt) => this.#cooldowns.until(attempt) > now);
    if (cooling.length === 0) return order;
    const until = (attempt: Attempt): number => this.#cooldowns.until(attempt);
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
}

interface ModelRoute {
  readonly strict: boolean;
  readonly targets: readonly WeightedAttempt[];
  readonly fallback: readonly Attempt[];
}

interface WeightedAttempt {
  readonly attempt: Attempt;
  readonly weight: number;
}

function compile(model: ModelSpec, providers: ReadonlyMap<string, ProviderSpec>): ModelRoute {
  const attempt = (target: ModelTarget): Attempt => {
    const provider = providers.get(target.provider);
    if (provider !== undefined) return attemptAt(provider, target.model);
    throw new GatehouseError('config.invalid', `Model ${model.name} names the unknown provider ${target.provider}.`);
  };
  return {
    strict: model.strict,
    targets: model.targets.map((target) => ({ attempt: attempt(target), weight: target.weight })),
    fallback: model.fallback.map(attempt),
  };
}

function attemptAt(provider: ProviderSpec, model: string): Attempt {
  const { high, low } = hash64(provider.apiKey ?? '');
  return { provider, model, identity: `${provider.endpoint.id}${provider.endpoint.basePath} ${high}:${low} ${model}` };
}

/**
 * Draws without replacement, each draw in proportion to the weights that are left: the smallest of independent
 * exponential variables comes first. So the first of those that remain, when some are moved back, is still a fair draw.
 * A weight of 0 comes last.
 */
function weightedOrder(targets: readonly WeightedAttempt[], random: () => number): Attempt[] {
  if (targets.length < 2) return targets.map(({ attempt }) => attempt);
  const drawn = targets.map(({ attempt, weight }) => ({
    attempt,
    key: weight > 0 ? -Math.log(1 - random()) / weight : Infinity,
  }));
  return drawn.toSorted((a, b) => a.key - b.key).map(({ attempt }) => attempt);
}

function unique(attempts: readonly Attempt[]): Attempt[] {
  const seen = new Set<string>();
  return attempts.filter(({ provider, model }) => {
    const key = `${provider.name}\n${model}`;
    return seen.size < seen.add(key).size;
  });
}

/** `provider/model`, by the configured name of a provider or by its kind, and the names that vendors give their models. */
class DirectNames {
  readonly #byName: ReadonlyMap<string, ProviderSpec>;
  readonly #byKind = new Map<string, ProviderSpec>();

  constructor(providers: ReadonlyMap<string, ProviderSpec>) {
    this.#byName = providers;
    for (const provider of providers.values()) {
      const kind = providerRow(provider.kind)?.kind ?? provider.kind;
      // The first of several providers of a kind is meant when only the kind is named.
      if (!this.#byKind.has(kind)) this.#byKind.set(kind, provider);
    }
  }

  find(name: string): readonly Attempt[] | undefined {
    const slash = name.indexOf('/');
    const named = slash > 0 ? this.#byName.get(name.slice(0, slash)) : undefined;
    if (named !== undefined && slash < name.length - 1) return [attemptAt(named, name.slice(slash + 1))];
    const vendor = vendorForModel(name);
    const provider = vendor && this.#byKind.get(vendor.kind);
    return vendor && provider && [attemptAt(provider, vendor.model)];
  }
}
