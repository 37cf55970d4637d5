import type { Block, ReasoningBlock, Signature, ToolCallBlock, Turn } from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { NO_ARGUMENTS } from './read-assistant.ts';
import { writeDetail } from './reasoning-details.ts';
import { contentOf, isOwnPart, opaqueName, plainText, writeText } from './write-content.ts';
import { drops, nameOf, takes, type WriteContext } from './write-context.ts';

/** What an assistant said earlier; nothing when it says nothing that this vendor can hear (reference T41). */
export function writeAssistant(turn: Turn, context: WriteContext): JsonFields[] {
  const { blocks } = turn;
  const calls = blocks.filter((block) => block.type === 'tool_call').map((call) => writeCall(call, context));
  const refusal = blocks.flatMap((block) => (block.type === 'refusal' ? block.text : [])).join('');
  const asContent = refusal !== '' && drops(context, 'refusal');
  const content = writeSaid(blocks, context) ?? (asContent ? refusal : undefined);
  const own = ownMembers(blocks, context);
  if (content === undefined && calls.length === 0 && refusal === '' && Object.keys(own).length === 0) return [];
  return [
    {
      role: 'assistant',
      ...nameOf(turn, context),
      content: content ?? null,
      ...(refusal !== '' && !asContent && { refusal }),
      ...replayReasoning(blocks, calls.length > 0, context),
      ...(calls.length > 0 && { tool_calls: calls }),
      ...textSignature(blocks, context),
      ...own,
    },
  ];
}

/** Text in front of the calls and text behind them are one content (reference T11). */
function writeSaid(blocks: readonly Block[], context: WriteContext): Json | undefined {
  const parts: JsonFields[] = [];
  for (const block of blocks) {
    if (block.type === 'text') {
      if (block.citations !== undefined && block.citations.length > 0) context.losses.add('dropped', 'citations');
      const part = writeText(block, context);
      if (part !== undefined) parts.push(part);
    } else if (block.type === 'media') {
      context.marks.lose(block.cache);
      context.losses.add('dropped', block.kind);
    } else if (block.type === 'opaque' && isOwnPart(block))
      parts.push({ ...block.data, ...context.marks.members(block.cache) });
  }
  const texts = parts.map(plainText).filter((text) => text !== undefined);
  return texts.length === parts.length && texts.length > 0 ? texts.join('') : contentOf(parts, context);
}

function writeCall(call: ToolCallBlock, context: WriteContext): JsonFields {
  const { ids, names, marks } = context;
  marks.lose(call.cache);
  const extra = thoughtSignature(call.signature, context);
  const head = { id: ids.toWire(call.id), ...extra };
  const name = names.toWire(call.name);
  if (call.custom !== true) {
    return { ...head, type: 'function', function: { name, arguments: call.input === '' ? NO_ARGUMENTS : call.input } };
  }
  if (context.rules.customTools !== false) return { ...head, type: 'custom', custom: { name, input: call.input } };
  return { ...head, type: 'function', function: { name, arguments: JSON.stringify({ input: call.input }) } };
}

/** Signatures of Gemini have a place at Google's endpoint of this dialect, and nowhere else. */
function thoughtSignature(signature: Signature | undefined, context: WriteContext): JsonFields {
  if (signature === undefined) return {};
  if (signature.dialect === 'gemini' && takes(context, 'extra_content')) {
    return { extra_content: { google: { thought_signature: signature.value } } };
  }
  context.losses.add('dropped', 'reasoning_signature');
  return {};
}

function textSignature(blocks: readonly Block[], context: WriteContext): JsonFields {
  const signed = blocks.findLast((block) => block.type === 'text' && block.signature !== undefined);
  return signed?.type === 'text' ? thoughtSignature(signed.signature, context) : {};
}

/** Reasoning goes back to those who want it back, and never with another issuer's signature (reference T21, T22). */
function replayReasoning(blocks: readonly Block[], withCalls: boolean, context: WriteContext): JsonFields {
  const { rules, losses } = context;
  const reasoning = blocks.filter((block) => block.type === 'reasoning');
  const own = reasoning.filter(isOwn);
  if (own.length < reasoning.length) losses.add('dropped', 'reasoning_signature');
  const place = rules.reasoningReplay ?? (rules.replaysReasoning === true ? 'reasoning_content' : undefined);
  if (place === undefined) {
    if (own.length > 0) losses.add('dropped', 'reasoning');
    return {};
  }
  if (place === 'reasoning_details') return own.length === 0 ? {} : { [place]: own.map(writeDetail) };
  // Wanted on every message with calls, even when it is empty; without calls nobody needs it.
  return withCalls ? { [place]: own.map(({ text }) => text).join('') } : {};
}

function isOwn({ signature, redacted }: ReasoningBlock): boolean {
  return ((redacted ?? signature)?.dialect ?? 'openai-chat') === 'openai-chat';
}

/** Members of the message that only vendors of this dialect know. */
function ownMembers(blocks: readonly Block[], { losses }: WriteContext): JsonFields {
  let members: JsonFields = {};
  for (const block of blocks) {
    if (block.type !== 'opaque' || isOwnPart(block)) continue;
    if (block.dialect === 'openai-chat') members = { ...members, ...block.data };
    else losses.add('dropped', opaqueName(block.data));
  }
  return members;
}
