export { POLICIES, policyByName } from './policies.ts';
export { buildPipeline, type BrokenPolicy, type Pipeline, type RequestStep } from './pipeline.ts';
export { buildPlanLimits } from './plan-limits.ts';
export {
  STAGES,
  type Exchange,
  type LimitSpec,
  type Notes,
  type Outcome,
  type PolicyDefinition,
  type PolicyHooks,
  type PolicyTools,
  type Principal,
  type Reply,
  type ReplyHead,
  type RequestView,
  type Stage,
} from './policy.ts';
