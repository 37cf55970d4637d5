import type { Block } from '../../canonical/chat-request.ts';
import { isSigned } from './carried-signature.ts';

/**
 * Puts together what only a stream's chunks had cut apart: neighbouring parts of one kind that nobody signed, and
 * another dialect's signature with the thought in front of it. Parts that Google signed keep their bounds, because
 * signatures hold for the part and not for the text.
 */
export function joinModelBlocks(blocks: readonly Block[]): readonly Block[] {
  const joined: Block[] = [];
  for (const block of blocks) {
    const last = joined.at(-1);
    const both = last === undefined ? undefined : join(last, block);
    if (both === undefined) joined.push(block);
    else joined[joined.length - 1] = both;
  }
  return joined;
}

function join(last: Block, block: Block): Block | undefined {
  if ('ext' in last || 'ext' in block) return undefined;
  if (last.type === 'text' && block.type === 'text') {
    if (last.signature !== undefined || block.signature !== undefined) return undefined;
    return { ...last, text: last.text + block.text };
  }
  if (last.type !== 'reasoning' || block.type !== 'reasoning') return undefined;
  if (isSigned(last) || block.redacted !== undefined || block.signature?.dialect === 'gemini') return undefined;
  return { ...block, text: last.text + block.text };
}
