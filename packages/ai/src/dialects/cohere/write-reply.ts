import type { ChatReply, Choice } from '../../canonical/chat-reply.ts';
import type { Block, ToolCallBlock } from '../../canonical/chat-request.ts';
import type { ReplyContext } from '../../canonical/dialect.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { argumentsText } from '../chat-shaped/function-tools.ts';
import { present } from '../chat-shaped/present.ts';
import { writeCitation } from './citations.ts';
import { writeCohereLogprobs } from './cohere-logprobs.ts';
import { writeCohereUsage } from './cohere-usage.ts';
import { writeFinish } from './finish-reason.ts';

export function writeCohereReply(reply: ChatReply, { request }: ReplyContext): string {
  const choice = reply.choices.find(({ index }) => index === 0) ?? NOTHING;
  return JSON.stringify({
    id: reply.id,
    finish_reason: writeFinish(choice.stop),
    message: writeMessage(choice.blocks),
    ...present({
      usage: reply.usage && writeCohereUsage(reply.usage),
      logprobs: request.logprobs && writeCohereLogprobs(choice.logprobs),
    }),
  });
}

const NOTHING: Choice = { index: 0, blocks: [], stop: { reason: 'unknown' } };

/** Beside calls there is no text: what was said in front of them is their plan, as Cohere has it. */
function writeMessage(blocks: readonly Block[]): JsonFields {
  const calls = blocks.filter((block) => block.type === 'tool_call');
  const parts = blocks.filter(isPart);
  const planned = calls.length > 0 ? parts.filter(({ type }) => type !== 'reasoning') : [];
  const content = parts.filter((part) => !planned.includes(part));
  const plan = planned.map(({ text }) => text).join('\n\n');
  const citations = [...citationsOf(content, { plan: false }), ...citationsOf(planned, { plan: true })];
  return {
    role: 'assistant',
    ...(content.length > 0 && { content: content.map(writePart) }),
    ...(plan !== '' && { tool_plan: plan }),
    ...(calls.length > 0 && { tool_calls: calls.map(writeCall) }),
    ...(citations.length > 0 && { citations }),
  };
}

type Part = Extract<Block, { readonly type: 'text' | 'refusal' | 'reasoning' }>;

function isPart(block: Block): block is Part {
  return (block.type === 'text' || block.type === 'refusal' || block.type === 'reasoning') && block.text !== '';
}

function writePart({ type, text }: Part): JsonFields {
  return type === 'reasoning' ? { type: 'thinking', thinking: text } : { type: 'text', text };
}

function writeCall(call: ToolCallBlock): JsonFields {
  return { id: call.id, type: 'function', function: { name: call.name, arguments: argumentsText(call) } };
}

function citationsOf(parts: readonly Part[], { plan }: { readonly plan: boolean }): JsonFields[] {
  let number = 0;
  return parts.flatMap((part, at) => {
    const citations = part.type === 'text' ? (part.citations ?? []) : [];
    const contentIndex = plan ? undefined : at;
    return citations.map((citation) => writeCitation(citation, { answer: part.text, contentIndex, number: number++ }));
  });
}
