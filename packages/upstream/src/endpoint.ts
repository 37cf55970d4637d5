import type { EndpointSpec } from '@gatehouse/config';
import { hash32 } from '@gatehouse/kernel';
import { Ejection } from './ejection.ts';
import { LatencyEstimate } from './latency-estimate.ts';

/**
 * What runtime state hangs on. The upstream is part of it, because two upstreams may reach one server under different
 * paths or credentials, and what fails in one need not fail in the other.
 */
export function endpointKey(spec: EndpointSpec, upstreamName: string): string {
  return `${upstreamName} ${spec.id}${spec.basePath}`;
}

/** What is known of an endpoint in this thread; outlives snapshots. Only this room writes to it. */
export class EndpointState {
  inFlight = 0;
  /** How far ahead of its share of turns round-robin owes it. */
  turnCredit = 0;
  /** As active checks last told; compared to notice a recovery. */
  wasHealthy = true;
  /** Since when it takes traffic: it was new, or became well again. NaN until it has been looked at. */
  warmSinceMs = Number.NaN;
  readonly latency = new LatencyEstimate();
  readonly ejection = new Ejection();
}

/** One endpoint as one snapshot configures it, with the state that it shares with its counterparts in other snapshots. */
export class Endpoint {
  readonly key: string;
  readonly spec: EndpointSpec;
  /** Less than it is configured with while it warms up. Its group writes it. */
  weight: number;
  readonly state: EndpointState;
  /** For consistent hashing: of the address alone, so that every gateway and every upstream name agree. */
  readonly hash: number;

  constructor(spec: EndpointSpec, key: string, state: EndpointState) {
    this.key = key;
    this.spec = spec;
    this.weight = spec.weight;
    this.state = state;
    this.hash = hash32(spec.id + spec.basePath);
  }

  get inFlight(): number {
    return this.state.inFlight;
  }
}
