import type { ToolCallBlock, ToolResultBlock, Turn } from './chat-request.ts';
import { Untranslatable, type Losses } from './loss.ts';

/**
 * Which result answers which call. An id may come again in later turns, as some servers number calls anew each time:
 * a result then answers the nearest turn in front of it that still waits, and there the first of its calls.
 */
export class ResultMatch {
  readonly #results = new Map<ToolCallBlock, ToolResultBlock>();

  /** Throws `Untranslatable` for a result that answers no call. */
  constructor(turns: readonly Turn[]) {
    const waiting = new Map<string, ToolCallBlock[][]>();
    for (const turn of turns) {
      for (const block of turn.blocks) if (block.type === 'tool_result') this.#take(block, waiting);
      for (const [id, calls] of Map.groupBy(callsOf(turn), (call) => call.id)) {
        const turnsOfId = waiting.get(id);
        if (turnsOfId === undefined) waiting.set(id, [calls]);
        else turnsOfId.push(calls);
      }
    }
  }

  #take(result: ToolResultBlock, waiting: ReadonlyMap<string, ToolCallBlock[][]>): void {
    const turns = waiting.get(result.callId);
    const nearest = turns?.at(-1);
    const call = nearest?.shift();
    if (call === undefined)
      throw new Untranslatable(`a tool result answers no tool call: ${idForMessage(result)}`, 'messages');
    if (nearest?.length === 0) turns?.pop();
    this.#results.set(call, result);
  }

  /** The results of a turn's calls, in their order. */
  resultsOf(turn: Turn, losses: Losses): ToolResultBlock[] {
    return callsOf(turn).map((call) => {
      const result = this.#results.get(call);
      if (result !== undefined) return result;
      losses.add('emulated', 'tool_result');
      return {
        type: 'tool_result',
        callId: call.id,
        name: call.name,
        isError: true,
        content: [{ type: 'text', text: 'no result provided' }],
        ...(call.custom === true && { custom: true }),
      };
    });
  }
}

function callsOf(turn: Turn): ToolCallBlock[] {
  return turn.blocks.filter((block) => block.type === 'tool_call');
}

function idForMessage({ callId }: ToolResultBlock): string {
  return JSON.stringify(callId.slice(0, 100));
}
