import type { Block, Turn } from '../../canonical/chat-request.ts';
import { keep, keptOf } from './own.ts';
import type { Proof } from './proof.ts';

/**
 * Items to turns: what the model said in a row is one turn, with one message at the most, because the phase belongs to
 * the message; results in a row are one turn; every other message is a turn of its own.
 */
export class TurnBuilder {
  readonly #turns: Turn[] = [];
  #open: { readonly role: Turn['role']; readonly blocks: Block[]; holds: 'message' | 'items' } | undefined;
  #phase: string | undefined;

  get isEmpty(): boolean {
    return this.#turns.length === 0 && this.#open === undefined;
  }

  message({ role, blocks, phase }: Turn): void {
    const open = this.#open;
    if (open === undefined || role !== 'assistant' || open.role !== role || open.holds === 'message') {
      this.#begin(role, 'message');
    }
    if (this.#open !== undefined) this.#open.holds = 'message';
    this.#phase = phase;
    this.#open?.blocks.push(...blocks);
  }

  add(role: 'user' | 'assistant', block: Block): void {
    if (this.#open?.role !== role || (role === 'user' && this.#open.holds === 'message')) this.#begin(role, 'items');
    this.#open?.blocks.push(block);
  }

  /** The signature of the call or the text that it stands behind. */
  prove({ signature, place }: Proof): void {
    const type = place === 'last_call' ? 'tool_call' : 'text';
    const blocks = this.#open?.blocks;
    const block = blocks?.at(-1);
    if (block?.type !== type || (block.type !== 'text' && block.type !== 'tool_call')) return;
    blocks?.splice(-1, 1, keep({ ...block, signature }, keptOf(block)));
  }

  end(): readonly Turn[] {
    this.#close();
    return this.#turns;
  }

  #begin(role: Turn['role'], holds: 'message' | 'items'): void {
    this.#close();
    this.#open = { role, blocks: [], holds };
  }

  #close(): void {
    if (this.#open === undefined) return;
    const { role, blocks } = this.#open;
    this.#turns.push({ role, blocks, ...(this.#phase !== undefined && { phase: this.#phase }) });
    this.#open = undefined;
    this.#phase = undefined;
  }
}
