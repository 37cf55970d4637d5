import type { Block, Turn } from '../../canonical/chat-request.ts';

/** Results with the name of the tool that they come from, which only some dialects repeat. */
export function nameResults(turns: readonly Turn[]): Turn[] {
  const names = new Map<string, string>();
  return turns.map((turn) => {
    const blocks = turn.blocks.map((block): Block => {
      // An id may come again in later turns: the call that came last counts.
      if (block.type === 'tool_call') names.set(block.id, block.name);
      if (block.type !== 'tool_result' || block.name !== undefined) return block;
      const name = names.get(block.callId);
      return name === undefined ? block : { ...block, name };
    });
    return { ...turn, blocks };
  });
}
