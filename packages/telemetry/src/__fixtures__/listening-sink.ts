import type { Sink, SinkItem, SinkOutcome } from '../sink.ts';

type Answer = (
  items: readonly SinkItem[],
  signal: AbortSignal,
) => SinkOutcome | undefined | Promise<SinkOutcome | undefined>;

/** Remembers what it is sent; `answer` may refuse it, and then it is not remembered. */
export class ListeningSink implements Sink {
  readonly batches: (readonly SinkItem[])[] = [];
  offered = 0;
  closed = 0;
  answer: Answer = () => undefined;

  async send(items: readonly SinkItem[], signal: AbortSignal): Promise<SinkOutcome | undefined> {
    this.offered++;
    const outcome = await this.answer(items, signal);
    this.batches.push(items);
    return outcome;
  }

  async close(): Promise<void> {
    this.closed++;
  }

  /** Of all records, in the order in which they came; gaps are `gap`. */
  get ids(): readonly string[] {
    return this.batches.flat().map((item) => (item.kind === 'record' ? item.record.id : 'gap'));
  }
}
