import type { StreamEvent } from '../../canonical/stream-event.ts';

export type BlockEvent = Extract<StreamEvent, { readonly t: 'block' | 'delta' | 'block_stop' }>;

/** Holds back blocks that began while another was open, for a wire that knows one at a time (reference T8). */
export class SerialBlocks {
  #live: number | undefined;
  /** By index, in the order of their starts. */
  readonly #held = new Map<number, BlockEvent[]>();

  /** Calls `emit` for what may go out now. */
  take(event: BlockEvent, emit: (event: BlockEvent) => void): void {
    if (this.#live === undefined && event.t === 'block') this.#live = event.index;
    if (event.index === this.#live) {
      emit(event);
      if (event.t === 'block_stop') this.#release(emit);
      return;
    }
    const held = this.#held.get(event.index);
    if (held !== undefined) held.push(event);
    else if (event.t === 'block') this.#held.set(event.index, [event]);
  }

  #release(emit: (event: BlockEvent) => void): void {
    this.#live = undefined;
    for (const [index, events] of this.#held) {
      this.#held.delete(index);
      for (const event of events) emit(event);
      if (events.at(-1)?.t === 'block_stop') continue;
      this.#live = index;
      return;
    }
  }
}
