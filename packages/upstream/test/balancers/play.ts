import type { Balance } from '@gatehouse/config';
import { item, randomFrom } from '@gatehouse/kernel';
import { nameOf, upstreamSpec } from '../../src/__fixtures__/specs.ts';
import { EndpointRegistry } from '../../src/endpoint-registry.ts';
import type { Endpoint } from '../../src/endpoint.ts';
import { HealthTable } from '../../src/health-table.ts';
import type { Outcome } from '../../src/outcome.ts';
import { UpstreamGroup } from '../../src/upstream-group.ts';
import type { Scenario } from './scenarios.ts';

export const PER_SECOND = 500;
export const SECONDS = 20;
/** What an endpoint works on at a time; the rest waits in it. */
export const SLOTS = 8;
export const TIMEOUT_MS = 1000;
const KEYS = 500;

export interface Played {
  /** Of all requests, 0 to 1. No request is tried again. */
  readonly errors: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Flight {
  readonly endpoint: Endpoint;
  readonly outcome: Outcome;
}

/** One strategy in one scenario, by its own clock and its own dice: the same every time. */
export function play(balance: Balance, scenario: Scenario): Played {
  const random = randomFrom(20_26);
  const dice = randomFrom(77);
  const registry = new EndpointRegistry();
  const health = new HealthTable().view({});
  const groups = scenario.endpoints.map(([names, fromMs]) => {
    const hash = balance === 'consistent-hash' ? { hash: { by: 'ip', name: '', loadFactor: 1.25 } as const } : {};
    const spec = upstreamSpec(names, { balance, ...hash, ...scenario.rules });
    return { fromMs, group: new UpstreamGroup(spec, { registry, health, random }) };
  });
  const slots = new Map<string, number[]>();
  const flights: Flight[] = [];
  const latencies: number[] = [];
  let failures = 0;
  const total = PER_SECOND * SECONDS;
  for (let n = 0; n < total; n++) {
    const nowMs = ((n + dice()) * 1000) / PER_SECOND;
    const { group } = groups.findLast(({ fromMs }) => fromMs <= nowMs) ?? item(groups, 0);
    land(flights, group, nowMs);
    const hashKey = `caller ${Math.floor(dice() * KEYS)}`;
    const endpoint = group.acquire({ tried: undefined, hashKey, nowMs });
    const wobble = 0.8 + 0.4 * dice();
    const lot = dice();
    if (endpoint === undefined) {
      failures++;
      continue;
    }
    const name = nameOf(endpoint);
    const { latencyMs, status = 200 } = scenario.behave(name, { nowMs, lot });
    const took = status === 'connect' ? latencyMs : served(slots, name, { nowMs, workMs: latencyMs * wobble });
    const outcome = outcomeOf(status, took, nowMs);
    if (outcome.kind !== 'reply' || outcome.status >= 500) failures++;
    latencies.push(outcome.latencyMs);
    depart(flights, { endpoint, outcome });
  }
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number): number => item(sorted, Math.ceil(sorted.length * share) - 1);
  return { errors: failures / total, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** How long it takes with the wait for one of the endpoint's slots. */
function served(
  slots: Map<string, number[]>,
  name: string,
  { nowMs, workMs }: { readonly nowMs: number; readonly workMs: number },
): number {
  const free = slots.get(name) ?? Array.from({ length: SLOTS }, () => 0);
  slots.set(name, free);
  const soonest = Math.min(...free);
  const endMs = Math.max(nowMs, soonest) + workMs;
  free[free.indexOf(soonest)] = endMs;
  return endMs - nowMs;
}

function outcomeOf(status: number | 'connect', tookMs: number, begunMs: number): Outcome {
  const latencyMs = Math.min(tookMs, TIMEOUT_MS);
  const when = { latencyMs, begunMs, nowMs: begunMs + latencyMs };
  if (tookMs > TIMEOUT_MS) return { kind: 'timeout', ...when };
  return status === 'connect' ? { kind: 'connect', ...when } : { kind: 'reply', status, ...when };
}

/** Sorted by their ends. */
function depart(flights: Flight[], flight: Flight): void {
  const behind = flights.findLastIndex(({ outcome }) => outcome.nowMs <= flight.outcome.nowMs);
  flights.splice(behind + 1, 0, flight);
}

function land(flights: Flight[], group: UpstreamGroup, nowMs: number): void {
  const flying = flights.findIndex(({ outcome }) => outcome.nowMs > nowMs);
  const landed = flights.splice(0, flying < 0 ? flights.length : flying);
  for (const { endpoint, outcome } of landed) group.release(endpoint, outcome);
}
