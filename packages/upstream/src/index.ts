export { Endpoint, endpointKey } from './endpoint.ts';
export { EndpointRegistry } from './endpoint-registry.ts';
export { UpstreamGroup, type AcquireHint, type UpstreamTools } from './upstream-group.ts';
export type { Balancer, PickHint } from './balancer.ts';
export { createBalancer } from './balancers/create-balancer.ts';
export type { Failure, Outcome } from './outcome.ts';
export { RetryBudget } from './retry-budget.ts';
export { backoffMs, retryDecision, retryDelayMs, type RetryFacts } from './retry-decision.ts';
export { HEALTH_SLOTS_MAX, HealthTable, type HealthView } from './health-table.ts';
