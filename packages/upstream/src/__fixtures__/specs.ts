import type { EjectionSpec, EndpointSpec, HealthSpec, UpstreamSpec } from '@gatehouse/config';
import { randomFrom } from '@gatehouse/kernel';
import { EndpointRegistry } from '../endpoint-registry.ts';
import type { Endpoint } from '../endpoint.ts';
import { HealthTable } from '../health-table.ts';
import type { Outcome } from '../outcome.ts';
import { UpstreamGroup } from '../upstream-group.ts';

/** Named by one letter, which becomes its host. */
export function endpointSpec(name: string, given: Partial<EndpointSpec> = {}): EndpointSpec {
  return {
    id: `http://${name}:80`,
    tls: false,
    host: name,
    port: 80,
    authority: name,
    basePath: '',
    weight: 1,
    ...given,
  };
}

export const HEALTH: HealthSpec = {
  path: '/readyz',
  intervalMs: 1000,
  timeoutMs: 500,
  unhealthyAfter: 2,
  healthyAfter: 1,
};

export const EJECTION: EjectionSpec = {
  consecutive: 5,
  consecutiveLocal: 5,
  intervalMs: 10_000,
  baseMs: 30_000,
  maxMs: 300_000,
  maxShare: 0.5,
  failures: { share: 0.85, minRequests: 50 },
  successRate: { stdevs: 1.9, minEndpoints: 5, minRequests: 100 },
};

export function upstreamSpec(names: string, given: Partial<UpstreamSpec> = {}): UpstreamSpec {
  return {
    name: 'users',
    balance: 'round-robin',
    endpoints: names.split('').map((name) => endpointSpec(name)),
    health: undefined,
    timeouts: { connectMs: 1000, firstByteMs: 1000, idleMs: 1000 },
    retries: { attempts: 1, on: ['connect'], budget: 0.2 },
    ejection: EJECTION,
    ...given,
  };
}

/** Fresh endpoints with these weights, by their letter. */
export function endpointsOf(weights: Readonly<Record<string, number>>): Endpoint[] {
  const registry = new EndpointRegistry();
  return Object.entries(weights).map(([name, weight]) => registry.endpointFor(endpointSpec(name, { weight }), 'users'));
}

export function nameOf(endpoint: Endpoint | undefined): string {
  return endpoint?.spec.host ?? '';
}

export function reply(
  status: number,
  given: Partial<{ latencyMs: number; nowMs: number; retryAfterMs: number }> = {},
): Outcome {
  return { kind: 'reply', status, latencyMs: 10, nowMs: 0, ...given };
}

export function failure(kind: 'connect' | 'reset' | 'timeout' | 'cancelled', nowMs = 0, latencyMs = 1): Outcome {
  return { kind, latencyMs, nowMs };
}

/** A group with its own clock: every request is acquired and released at the time that `nowMs` says. */
export class Rig {
  nowMs = 0;
  readonly registry = new EndpointRegistry();
  readonly table = new HealthTable();
  readonly random = randomFrom(7);
  group: UpstreamGroup;

  constructor(spec: UpstreamSpec) {
    this.group = this.swap(spec);
  }

  /** The group of another snapshot over the same state. */
  swap(spec: UpstreamSpec): UpstreamGroup {
    const { registry, random } = this;
    const keys = spec.endpoints.map((endpoint) => registry.endpointFor(endpoint, spec.name).key);
    const health = this.table.view(this.table.assign(new Set(keys)));
    this.group = new UpstreamGroup(spec, { registry, health, random });
    return this.group;
  }

  endpoint(name: string): Endpoint {
    const found = this.group.endpoints.find((endpoint) => nameOf(endpoint) === name);
    if (found === undefined) throw new Error(`no endpoint ${name}`);
    return found;
  }

  acquire(tried?: ReadonlySet<Endpoint>): Endpoint | undefined {
    return this.group.acquire({ tried, nowMs: this.nowMs });
  }

  /** Lets one endpoint serve a request with this outcome, whoever's turn it is. */
  serve(name: string, outcome: Outcome): void {
    const endpoint = this.endpoint(name);
    endpoint.state.inFlight++;
    this.group.release(endpoint, { ...outcome, nowMs: this.nowMs });
  }

  /** Acquires until it is this one's turn; those before stay acquired. */
  acquireNamed(name: string): Endpoint {
    for (let n = 0; n < 20; n++) {
      const endpoint = this.acquire();
      if (endpoint !== undefined && nameOf(endpoint) === name) return endpoint;
    }
    throw new Error(`${name} gets no turn`);
  }

  fail(name: string, times = 5): void {
    for (let i = 0; i < times; i++) this.serve(name, failure('connect'));
  }

  /** Letters of those that requests go to now, found by asking often; what was acquired is given back unjudged. */
  targets(): string {
    const seen = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const endpoint = this.acquire();
      if (endpoint === undefined) continue;
      seen.add(nameOf(endpoint));
      this.group.release(endpoint, failure('cancelled', this.nowMs));
    }
    return [...seen].toSorted().join('');
  }
}
