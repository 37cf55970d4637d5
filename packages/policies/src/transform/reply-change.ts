import type { ReplyFilter, ReplySink } from '../policy.ts';

export interface ReplyChangeOptions {
  readonly bytesMax: number;
  /** Undefined: the body cannot be read. */
  readonly change: (body: Buffer) => Buffer | undefined;
  readonly sink: ReplySink;
}

/** Holds a reply back until it is whole, and lets go on what was made of it. What cannot be changed is not let through. */
export class ReplyChange implements ReplyFilter {
  readonly #options: ReplyChangeOptions;
  #pieces: Buffer[] | undefined = [];
  #length = 0;

  constructor(options: ReplyChangeOptions) {
    this.#options = options;
  }

  head(): void {
    // goes with the body: until that is read it may turn out to be a refusal
  }

  data(bytes: Buffer): void {
    const { bytesMax, sink } = this.#options;
    this.#length += bytes.length;
    if (this.#length <= bytesMax) this.#pieces?.push(Buffer.from(bytes));
    else if (this.#pieces !== undefined) {
      this.#pieces = undefined;
      sink.fail('upstream.invalid_reply', 'the reply is too long to be changed');
    }
  }

  end(): void {
    const { change, sink } = this.#options;
    if (this.#pieces === undefined) return;
    const body = Buffer.concat(this.#pieces, this.#length);
    // Nothing at all is no JSON to be changed.
    const changed = body.length === 0 ? body : change(body);
    if (changed === undefined) {
      sink.fail('upstream.invalid_reply', 'the reply is no JSON that could be changed');
      return;
    }
    if (changed.length > 0) sink.data(changed);
    sink.end();
  }
}
