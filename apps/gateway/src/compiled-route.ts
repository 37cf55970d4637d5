import type { RouteSpec } from '@gatehouse/config';
import { AMBIGUITY } from '@gatehouse/http';
import type { Pipeline, Step } from '@gatehouse/policies';
import type { UpstreamGroup } from '@gatehouse/upstream';

/** One route as a worker runs it: its hooks in their order, and where it leads. Built once a snapshot. */
export interface CompiledRoute extends Omit<Pipeline, 'broken'> {
  readonly spec: RouteSpec;
  /** Bits of `AMBIGUITY` that the route lets through. */
  readonly allowed: number;
  /** Why the route cannot be served: a policy that could not be built. Fail closed. */
  readonly broken: string | undefined;
  readonly upstream: UpstreamGroup | undefined;
}

export type RequestStep = Step<'onRequest'>;

export function allowedBits(spec: RouteSpec): number {
  return spec.allow.reduce((bits, name) => bits | AMBIGUITY[name], 0);
}

export const NO_STEPS: readonly never[] = [];
