import type { ApiKeyLimitSpec, ProviderSpec } from '@gatehouse/config';
import { hash64 } from '@gatehouse/kernel';
import type { Attempt } from './attempt.ts';
import type { Circuit } from './circuit.ts';
import type { KeyMeter, KeyNeed } from './key-meter.ts';
import type { ProviderKey } from './provider-keys.ts';
import type { RoutingMemory, TargetMemory } from './routing-memory.ts';

/** A model of a provider, with the keys that it may be called by. */
export interface Place {
  readonly provider: ProviderSpec;
  readonly model: string;
  /** 0 for a reserve. */
  readonly weight: number;
  /** The same whatever the keys: what affinity goes by. */
  readonly label: string;
  readonly candidates: readonly Candidate[];
}

/** An attempt with all that is known of it. */
export interface Candidate {
  readonly attempt: Attempt;
  readonly place: Place;
  /** Among the keys of its place. */
  readonly weight: number;
  readonly target: TargetMemory;
  readonly key: Circuit;
  readonly limited: { readonly limits: ApiKeyLimitSpec; readonly meter: KeyMeter } | undefined;
}

export interface PlaceInput {
  readonly provider: ProviderSpec;
  readonly keys: readonly ProviderKey[];
  readonly model: string;
  readonly weight: number;
  /** Who has named the model. */
  readonly from: 'configuration' | 'caller';
}

export function placeAt({ provider, keys, model, weight, from }: PlaceInput, memory: RoutingMemory): Place {
  const candidates: Candidate[] = [];
  const place = { provider, model, weight, label: `${provider.name}/${model}`, candidates };
  for (const { name, value, provider: withKey, identity: keyIdentity, weight: share, limits } of keys) {
    const identity = `${keyIdentity} ${shortened(model)}`;
    candidates.push({
      attempt: { provider: withKey, model, key: { name, value }, identity },
      place,
      weight: share,
      target: memory.target(identity, from),
      key: memory.key(keyIdentity),
      limited: limits && { limits, meter: memory.meter(keyIdentity, limits.windowMs) },
    });
  }
  return place;
}

/** Longer than any vendor's name of a model. */
const NAME_CHARS_MAX = 256;

/** Callers make names up, and what is remembered by a name holds it. */
function shortened(model: string): string {
  if (model.length <= NAME_CHARS_MAX) return model;
  const { high, low } = hash64(model);
  return `${model.slice(0, NAME_CHARS_MAX)} ${high}:${low}`;
}

/** From when on it may be called, by what it and its key have to rest for; not after now when it may be called already. */
export function restsUntilMs({ target, key }: Candidate): number {
  return Math.max(target.circuit.readyAtMs, key.readyAtMs);
}

export function isClosed({ target, key }: Candidate): boolean {
  return target.circuit.isClosed && key.isClosed;
}

/** From when on the limits of its key let such a call pass. */
export function limitedUntilMs({ limited }: Candidate, need: KeyNeed): number {
  return limited === undefined ? 0 : limited.meter.readyAtMs(limited.limits, need);
}
