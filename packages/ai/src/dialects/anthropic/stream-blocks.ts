import type { JsonFields } from '../../canonical/json.ts';
import type { Delta, OpenBlock, StreamEvent } from '../../canonical/stream-event.ts';
import type { AnswerContext } from './answer-context.ts';
import { openBlock, type OpenedBlock } from './opened-block.ts';

type Emit = (event: StreamEvent) => void;

/** The blocks of a stream, by the index that the provider gives them; ours is dense whatever it sends. */
export class StreamBlocks {
  readonly #answer: AnswerContext;
  readonly #open = new Map<number, OpenedBlock>();
  #count = 0;
  hasCalls = false;

  constructor(answer: AnswerContext) {
    this.#answer = answer;
  }

  /** Anything was said that cannot be taken back. */
  get begun(): boolean {
    return this.#count > 0 || this.#open.size > 0;
  }

  start(wire: number, block: JsonFields, emit: Emit): OpenedBlock {
    // Blocks follow each other; only relays let calls overlap, or leave a stop out.
    for (const [index, open] of this.#open) if (index === wire || !open.isCall) this.stop(index, emit);
    const opened = openBlock(block, this.#answer);
    this.#open.set(wire, opened);
    this.hasCalls ||= opened.isCall;
    if (opened.immediate !== undefined) this.#begin(opened, opened.immediate, emit);
    for (const delta of opened.first) this.#emitDelta(opened, delta, emit);
    return opened;
  }

  delta(wire: number, fields: JsonFields, emit: Emit): void {
    const open = this.#open.get(wire) ?? this.#implied(wire, fields, emit);
    const delta = open?.take(fields);
    if (open !== undefined && delta !== undefined) this.#emitDelta(open, delta, emit);
  }

  stop(wire: number, emit: Emit): void {
    const open = this.#open.get(wire);
    if (open === undefined) return;
    this.#open.delete(wire);
    const { block, deltas } = open.finish();
    if (block !== undefined) this.#begin(open, block, emit);
    for (const delta of deltas) this.#emitDelta(open, delta, emit);
    emit({ t: 'block_stop', choice: 0, index: open.index });
  }

  stopAll(emit: Emit): void {
    for (const wire of this.#open.keys()) this.stop(wire, emit);
  }

  #begin(open: OpenedBlock, block: OpenBlock, emit: Emit): void {
    open.index = this.#count++;
    emit({ t: 'block', choice: 0, index: open.index, block });
  }

  #emitDelta({ index }: OpenedBlock, delta: Delta, emit: Emit): void {
    emit({ t: 'delta', choice: 0, index, delta });
  }

  /** Some relays begin no block for text. */
  #implied(wire: number, { type }: JsonFields, emit: Emit): OpenedBlock | undefined {
    if (type === 'text_delta') return this.start(wire, { type: 'text' }, emit);
    return type === 'thinking_delta' ? this.start(wire, { type: 'thinking' }, emit) : undefined;
  }
}
