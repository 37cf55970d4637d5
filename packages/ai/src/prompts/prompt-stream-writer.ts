import type { CallerError, StreamWriter, Unfit } from '../canonical/dialect.ts';
import { StreamFold } from '../canonical/fold-stream.ts';
import type { Delta, StreamEvent } from '../canonical/stream-event.ts';
import type { PromptVersion } from './compile-prompt.ts';
import { problemText } from './prompt-problem.ts';
import { readPromptReply, unfitOutput } from './prompt-reply.ts';

/**
 * Events `delta` with pieces of text as they come, then either `done` with the whole answer, as callers who do not
 * stream get it, or `error` with a problem: only `done` says that what was shown is what the prompt promises.
 */
export class PromptStreamWriter implements StreamWriter {
  unfit: Unfit | undefined;
  readonly #version: PromptVersion;
  readonly #fold = new StreamFold();
  /** Indexes of the blocks that are text: what a model thinks is not part of its answer. */
  readonly #texts = new Set<number>();

  constructor(version: PromptVersion) {
    this.#version = version;
  }

  write(event: StreamEvent): string {
    this.#fold.add(event);
    if (event.t === 'block' && event.choice === 0 && event.block.type === 'text') this.#texts.add(event.index);
    if (event.t === 'delta') return event.choice === 0 && this.#texts.has(event.index) ? deltaFrame(event.delta) : '';
    if (event.t === 'ping') return this.keepAlive();
    return event.t === 'done' ? this.#last() : '';
  }

  #last(): string {
    const reply = this.#fold.end();
    const read = reply === undefined || 'kind' in reply ? undefined : readPromptReply(this.#version, reply);
    if (read !== undefined && 'reply' in read) return frame('done', JSON.stringify(read.reply));
    this.unfit = unfitOutput(read?.problem);
    return '';
  }

  keepAlive(): string {
    return ': keep-alive\n\n';
  }

  fail(error: CallerError): string {
    return frame('error', problemText(error));
  }
}

function deltaFrame(delta: Delta): string {
  return 'text' in delta ? frame('delta', JSON.stringify({ text: delta.text })) : '';
}

function frame(event: string, data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`;
}
