export { scanObject, type Member, type Members } from './json-scan.ts';
export { SseSplitter, SSE_EVENT_BYTES_MAX } from './sse.ts';
export type { SseEvent, SseEventKind } from './sse-event.ts';
export type { Usage, UsageState } from './usage.ts';
export type { ErrorReply, ProviderError, ProviderErrorKind } from './provider-error.ts';
export { readRetryAfter, type RetryHeaders } from './retry-after.ts';

export { Untranslatable } from './canonical/loss.ts';
export type { CallFacts, CallerError, ProviderRules } from './canonical/dialect.ts';
export type { RequestProblem } from './dialects/openai-chat/request-members.ts';
export { REPLY_BYTES_READ_MAX } from './dialects/openai-chat/reply-reader.ts';
export { openAiError } from './dialects/openai-chat/errors.ts';
export { classifyProviderError } from './dialects/openai-chat/provider-errors.ts';

export { doorOf, type Door, type DoorFacts, type DoorName } from './relay/doors.ts';
export { modelCard, modelList, type ModelQuestion } from './relay/model-lists.ts';
export { STREAM_TYPES } from './relay/stream-types.ts';
export { ownError, providersError, type Refusal } from './relay/refusals.ts';
export type {
  Answer,
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
export { costOf, type Cost } from './pricing/cost.ts';
export { upperBound, type Asked } from './pricing/upper-bound.ts';

export type { NextAttempt, RoutePlan, RoutedCall } from './routing/route-plan.ts';
export { RoutingMemory } from './routing/routing-memory.ts';
export type { Affinity } from '@gatehouse/config';

export type { ChatReply } from './canonical/chat-reply.ts';
export type { StreamEvent } from './canonical/stream-event.ts';
export { StreamFold } from './canonical/fold-stream.ts';
export { ResponseCache } from './cache/response-cache.ts';
export { CacheKey } from './cache/cache-key.ts';
export type { CacheFill } from './cache/cache-fill.ts';
export type { CacheHit } from './cache/cache-hit.ts';
export type { CacheRules } from './cache/cache-rules.ts';
export { readCacheControls } from './cache/cache-controls.ts';
export { cacheStatus, type CacheFacts } from './cache/cache-status.ts';
