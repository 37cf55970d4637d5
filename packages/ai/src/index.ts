export { scanObject, type Member, type Members } from './json-scan.ts';
export { SseSplitter, SSE_EVENT_BYTES_MAX } from './sse.ts';
export type { SseEvent, SseEventKind } from './sse-event.ts';
export type { Usage, UsageState } from './usage.ts';
export type { ErrorReply, ProviderError, ProviderErrorKind } from './provider-error.ts';
export { readRetryAfter, type RetryHeaders } from './retry-after.ts';

export type { RequestProblem, ScannedRequest } from './dialects/openai-chat/request-members.ts';
export { readChatRequest, readEmbeddingsRequest, type ChatRequest } from './dialects/openai-chat/request.ts';
export { patchChatRequest, patchEmbeddingsRequest, type ChatPatch } from './dialects/openai-chat/patch-request.ts';
export { ChatStreamReader, type Decision, type StreamEnd } from './dialects/openai-chat/stream-reader.ts';
export {
  readChatReply,
  readEmbeddingsReply,
  REPLY_BYTES_READ_MAX,
  type ReplyFacts,
  type ReplyRead,
} from './dialects/openai-chat/reply-reader.ts';
export { errorEvent, openAiError } from './dialects/openai-chat/errors.ts';
export { classifyProviderError } from './dialects/openai-chat/provider-errors.ts';

export { providerPath, providerRow, type ProviderRow } from './providers/provider-table.ts';
export { vendorForModel, type VendorModel } from './providers/vendor-for-model.ts';

export { ModelRouter, type Attempt, type PlanHint } from './routing/model-router.ts';
export { Cooldowns, type Failure, type FailureCause } from './routing/cooldowns.ts';
export { describeModel, listModels, mayCall, type ModelCard, type ModelList } from './routing/model-list.ts';
