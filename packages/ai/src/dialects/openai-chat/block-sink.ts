import type { MediaBlock, OpaqueBlock } from '../../canonical/chat-request.ts';
import type { Delta, OpenBlock, StreamEvent } from '../../canonical/stream-event.ts';

export type Emit = (event: StreamEvent) => void;

/** Numbers the blocks of one choice. */
export class BlockSink {
  readonly choice: number;
  readonly #emit: Emit;
  #blocks = 0;

  constructor(choice: number, emit: Emit) {
    this.choice = choice;
    this.#emit = emit;
  }

  open(block: OpenBlock): number {
    const index = this.#blocks++;
    this.#emit({ t: 'block', choice: this.choice, index, block });
    return index;
  }

  delta(index: number, delta: Delta): void {
    this.#emit({ t: 'delta', choice: this.choice, index, delta });
  }

  stop(index: number): void {
    this.#emit({ t: 'block_stop', choice: this.choice, index });
  }

  whole(block: MediaBlock | OpaqueBlock): void {
    this.stop(this.open(block));
  }
}
