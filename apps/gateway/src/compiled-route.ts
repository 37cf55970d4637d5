import type { RouteSpec } from '@gatehouse/config';
import { AMBIGUITY } from '@gatehouse/http';
import type { PolicyHooks } from '@gatehouse/policies';
import type { UpstreamGroup } from '@gatehouse/upstream';

/** One route as a worker runs it: its hooks in their order, and where it leads. Built once a snapshot. */
export interface CompiledRoute {
  readonly spec: RouteSpec;
  /** Bits of `AMBIGUITY` that the route lets through. */
  readonly allowed: number;
  /** Before we know who calls. */
  readonly guard: readonly OnRequest[];
  /** After. */
  readonly admit: readonly OnRequest[];
  readonly onReplyHead: readonly NonNullable<PolicyHooks['onReplyHead']>[];
  readonly onEnd: readonly NonNullable<PolicyHooks['onEnd']>[];
  /** Why the route cannot be served: a policy that could not be built. Fail closed. */
  readonly broken: string | undefined;
  readonly upstream: UpstreamGroup | undefined;
}

export type OnRequest = NonNullable<PolicyHooks['onRequest']>;

export function allowedBits(spec: RouteSpec): number {
  return spec.allow.reduce((bits, name) => bits | AMBIGUITY[name], 0);
}
