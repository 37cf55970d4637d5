export { scanObject, type Member, type Members } from './json-scan.ts';
export { SseSplitter, SSE_EVENT_BYTES_MAX } from './sse.ts';
export type { SseEvent, SseEventKind } from './sse-event.ts';
export type { Usage, UsageState } from './usage.ts';
export type { ErrorReply, ProviderError, ProviderErrorKind } from './provider-error.ts';
export { readRetryAfter, type RetryHeaders } from './retry-after.ts';

export { Untranslatable } from './canonical/loss.ts';
export type { CallFacts, CallerError, ProviderRules, Unfit } from './canonical/dialect.ts';
export type { FieldProblem, RequestProblem } from './dialects/openai-chat/request-members.ts';
export { REPLY_BYTES_READ_MAX } from './dialects/openai-chat/reply-reader.ts';
export { openAiError } from './dialects/openai-chat/errors.ts';
export { classifyProviderError } from './dialects/openai-chat/provider-errors.ts';

export { doorOf, type Door, type DoorFacts, type DoorName } from './relay/doors.ts';
export { modelCard, modelList, type ModelQuestion } from './relay/model-lists.ts';
export { RefusalLessons, RefusedMembers, reportsUsage } from './relay/refused-members.ts';
export { EMBEDDINGS_PROVIDERS } from './relay/embeddings-providers.ts';
export { STREAM_TYPES } from './relay/stream-types.ts';
export { ownError, providersError, type Refusal } from './relay/refusals.ts';
export { promptDoor } from './relay/prompt-door.ts';
export { compilePrompt, type Prompt } from './prompts/compile-prompt.ts';
export { promptCard } from './prompts/prompt-card.ts';
export { versionWished } from './prompts/prompt-wish.ts';
export type {
  Answer,
  AnswerFacts,
  AnswerTap,
  ChatSide,
  Destination,
  LocalAnswer,
  OpenedCall,
  Relay,
  StreamEnd,
  StreamRelay,
} from './relay/relay.ts';

export { providerRow, type ProviderRow } from './providers/provider-table.ts';
export { vendorForModel, type VendorModel } from './providers/vendor-for-model.ts';

export type { Attempt } from './routing/attempt.ts';
export type { FailureCause } from './routing/failure-cause.ts';
export { ModelRouter } from './routing/model-router.ts';
export { mayCall } from './routing/model-list.ts';

export { signV4 } from './providers/sigv4/sign-v4.ts';

export { OverriddenCatalogue, type ModelOverride, type ModelPlace, type Overrides } from './catalogue/overrides.ts';
export type { ModelFacts } from './catalogue/model-facts.ts';
export type { Lack } from './capability/lack.ts';
export { checkedMedium, type Fetched } from './capability/checked-medium.ts';
export { takesInlineOnly, type Prospect } from './relay/fitness.ts';
export type { FetchedMedium, MissingMedium } from './relay/media-supply.ts';
export { costOf, type Cost, type Extras } from './pricing/cost.ts';
export { upperBound, type Asked } from './pricing/upper-bound.ts';

export type { NextAttempt, RoutePlan, RoutedCall } from './routing/route-plan.ts';
export { RoutingMemory, type Rest } from './routing/routing-memory.ts';
export type { KeyMeter, KeyMeterOf, KeyNeed } from './routing/key-meter.ts';
export type { Affinity } from '@gatehouse/config';

export { compileGuards, type GuardSet } from './guards/guard-set.ts';
export { GuardedCall, type GuardDecision } from './guards/guarded-call.ts';
export type { GuardFinding, GuardSide } from './guards/guard-spec.ts';
export { entitySpotter, type EntitySpotter, type EntitySpots } from './guards/entities/entity-spotter.ts';
export { readModeration } from './guards/moderation-reply.ts';
export type { ModerationAnswer, ModerationQuestion, Moderator } from './guards/moderator.ts';
export { BYTES_PER_TOKEN_MIN } from './pricing/text-tokens.ts';

export type { ChatReply } from './canonical/chat-reply.ts';
export type { StreamEvent } from './canonical/stream-event.ts';
export { StreamFold } from './canonical/fold-stream.ts';
export { ResponseCache } from './cache/response-cache.ts';
export { CacheKey } from './cache/cache-key.ts';
export type { CacheFill } from './cache/cache-fill.ts';
export type { CacheHit } from './cache/cache-hit.ts';
export type { CacheRules } from './cache/cache-rules.ts';
export { readCacheControls } from './cache/cache-controls.ts';
export { cacheStatus, type CacheFacts, type NotCompared } from './cache/cache-status.ts';
export { SemanticMemory, type SemanticPlace, type Vector } from './cache/semantic-memory.ts';
export { SemanticQuestion } from './cache/semantic-question.ts';
export { embeddingQuestion, type TextVector } from './relay/embedding-question.ts';
export { Circuit } from './routing/circuit.ts';
