import { item, randomFrom } from '@gatehouse/kernel';
import type { Balancer } from '../balancer.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Outcome } from '../outcome.ts';
import { nameOf } from './specs.ts';

export interface Behaviour {
  readonly latencyMs: number;
  readonly status?: number;
}

export interface Load {
  readonly requestsPerSecond: number;
  readonly seconds: number;
  readonly fromMs?: number;
  /** What an endpoint does with a request that begins now. */
  readonly behave: (name: string, nowMs: number) => Behaviour;
  /** Counts only requests from here on. */
  readonly countFromMs?: number;
}

interface Flight {
  readonly endpoint: Endpoint;
  readonly endMs: number;
  readonly outcome: Outcome;
}

/** Requests arrive evenly with a little jitter and take about as long as their endpoint says. Returns each one's share. */
export function simulate(balancer: Balancer, endpoints: readonly Endpoint[], load: Load): Record<string, number> {
  const random = randomFrom(11);
  const counts = new Map(endpoints.map((endpoint) => [nameOf(endpoint), 0]));
  let flights: Flight[] = [];
  let counted = 0;
  const total = load.requestsPerSecond * load.seconds;
  for (let n = 0; n < total; n++) {
    const nowMs = (load.fromMs ?? 0) + ((n + random()) * 1000) / load.requestsPerSecond;
    flights = land(balancer, flights, nowMs);
    const endpoint = balancer.pick(endpoints, { nowMs, hashKey: `${n}` }) ?? item(endpoints, 0);
    const { latencyMs: typicalMs, status = 200 } = load.behave(nameOf(endpoint), nowMs);
    const latencyMs = typicalMs * (0.8 + 0.4 * random());
    const endMs = nowMs + latencyMs;
    endpoint.state.inFlight++;
    flights.push({ endpoint, endMs, outcome: { kind: 'reply', status, latencyMs, nowMs: endMs } });
    if (nowMs < (load.countFromMs ?? 0)) continue;
    counts.set(nameOf(endpoint), (counts.get(nameOf(endpoint)) ?? 0) + 1);
    counted++;
  }
  land(balancer, flights, Infinity);
  return Object.fromEntries([...counts].map(([name, count]) => [name, count / counted]));
}

/** Ends what has ended by now, in the order of its ends; returns the rest. */
function land(balancer: Balancer, flights: readonly Flight[], nowMs: number): Flight[] {
  const landed = flights.filter(({ endMs }) => endMs <= nowMs).toSorted((a, b) => a.endMs - b.endMs);
  for (const { endpoint, outcome } of landed) {
    endpoint.state.inFlight--;
    balancer.observe?.(endpoint, outcome);
  }
  return flights.filter(({ endMs }) => endMs > nowMs);
}
