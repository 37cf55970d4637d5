import type { Turn } from '../../canonical/chat-request.ts';
import { wireNames, type WireNames } from '../../canonical/wire-names.ts';

const CHARS_MAX = 64;

/**
 * Ids of tool calls as the API takes them: in its characters, and each only once in a conversation, although some servers
 * number their calls anew in every turn. Asked in the order of the conversation, results behind their calls.
 */
export class CallIds {
  readonly #names: WireNames;
  readonly #used = new Set<string>();
  /** By the caller's id, of the calls that wait for their results. */
  readonly #waiting = new Map<string, string[]>();

  constructor(turns: readonly Turn[]) {
    const ids = turns.flatMap(({ blocks }) => blocks.flatMap((block) => (block.type === 'tool_call' ? block.id : [])));
    this.#names = wireNames(ids, { allowed: 'A-Za-z0-9_-', charsMax: CHARS_MAX });
  }

  ofCall(id: string): string {
    const wire = this.#free(this.#names.toWire(id));
    this.#used.add(wire);
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) this.#waiting.set(id, [wire]);
    else waiting.push(wire);
    return wire;
  }

  ofResult(callId: string): string {
    return this.#waiting.get(callId)?.shift() ?? this.#names.toWire(callId);
  }

  #free(wire: string): string {
    let free = wire;
    for (let again = 2; this.#used.has(free); again++) free = `${wire.slice(0, CHARS_MAX - 6)}_${again}`;
    return free;
  }
}
