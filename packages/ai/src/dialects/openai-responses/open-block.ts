import type { ReasoningBlock, RefusalBlock, TextBlock, ToolCallBlock } from '../../canonical/chat-request.ts';
import type { Delta, OpenBlock } from '../../canonical/stream-event.ts';
import { keep, keptOf } from './own.ts';

/** Blocks that stream. */
export type GrowingBlock = TextBlock | RefusalBlock | ReasoningBlock | ToolCallBlock;

/** How a whole block begins as a stream. */
export function openBlock(block: GrowingBlock): OpenBlock {
  return keep(opened(block), keptOf(block));
}

function opened(block: GrowingBlock): OpenBlock {
  if (block.type === 'text' || block.type === 'refusal') return { type: block.type };
  if (block.type === 'reasoning') {
    const { text: _text, signature: _signature, ...open } = block;
    return open;
  }
  const { input: _input, cache: _cache, ...open } = block;
  return open;
}

/** How it goes on, behind what has been sent of it. */
export function deltasOf(
  block: GrowingBlock,
  sent: { readonly chars: number; readonly citations: number } | undefined,
): readonly Delta[] {
  const deltas: Delta[] = [];
  const said = block.type === 'tool_call' ? block.input : block.text;
  const text = said.slice(sent?.chars ?? 0);
  if (text !== '') deltas.push(block.type === 'tool_call' ? { input: text } : { text });
  if (block.type === 'text') {
    for (const citation of block.citations?.slice(sent?.citations ?? 0) ?? []) deltas.push({ citation });
  }
  if ((block.type === 'reasoning' || block.type === 'text') && block.signature !== undefined) {
    deltas.push({ signature: block.signature });
  }
  return deltas;
}
