import type { Block, TextBlock, Turn } from '../../canonical/chat-request.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import { dropEmptyText, mergeRoles, pairToolResults, systemTurnsAsUser } from '../../canonical/shape-turns.ts';
import { stripForeign } from './strip-foreign.ts';

/**
 * Turns of another dialect as Converse takes them: the user first, then in turns; results before all else, calls behind
 * it; no blank text; text beside every document. What only other vendors can read is left out.
 */
export function fitTurns(turns: readonly Turn[], losses: Losses): readonly Turn[] {
  const ours = stripForeign(turns, { unsigned: false, losses });
  const paired = pairToolResults(ours, losses);
  const merged = mergeRoles(dropEmptyText(systemTurnsAsUser(paired, losses)));
  const [first] = merged;
  if (first === undefined) throw new Untranslatable('Bedrock needs at least one message of the user.', 'messages');
  if (first.role !== 'user') {
    losses.add('emulated', 'messages');
    merged.unshift({ role: 'user', blocks: [PLACEHOLDER] });
  }
  return merged.map((turn) => withText(callsLast(turn), losses));
}

/** For places that must not be empty. */
const PLACEHOLDER: TextBlock = { type: 'text', text: '(empty)' };

/** Behind the text of their stretch; reasoning is never crossed, as what is signed keeps its place. */
function callsLast(turn: Turn): Turn {
  if (turn.role !== 'assistant') return turn;
  const blocks: Block[] = [];
  const calls: Block[] = [];
  for (const block of turn.blocks) {
    if (block.type === 'tool_call') calls.push(block);
    else {
      if (block.type === 'reasoning') blocks.push(...calls.splice(0));
      blocks.push(block);
    }
  }
  return { ...turn, blocks: [...blocks, ...calls] };
}

function withText(turn: Turn, losses: Losses): Turn {
  const document = turn.blocks.some((block) => block.type === 'media' && block.kind === 'document');
  if (!document || turn.blocks.some(({ type }) => type === 'text')) return turn;
  losses.add('emulated', 'document');
  return { ...turn, blocks: [...turn.blocks, PLACEHOLDER] };
}
