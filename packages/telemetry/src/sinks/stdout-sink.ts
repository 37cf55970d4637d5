import type { Sink } from '../sink.ts';
import type { LineText } from './line-text.ts';

/** Resolves when the text was handed to whoever reads it. */
export type WriteText = (text: string) => Promise<void>;

export function stdoutSink(write: WriteText, text: LineText): Sink {
  return {
    async send(items) {
      await write(items.map((item) => `${text(item)}\n`).join(''));
      return undefined;
    },
    async close() {},
  };
}
