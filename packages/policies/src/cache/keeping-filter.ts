import type { ReplyFilter, ReplySink } from '../policy.ts';

/** Lets a body through and remembers it, as long as it is not too much. */
export class KeepingFilter implements ReplyFilter {
  readonly #sink: ReplySink;
  readonly #bytesMax: number;
  readonly #over: (body: Buffer | undefined) => void;
  #pieces: Buffer[] | undefined = [];
  #bytes = 0;

  /** `over` is told the whole body at its end, or nothing when there is none: too large, or broken off. */
  constructor(sink: ReplySink, bytesMax: number, over: (body: Buffer | undefined) => void) {
    this.#sink = sink;
    this.#bytesMax = bytesMax;
    this.#over = over;
  }

  data(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.#bytesMax) this.#pieces = undefined;
    // What is read into is read into again.
    else this.#pieces?.push(Buffer.from(piece));
    this.#sink.data(piece);
  }

  end(): void {
    this.#over(this.#pieces && Buffer.concat(this.#pieces));
    this.#sink.end();
  }

  /** A reply that broke off is never kept (RFC 9111 §3.3). */
  broken(): void {
    this.#over(undefined);
  }
}
