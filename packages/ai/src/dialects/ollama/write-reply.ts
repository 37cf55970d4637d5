import type { ChatReply, Choice } from '../../canonical/chat-reply.ts';
import type { Block, ToolCallBlock } from '../../canonical/chat-request.ts';
import type { ReplyContext } from '../../canonical/dialect.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { Usage } from '../../usage.ts';
import { present } from '../chat-shaped/present.ts';
import { writeFinish } from './finish-reason.ts';
import { objectInput } from './object-input.ts';
import { writeOllamaLogprobs } from './ollama-logprobs.ts';

export function writeOllamaReply(reply: ChatReply, { request }: ReplyContext): string {
  const choice = reply.choices.find(({ index }) => index === 0) ?? NOTHING;
  const calls = choice.blocks.filter((block) => block.type === 'tool_call');
  const thinking = textOf(choice.blocks, ['reasoning']);
  return JSON.stringify({
    model: reply.model,
    created_at: dateOf(reply.created),
    message: {
      role: 'assistant',
      content: textOf(choice.blocks, ['text', 'refusal']),
      ...(thinking !== '' && { thinking }),
      ...(calls.length > 0 && { tool_calls: calls.map(writeCall) }),
    },
    done: true,
    done_reason: writeFinish(choice.stop),
    ...writeUsage(reply.usage),
    ...present({ logprobs: request.logprobs && writeOllamaLogprobs(choice.logprobs) }),
  });
}

const NOTHING: Choice = { index: 0, blocks: [], stop: { reason: 'unknown' } };

function textOf(blocks: readonly Block[], types: readonly Block['type'][]): string {
  return blocks.map((block) => ('text' in block && types.includes(block.type) ? block.text : '')).join('');
}

/** Numbered across the whole answer (reference T3). */
export function writeCall(call: Pick<ToolCallBlock, 'id' | 'name' | 'input' | 'custom'>, index: number): JsonFields {
  return { id: call.id, function: { index, name: call.name, arguments: objectInput(call).input } };
}

export function dateOf(seconds: number): string {
  return new Date(Math.min(seconds, SECONDS_MAX) * 1000).toISOString();
}

const SECONDS_MAX = 8.64e12;

export function writeUsage(usage: Usage | undefined): JsonFields {
  if (usage === undefined) return {};
  return {
    prompt_eval_count: usage.inputUncached + (usage.cacheRead ?? 0) + (usage.cacheWrite ?? 0),
    eval_count: usage.outputText + (usage.reasoning ?? 0),
  };
}
