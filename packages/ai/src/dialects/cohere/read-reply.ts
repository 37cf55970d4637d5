import type { ChatReply } from '../../canonical/chat-reply.ts';
import type { ReadContext } from '../../canonical/dialect.ts';
import { StreamFold } from '../../canonical/fold-stream.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import { asCount, asText } from '../../loose-json.ts';
import type { ProviderError } from '../../provider-error.ts';
import { AnswerChoice, callFacts } from '../chat-shaped/answer-choice.ts';
import { fieldsOf, listOf } from '../chat-shaped/members.ts';
import { classifyProviderError } from '../openai-chat/provider-errors.ts';
import { readCitation } from './citations.ts';
import { readCohereLogprobs } from './cohere-logprobs.ts';
import { readCohereUsage } from './cohere-usage.ts';
import { failureOf, readFinish } from './finish-reason.ts';
import { requestNames } from './request-names.ts';

/** A whole answer, told as the stream that it could have been. */
export function readCohereReply(body: Json, context: ReadContext): ChatReply | ProviderError | undefined {
  const reply = fieldsOf(body);
  if (reply === undefined) return undefined;
  const message = fieldsOf(reply['message']);
  if (message === undefined) {
    return typeof reply['message'] === 'string' ? classifyProviderError(200, JSON.stringify(reply)) : undefined;
  }
  const { target, request, created } = context;
  const fold = new StreamFold();
  const add = (event: StreamEvent): void => fold.add(event);
  const choice = new AnswerChoice(0, callFacts(context, requestNames(request)), add);
  add({ t: 'start', id: asText(reply['id']) ?? context.newId('chatcmpl-'), model: target.model, created });
  tell(message, choice);
  const failure = failureOf(reply['finish_reason'], { error: reply['error'], empty: choice.empty });
  if (failure !== undefined) return failure;
  const logprobs = readCohereLogprobs(listOf(reply['logprobs']) ?? []);
  choice.stop((calls) => readFinish(reply['finish_reason'], calls), logprobs);
  const usage = readCohereUsage(reply['usage']);
  if (usage !== undefined) add({ t: 'usage', usage });
  add({ t: 'done' });
  return fold.end();
}

/** The plan stands behind the thoughts in front and before all else. */
function tell(message: JsonFields, choice: AnswerChoice): void {
  const citations = (listOf(message['citations']) ?? []).map(fieldsOf).filter((one) => one !== undefined);
  const { content } = message;
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : (listOf(content) ?? []).map(fieldsOf);
  const firstText = parts.findIndex((part) => asText(part?.['text']) !== undefined);
  const planAt = firstText < 0 ? parts.length : firstText;
  for (let at = 0; at <= parts.length; at++) {
    if (at === planAt) {
      choice.stopBlock();
      choice.text(asText(message['tool_plan']) ?? '');
      cite(
        citations.filter(({ type }) => type === 'PLAN'),
        choice,
      );
    }
    choice.stopBlock();
    choice.thought(asText(parts[at]?.['thinking']) ?? '');
    choice.text(asText(parts[at]?.['text']) ?? '');
    cite(
      citations.filter((citation) => isOf(citation, at, parts)),
      choice,
    );
  }
  for (const call of listOf(message['tool_calls']) ?? []) {
    const fields = fieldsOf(call);
    if (fields !== undefined) choice.call(fields);
  }
}

/** A place that holds no text, as old replies have it, means the first that does. */
function isOf(
  { type, content_index: place }: JsonFields,
  at: number,
  parts: readonly (JsonFields | undefined)[],
): boolean {
  if (type === 'PLAN' || type === 'THINKING_CONTENT') return false;
  const said = asCount(place) ?? -1;
  const known = asText(parts[said]?.['text']) !== undefined;
  return known ? said === at : parts.findIndex((part) => asText(part?.['text']) !== undefined) === at;
}

function cite(citations: readonly JsonFields[], choice: AnswerChoice): void {
  if (!choice.saysText) return;
  for (const one of citations) for (const citation of readCitation(one)) choice.delta('text', { citation });
}
