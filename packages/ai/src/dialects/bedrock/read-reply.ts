import type { ChatReply } from '../../canonical/chat-reply.ts';
import { restOf } from '../../canonical/collect-ext.ts';
import type { ReadContext } from '../../canonical/dialect.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { asText } from '../../loose-json.ts';
import type { ProviderError } from '../../provider-error.ts';
import { readUsage } from './bedrock-usage.ts';
import { readBedrockError } from './read-error.ts';
import { readContent } from './read-blocks.ts';
import { callNames, withCallerNames } from './reply-content.ts';
import { readStop } from './stop-reasons.ts';

export function readBedrockReply(body: Json, context: ReadContext): ChatReply | ProviderError | undefined {
  if (!isJsonFields(body)) return undefined;
  const { output, usage } = body;
  const message = isJsonFields(output) ? output['message'] : undefined;
  if (!isJsonFields(message)) return readFailure(body);
  const names = callNames(context);
  const blocks = readContent(message['content'], 'provider').map((block) => withCallerNames(block, names));
  const counted = isJsonFields(usage) ? readUsage(usage) : undefined;
  const rest = restOf(body, READ);
  return {
    id: context.newId('msg_'),
    created: context.created,
    model: context.target.model,
    choices: [
      {
        index: 0,
        blocks,
        stop: readStop({
          raw: asText(body['stopReason']),
          calls: blocks.some(({ type }) => type === 'tool_call'),
          sequence: stopSequenceIn(body),
        }),
      },
    ],
    ...(counted !== undefined && { usage: counted }),
    ...(rest !== undefined && { ext: { bedrock: rest } }),
  };
}

const READ: ReadonlySet<string> = new Set(['output', 'stopReason', 'usage']);

/** Claude says it among the fields that were asked for. */
export function stopSequenceIn({ additionalModelResponseFields: fields }: JsonFields): string | undefined {
  return isJsonFields(fields) ? asText(fields['stop_sequence']) : undefined;
}

/** A failure under a status of success; what has neither is no reply of this dialect. */
function readFailure(body: JsonFields): ProviderError | undefined {
  const errorType = asText(body['__type']);
  if (errorType === undefined && asText(body['message']) === undefined) return undefined;
  return readBedrockError({ status: 0, body: JSON.stringify(body), errorType });
}
