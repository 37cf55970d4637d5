import type { ChatReply } from '../../canonical/chat-reply.ts';
import { sealBeside } from '../../canonical/beside-blocks.ts';
import type { Block, Signature, ToolCallBlock } from '../../canonical/chat-request.ts';
import type { ReplyContext } from '../../canonical/dialect.ts';
import { isJsonFields, type JsonFields } from '../../canonical/json.ts';
import { sealSignature } from '../../canonical/signatures.ts';
import { sealUnsigned } from '../../canonical/unsigned.ts';
import { estimateOutputTokens, estimateTokens } from '../../pricing/token-estimate.ts';
import { extOf } from './block-ext.ts';
import { writeCitation } from './citations.ts';
import { writeStop } from './stop-reasons.ts';
import { inputFields } from './tool-input.ts';
import { writeUsage } from './wire-usage.ts';

/** A whole `message`. */
export function writeReply(reply: ChatReply, context: ReplyContext): string {
  const [choice] = reply.choices;
  const blocks = choice?.blocks ?? [];
  const { usage: usageRest, ...rest } = reply.ext?.anthropic ?? {};
  const usage = reply.usage ?? {
    inputUncached: estimateTokens(context.request),
    outputText: estimateOutputTokens(blocks),
  };
  return JSON.stringify({
    ...messageHead(reply, context),
    content: blocks.flatMap((block) => writeBlock(block)),
    ...writeStop(choice?.stop ?? { reason: 'unknown' }),
    container: null,
    diagnostics: null,
    ...rest,
    usage: { ...(isJsonFields(usageRest) && usageRest), ...writeUsage(usage) },
  });
}

/** What a message begins with, whole or streamed. */
export function messageHead({ id, model }: Pick<ChatReply, 'id' | 'model'>, context: ReplyContext): JsonFields {
  return { id: id.startsWith('msg') ? id : context.newId('msg_'), type: 'message', role: 'assistant', model };
}

function writeBlock(block: Block): readonly JsonFields[] {
  switch (block.type) {
    case 'text':
    case 'refusal': {
      if (block.text === '') return [];
      const cited = block.type === 'text' ? (block.citations ?? []).flatMap((one) => writeCitation(one) ?? []) : [];
      const text = { type: 'text', text: block.text, ...(cited.length > 0 && { citations: cited }) };
      return [text, ...(block.type === 'text' ? besideOf(block.signature) : [])];
    }
    case 'reasoning': {
      const { redacted, signature, text } = block;
      if (redacted !== undefined) return [redactedThinking(sealSignature(redacted, 'anthropic'))];
      if (text === '' && signature === undefined) return [];
      const proof = signature === undefined ? sealUnsigned('anthropic') : sealSignature(signature, 'anthropic');
      return [{ type: 'thinking', thinking: text, signature: proof }];
    }
    case 'tool_call':
      return [toolUse(block, inputFields(block)), ...besideOf(block.signature)];
    case 'opaque':
      return block.dialect === 'anthropic' ? [block.data] : [];
    // An answer of this dialect has no place for pictures, and none holds results of the caller's tools.
    case 'media':
    case 'tool_result':
      break;
  }
  return [];
}

/** Proofs of text and calls, which this dialect has no place for, travel behind their block. */
export function besideOf(signature: Signature | undefined): readonly JsonFields[] {
  if (signature === undefined) return [];
  return [redactedThinking(sealBeside({ of: 'previous', signature }, 'anthropic'))];
}

export function redactedThinking(data: string): JsonFields {
  return { type: 'redacted_thinking', data };
}

export function toolUse(call: Pick<ToolCallBlock, 'id' | 'name'>, input: JsonFields): JsonFields {
  const { id, name } = call;
  return { type: 'tool_use', id, name, input, caller: { type: 'direct' }, ...extOf(call, 'members') };
}
