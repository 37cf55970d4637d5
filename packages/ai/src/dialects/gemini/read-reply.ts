import type { ChatReply } from '../../canonical/chat-reply.ts';
import type { ReadContext } from '../../canonical/dialect.ts';
import { StreamFold } from '../../canonical/fold-stream.ts';
import { isJsonFields, type Json } from '../../canonical/json.ts';
import type { ProviderError } from '../../provider-error.ts';
import { isList } from './camel-fields.ts';
import { GeminiStreamReader } from './stream-reader.ts';

/** A whole answer looks like one chunk of a stream, and an answer that was streamed nevertheless like a list of them. */
export function readGeminiReply(body: Json, context: ReadContext): ChatReply | ProviderError | undefined {
  const fold = new StreamFold();
  const emit = fold.add.bind(fold);
  const reader = new GeminiStreamReader(context);
  for (const chunk of isList(body) ? body : [finished(body)]) reader.readJson(chunk, emit);
  reader.end(emit);
  return fold.end();
}

/** What is whole has ended, also where a candidate does not say why, or there is none. */
function finished(body: Json): Json {
  if (!isJsonFields(body) || isJsonFields(body['error'])) return body;
  const { candidates, promptFeedback, usageMetadata } = body;
  if (isList(candidates) && candidates.length > 0) return { ...body, candidates: candidates.map(withReason) };
  if (isJsonFields(promptFeedback) && typeof promptFeedback['blockReason'] === 'string') return body;
  if (!isList(candidates) && !isJsonFields(promptFeedback) && !isJsonFields(usageMetadata)) return body;
  return { ...body, candidates: [withReason({})] };
}

function withReason(candidate: Json): Json {
  if (!isJsonFields(candidate)) return candidate;
  const { finishReason } = candidate;
  const said = typeof finishReason === 'string' && finishReason !== '';
  return said ? candidate : { ...candidate, finishReason: 'FINISH_REASON_UNSPECIFIED' };
}
