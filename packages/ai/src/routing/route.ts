import type {
  Affinity,
  AiTimeoutSpec,
  ModelBalance,
  ModelRetrySpec,
  ModelSpec,
  ModelTarget,
  ProviderSpec,
} from '@gatehouse/config';
import { GatehouseError } from '@gatehouse/kernel';
import { placeAt, type Candidate, type Place } from './place.ts';
import type { ProviderKey } from './provider-keys.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { RoutingMemory } from './routing-memory.ts';

/** How the calls of one model travel, in one snapshot. */
export interface Route {
  /** First choices, a place once. */
  readonly targets: readonly Place[];
  /** Those that are not among the first choices. */
  readonly fallback: readonly Place[];
  /** The places in the order in which they are looked through: the weighted, then each reserve, then each fallback. */
  readonly groups: readonly (readonly Place[])[];
  /** All of them, in the same order. */
  readonly candidates: readonly Candidate[];
  readonly strict: boolean;
  readonly balance: ModelBalance;
  readonly affinity: Affinity | undefined;
  readonly hedgeAfterMs: number | undefined;
  readonly attemptsAgain: number;
  readonly budget: RetryBudget;
  readonly timeouts: AiTimeoutSpec;
}

/** A provider with its keys, prepared once for a snapshot. */
export interface KeyedProvider {
  readonly provider: ProviderSpec;
  readonly keys: readonly ProviderKey[];
}

export interface RouteTools {
  readonly providers: ReadonlyMap<string, KeyedProvider>;
  readonly memory: RoutingMemory;
}

export function modelRoute(model: ModelSpec, { providers, memory }: RouteTools): Route {
  const placesOf = (targets: readonly ModelTarget[]): Place[] =>
    merged(targets).map((target) => {
      const keyed = providers.get(target.provider);
      if (keyed !== undefined) return placeAt({ ...target, ...keyed, from: 'configuration' }, memory);
      throw new GatehouseError('config.invalid', `Model ${model.name} names the unknown provider ${target.provider}.`);
    });
  const targets = placesOf(model.targets);
  const known = new Set(targets.map(({ label }) => label));
  const fallback = placesOf(model.fallback).filter(({ label }) => !known.has(label));
  const { strict, balance, affinity, hedgeAfterMs, retries, timeouts } = model;
  return {
    targets,
    fallback,
    ...groupsOf(targets, fallback),
    strict,
    balance,
    affinity,
    hedgeAfterMs,
    attemptsAgain: retries.attempts,
    budget: memory.budget(`model ${model.name}`, retries.budget),
    timeouts,
  };
}

const DIRECT_RETRIES: ModelRetrySpec = { attempts: 1, budget: 0.2 };

/** Of a model that the caller has named itself, by provider and the provider's name of it. */
export function directRoute(
  { provider, keys }: KeyedProvider,
  model: string,
  { memory, timeouts }: { readonly memory: RoutingMemory; readonly timeouts: AiTimeoutSpec },
): Route {
  const place = placeAt({ provider, keys, model, weight: 1, from: 'caller' }, memory);
  return {
    targets: [place],
    fallback: [],
    ...groupsOf([place], []),
    strict: false,
    balance: 'weighted',
    affinity: undefined,
    hedgeAfterMs: undefined,
    attemptsAgain: DIRECT_RETRIES.attempts,
    budget: memory.budget(`provider ${provider.name}`, DIRECT_RETRIES.budget),
    timeouts,
  };
}

/** A target that is written twice has both weights. */
function merged(targets: readonly ModelTarget[]): readonly ModelTarget[] {
  const byName = new Map<string, ModelTarget>();
  for (const target of targets) {
    const name = `${target.provider}/${target.model}`;
    const weight = (byName.get(name)?.weight ?? 0) + target.weight;
    byName.set(name, { ...target, weight });
  }
  return [...byName.values()];
}

function groupsOf(targets: readonly Place[], fallback: readonly Place[]): Pick<Route, 'groups' | 'candidates'> {
  const first = targets.filter(({ weight }) => weight > 0);
  const reserves = targets.filter(({ weight }) => weight <= 0);
  const alone = [...reserves, ...fallback].map((place) => [place]);
  const groups = first.length === 0 ? alone : [first, ...alone];
  return { groups, candidates: groups.flat().flatMap(({ candidates }) => candidates) };
}
