/** An object for each byte weighs a hundred: where pieces are that small, so many become one. */
const LOOSE_MAX = 256;
/** Pieces that are larger than this together do not weigh more for being apart. */
const JOINED_BYTES_MAX = 64 * 1024;

/** Bytes kept as they come, however small the pieces in which somebody sends them. */
export class Pieces {
  bytes = 0;
  #list: Buffer[] = [];
  /** How many, at the end of the list, are as they came. */
  #loose = 0;
  #looseBytes = 0;

  /** A copy: what is read into is read into again. */
  add(bytes: Buffer, start: number, end: number): void {
    this.bytes += end - start;
    this.#list.push(Buffer.from(bytes.subarray(start, end)));
    this.#looseBytes += end - start;
    if (++this.#loose === LOOSE_MAX) this.#join();
  }

  #join(): void {
    if (this.#looseBytes <= JOINED_BYTES_MAX) this.#list.push(Buffer.concat(this.#list.splice(-LOOSE_MAX)));
    this.#loose = 0;
    this.#looseBytes = 0;
  }

  get list(): readonly Buffer[] {
    return this.#list;
  }

  whole(): Buffer {
    return Buffer.concat(this.#list);
  }

  /** How many there were is still known. */
  drop(): void {
    this.#list = [];
    this.#loose = 0;
    this.#looseBytes = 0;
  }
}
