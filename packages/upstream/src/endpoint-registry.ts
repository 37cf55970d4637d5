import type { EndpointSpec, UpstreamSpec } from '@gatehouse/config';
import { Endpoint, endpointKey, EndpointState } from './endpoint.ts';
import { UpstreamState } from './upstream-state.ts';

/** Counts changes of passive health, so that groups of every snapshot notice what any of them has changed. */
export interface ChangeCount {
  count: number;
}

/** Runtime state of one worker's upstreams, by identity. It survives the swap of snapshots; one per thread. */
export class EndpointRegistry {
  readonly changes: ChangeCount = { count: 0 };
  readonly #states = new Map<string, EndpointState>();
  readonly #upstreams = new Map<string, UpstreamState>();

  endpointFor(spec: EndpointSpec, upstreamName: string): Endpoint {
    const key = endpointKey(spec, upstreamName);
    const state = this.#states.get(key) ?? new EndpointState();
    this.#states.set(key, state);
    return new Endpoint(spec, key, state);
  }

  upstreamFor(name: string): UpstreamState {
    const state = this.#upstreams.get(name) ?? new UpstreamState();
    this.#upstreams.set(name, state);
    return state;
  }

  /** Forgets what no upstream names any more. To be called after a swap; requests in flight keep what they hold. */
  retain(upstreams: Readonly<Record<string, UpstreamSpec>>): void {
    const named = Object.values(upstreams);
    const keys = new Set(named.flatMap(({ name, endpoints }) => endpoints.map((spec) => endpointKey(spec, name))));
    const names = new Set(named.map(({ name }) => name));
    for (const key of this.#states.keys()) if (!keys.has(key)) this.#states.delete(key);
    for (const name of this.#upstreams.keys()) if (!names.has(name)) this.#upstreams.delete(name);
  }

  /** How many endpoints are remembered. */
  get size(): number {
    return this.#states.size;
  }
}
