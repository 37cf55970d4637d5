const LF = 0x0a;
const LAST = '0\r\n\r\n';
const STAMP = /"t(\d+)"/;

/** Reads beside the bytes of streamed replies on one connection: how many events, whether one is over, the stamp in it. */
export class StreamReader {
  events = 0;
  failed = false;
  /** By the clock of the machine in ns; undefined until it was read. */
  stamp: bigint | undefined;
  #begun = false;
  #tail = '';
  #head = '';

  /** True when a reply is complete. */
  take(bytes: Buffer, options: { readonly stamps: boolean }): boolean {
    if (!this.#begun) this.#begin(bytes);
    let at = bytes.indexOf('\n\n');
    while (at >= 0) {
      this.events++;
      at = bytes.indexOf('\n\n', at + 2);
    }
    if (this.#tail.endsWith('\n') && bytes[0] === LF) this.events++;
    this.#tail = (this.#tail + bytes.toString('latin1', Math.max(0, bytes.length - LAST.length))).slice(-LAST.length);
    if (options.stamps) this.#findStamp(bytes);
    if (this.#tail !== LAST) return false;
    this.#begun = false;
    this.#tail = '';
    return true;
  }

  #begin(bytes: Buffer): void {
    this.#begun = true;
    this.#head = '';
    this.stamp = undefined;
    if (bytes.toString('latin1', 9, 12) !== '200') this.failed = true;
  }

  #findStamp(bytes: Buffer): void {
    if (this.stamp !== undefined) return;
    this.#head += bytes.toString('latin1');
    const found = STAMP.exec(this.#head)?.[1];
    if (found !== undefined) this.stamp = BigInt(found);
  }
}
