export { POLICIES, policyByName } from './policies.ts';
export { buildPipeline, type BrokenPolicy, type Pipeline, type PipelineTools, type Step } from './pipeline.ts';
export { buildPlanLimits } from './plan-limits.ts';
export {
  STAGES,
  type Answer,
  type ClientCertificate,
  type Ask,
  type CallerSide,
  type Exchange,
  type Identification,
  type Identified,
  type LimitSpec,
  type KeptBody,
  type KeptHead,
  type Notes,
  type Outcome,
  type OwnReply,
  type PolicyDefinition,
  type PolicyHooks,
  type PolicyRuntime,
  type PolicyTools,
  type Principal,
  type Reply,
  type ReplyFilter,
  type ReplyHead,
  type ReplySink,
  type RequestView,
  type Spot,
  type Spots,
  type Spotter,
  type Stage,
  type UpstreamAsk,
} from './policy.ts';
export { CredentialBook, type CredentialsElsewhere, type ElsewhereFound } from './credential-book.ts';
export { sessionHider } from './session-cookies.ts';
export { ReplyDraft } from './reply-draft.ts';
export { ipKey } from './ip-address.ts';
export { rangesOf, type IpRanges } from './ip-ranges.ts';
export { cookieValue } from './cookie-value.ts';
