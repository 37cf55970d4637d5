import type { PolicySpec } from '@gatehouse/config';
import { GatehouseError } from '@gatehouse/kernel';
import { policyByName } from './policies.ts';
import { STAGES, type PolicyDefinition, type PolicyHooks, type PolicyTools, type Stage } from './policy.ts';

export interface RequestStep {
  /** The policy's name, for the record and the inspector. */
  readonly name: string;
  readonly stage: Stage;
  readonly run: NonNullable<PolicyHooks['onRequest']>;
}

/** A policy that could not be built. */
export interface BrokenPolicy {
  readonly name: string;
  readonly reason: string;
}

/** The policies of one route, compiled: the request path loops over functions that exist. */
export interface Pipeline {
  /** In stage order, inside a stage in the order written. */
  readonly onRequest: readonly RequestStep[];
  /** So many of `onRequest` belong to the stage `guard` and run before the caller is authenticated. */
  readonly guards: number;
  /** In the same order as on the way in, so that what is written last has the last word. */
  readonly onReplyHead: readonly NonNullable<PolicyHooks['onReplyHead']>[];
  readonly onEnd: readonly NonNullable<PolicyHooks['onEnd']>[];
  /** The first policy that could not be built: the route must answer 503 `route.unavailable` and nothing else. */
  readonly broken: BrokenPolicy | undefined;
}

/** Builds the policies of a route; `toolsFor` gives each its tools by its place in `specs`. Never throws. */
export function buildPipeline(specs: readonly PolicySpec[], toolsFor: (index: number) => PolicyTools): Pipeline {
  const outcomes = specs.map((spec, index) => build(spec, () => toolsFor(index)));
  const built = outcomes
    .filter((outcome) => 'hooks' in outcome)
    .toSorted((a, b) => STAGES.indexOf(a.policy.stage) - STAGES.indexOf(b.policy.stage));
  const onRequest = built.flatMap(({ policy, hooks }): RequestStep[] => {
    const run = hooks.onRequest?.bind(hooks);
    return run === undefined ? [] : [{ name: policy.name, stage: policy.stage, run }];
  });
  return {
    onRequest,
    guards: onRequest.filter((step) => step.stage === 'guard').length,
    onReplyHead: built.flatMap(({ hooks }) => hooks.onReplyHead?.bind(hooks) ?? []),
    onEnd: built.flatMap(({ hooks }) => hooks.onEnd?.bind(hooks) ?? []),
    broken: outcomes.find((outcome) => 'reason' in outcome),
  };
}

interface BuiltPolicy {
  readonly policy: PolicyDefinition;
  readonly hooks: PolicyHooks;
}

function build(spec: PolicySpec, tools: () => PolicyTools): BuiltPolicy | BrokenPolicy {
  const policy = policyByName(spec.name);
  if (policy === undefined) return { name: spec.name, reason: 'there is no policy of this name' };
  try {
    return { policy, hooks: policy.build(spec.config, tools()) };
  } catch (error) {
    return { name: spec.name, reason: error instanceof GatehouseError ? error.detail : String(error) };
  }
}
