import type { Delta, OpenBlock } from '../../canonical/stream-event.ts';
import { blockEvents, type BlockEvents } from './block-events.ts';

interface Queued {
  readonly index: number;
  readonly block: OpenBlock;
  /** There once it is this block's turn. */
  events: BlockEvents | undefined;
  /** What came before that. */
  readonly waiting: Delta[];
  stopped: boolean;
}

/** Blocks one after the other, as the dialect wants them: what belongs to a later one waits until those before it end. */
export class SerialBlocks {
  readonly #queue: Queued[] = [];
  #indexes = 0;

  begin(index: number, block: OpenBlock): string {
    this.#queue.push({ index, block, events: undefined, waiting: [], stopped: false });
    return this.#queue.length === 1 ? this.#advance() : '';
  }

  delta(index: number, delta: Delta): string {
    const queued = this.#queue.find((one) => one.index === index);
    if (queued?.events !== undefined) return queued.events.delta(delta);
    queued?.waiting.push(delta);
    return '';
  }

  stop(index: number): string {
    const queued = this.#queue.find((one) => one.index === index);
    if (queued === undefined) return '';
    queued.stopped = true;
    return queued.events === undefined ? '' : this.#advance();
  }

  /** Blocks that were never stopped are, when the message ends. */
  stopAll(): string {
    for (const queued of this.#queue) queued.stopped = true;
    return this.#advance();
  }

  #advance(): string {
    let sent = '';
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      if (head.events === undefined) {
        const events = blockEvents(head.block, () => this.#indexes++);
        head.events = events;
        sent += events.open() + head.waiting.map((delta) => events.delta(delta)).join('');
      }
      if (!head.stopped) return sent;
      sent += head.events.close();
      this.#queue.shift();
    }
    return sent;
  }
}
