import type { Block, OpaqueBlock, ReasoningBlock, TextBlock, Turn } from '../../canonical/chat-request.ts';
import type { Losses } from '../../canonical/loss.ts';
import { asText } from '../../loose-json.ts';

interface Stripping {
  /** Reasoning may come without a proof. */
  readonly unsigned: boolean;
  readonly losses: Losses;
}

/** Turns without what only other vendors can read: their proofs, and blocks of their own. */
export function stripForeign(turns: readonly Turn[], stripping: Stripping): readonly Turn[] {
  const { losses } = stripping;
  return turns.flatMap(({ role, blocks, name, phase }) => {
    if (name !== undefined) losses.add('dropped', 'name');
    if (phase !== undefined) losses.add('dropped', 'phase');
    const kept = blocks.flatMap((block) => strip(block, stripping));
    return kept.length === 0 ? [] : [{ role, blocks: kept }];
  });
}

function strip(block: Block, { unsigned, losses }: Stripping): readonly Block[] {
  switch (block.type) {
    case 'reasoning':
      return unsigned && block.redacted === undefined && block.signature === undefined
        ? [block]
        : stripReasoning(block, losses);
    case 'text':
      return [stripProof(block, losses)];
    case 'opaque':
      return stripOpaque(block, losses);
    case 'tool_call':
      if (block.signature !== undefined) losses.add('dropped', 'reasoning_signature');
      break;
    case 'refusal':
    case 'media':
    case 'tool_result':
      break;
  }
  return [block];
}

/** Models refuse reasoning without a proof of theirs. */
function stripReasoning(block: ReasoningBlock, losses: Losses): readonly Block[] {
  const proof = block.redacted ?? block.signature;
  if (proof?.dialect === 'bedrock') return [block];
  losses.add('dropped', proof === undefined ? 'reasoning' : 'reasoning_signature');
  return [];
}

function stripProof(block: TextBlock, losses: Losses): Block {
  if (block.signature === undefined) return block;
  losses.add('dropped', 'reasoning_signature');
  const { signature: _, ...text } = block;
  return text;
}

function stripOpaque(block: OpaqueBlock, losses: Losses): readonly Block[] {
  if (block.dialect === 'bedrock') return [block];
  const name = asText(block.data['type']);
  // Losses end up in a header, and a caller may call its blocks what it likes.
  losses.add('dropped', name !== undefined && /^[\w.-]{1,64}$/.test(name) ? name : 'opaque');
  return [];
}
