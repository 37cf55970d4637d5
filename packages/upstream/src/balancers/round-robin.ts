import type { Balancer } from '../balancer.ts';
import type { Endpoint } from '../endpoint.ts';

/**
 * Smooth weighted round-robin: everyone earns its weight, the richest takes the turn and pays what all have earned.
 * Weights 5, 1, 1 give a a b a c a a, not five in a row. Credits are kept with the endpoints and survive snapshots.
 */
export class RoundRobin implements Balancer {
  pick(ready: readonly Endpoint[]): Endpoint | undefined {
    let total = 0;
    let best: Endpoint | undefined;
    for (const endpoint of ready) {
      total += endpoint.weight;
      endpoint.state.turnCredit += endpoint.weight;
      if (best === undefined || endpoint.state.turnCredit > best.state.turnCredit) best = endpoint;
    }
    if (best !== undefined) best.state.turnCredit -= total;
    return best;
  }
}
