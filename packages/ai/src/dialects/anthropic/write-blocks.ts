import type { Block, TextBlock, ToolResultBlock, Turn } from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import type { WireNames } from '../../canonical/wire-names.ts';
import { extOf } from './block-ext.ts';
import type { CacheMarks } from './cache-marks.ts';
import type { CallIds } from './call-ids.ts';
import { CUSTOM_INPUT, inputFields, RAW_ARGUMENTS } from './tool-input.ts';
import { writeMedia } from './write-media.ts';

export interface BlockContext {
  readonly names: WireNames;
  readonly ids: CallIds;
  readonly marks: CacheMarks;
  readonly losses: Losses;
}

/** Turns that `shapeMessages` has shaped, as messages. */
export function writeMessages(turns: readonly Turn[], context: BlockContext): JsonFields[] {
  return turns.map((turn, at) => {
    const { role, blocks } = turn;
    const content = blocks.map((block) => writeBlock(block, context)).filter((block) => block !== undefined);
    const prefill = role === 'assistant' && at === turns.length - 1;
    return { ...extOf(turn, 'members'), role, content: prefill ? withoutTail(content) : content };
  });
}

function writeBlock(block: Block, context: BlockContext): JsonFields | undefined {
  switch (block.type) {
    case 'text':
      return writeText(block, context);
    case 'refusal':
      return { type: 'text', text: block.text };
    case 'media': {
      const media = writeMedia(block, context.losses);
      return media && { ...media, ...context.marks.of(block) };
    }
    case 'reasoning':
      if (block.redacted !== undefined) return { type: 'redacted_thinking', data: block.redacted.value };
      return { type: 'thinking', thinking: block.text, signature: block.signature?.value ?? '' };
    case 'tool_call':
      return writeCall(block, context);
    case 'tool_result':
      return writeResult(block, context);
    case 'opaque':
      break;
  }
  const { cache_control: _, ...data } = block.data;
  return { ...data, ...context.marks.of(block) };
}

function writeText(block: TextBlock, { marks }: BlockContext): JsonFields {
  const citations = (block.citations ?? []).flatMap(({ raw }) => raw?.data ?? []);
  return {
    ...extOf(block, 'members'),
    type: 'text',
    text: block.text,
    ...(citations.length > 0 && { citations }),
    ...marks.of(block),
  };
}

function writeCall(block: Block & { readonly type: 'tool_call' }, context: BlockContext): JsonFields {
  const { names, ids, marks, losses } = context;
  const input = inputFields(block);
  const wrapped = block.custom === true ? CUSTOM_INPUT : RAW_ARGUMENTS;
  if (input[wrapped] === block.input) losses.add('emulated', 'tool_calls');
  return {
    ...extOf(block, 'members'),
    type: 'tool_use',
    id: ids.ofCall(block.id),
    name: names.toWire(block.name),
    input,
    ...marks.of(block),
  };
}

function writeResult(block: ToolResultBlock, context: BlockContext): JsonFields {
  const content: Json[] = block.content.flatMap((part) => writeBlock(part, context) ?? []);
  for (const [at, part] of Object.entries(extOf(block, 'parts') ?? {})) content.splice(Number(at), 0, part);
  return {
    ...extOf(block, 'members'),
    type: 'tool_result',
    tool_use_id: context.ids.ofResult(block.callId),
    ...(content.length > 0 && { content }),
    ...(block.isError !== undefined && { is_error: block.isError }),
    ...context.marks.of(block),
  };
}

/** Text to be continued must not end in blanks. */
function withoutTail(content: readonly JsonFields[]): JsonFields[] {
  return content.map((block, at) => {
    const { type, text } = block;
    if (at < content.length - 1 || type !== 'text' || typeof text !== 'string') return block;
    return { ...block, text: text.trimEnd() };
  });
}
