/** Finds the end of each reply that has a Content-Length; knows nothing of other framings. */
export class ReplyScanner {
  #head = '';
  #bodyLeft = 0;
  #inBody = false;
  status = 0;

  /** Takes what arrived; true when a reply is complete. One request is under way at a time, so nothing can follow. */
  take(bytes: Buffer, length: number): boolean {
    if (this.#inBody) return this.#body(length);
    const text = this.#head + bytes.toString('latin1', 0, length);
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) {
      this.#head = text;
      return false;
    }
    this.#head = '';
    this.status = Number(text.slice(9, 12));
    this.#bodyLeft = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? Number.NaN);
    if (Number.isNaN(this.#bodyLeft)) throw new Error('a reply without Content-Length');
    this.#inBody = true;
    return this.#body(text.length - end - 4);
  }

  #body(length: number): boolean {
    this.#bodyLeft -= length;
    if (this.#bodyLeft > 0) return false;
    this.#inBody = false;
    return true;
  }
}
