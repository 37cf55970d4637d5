import type { ChatReply, Stop } from '../../canonical/chat-reply.ts';
import type { ChatRequest } from '../../canonical/chat-request.ts';
import type { ReplyContext } from '../../canonical/dialect.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { writeUsage } from './bedrock-usage.ts';
import { isList } from './expect-json.ts';
import { writeStop } from './stop-reasons.ts';
import { writeReplyContent } from './write-reply-blocks.ts';

export function writeBedrockReply(reply: ChatReply, { request }: ReplyContext): string {
  const [choice] = reply.choices;
  const stop: Stop = choice?.stop ?? { reason: 'unknown' };
  return JSON.stringify({
    metrics: UNKNOWN_METRICS,
    ...stopFields(stop, request),
    ...reply.ext?.bedrock,
    output: { message: { role: 'assistant', content: writeReplyContent(choice?.blocks ?? []) } },
    stopReason: writeStop(stop),
    usage: writeUsage(reply.usage),
  });
}

/** The dialect requires them, and only the provider knew. */
export const UNKNOWN_METRICS: JsonFields = { latencyMs: 0 };

/** The sequence that was met, for those who asked to be told. */
export function stopFields({ sequence }: Stop, { ext }: ChatRequest): JsonFields {
  const paths = ext.bedrock?.['additionalModelResponseFieldPaths'] ?? null;
  const asked = isList(paths) && paths.includes('/stop_sequence');
  return sequence === undefined || !asked ? {} : { additionalModelResponseFields: { stop_sequence: sequence } };
}
