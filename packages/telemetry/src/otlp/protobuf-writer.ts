const FIRST_BYTES = 64 * 1024;
/** The longest that anything but a text takes. */
const SMALL_BYTES = 16;

/** Bytes of protobuf in one buffer that grows. */
export class ProtobufWriter {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;

  /** What was written; nothing may be written after that. */
  whole(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Seven bits a byte, the lowest first; a negative number is its two's complement of 64 bits. Whole and safe. */
  varint(value: number): void {
    this.#room(SMALL_BYTES);
    if (value < 0) {
      this.#longVarint(BigInt.asUintN(64, BigInt(value)));
      return;
    }
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  fixed32(value: number): void {
    this.#room(SMALL_BYTES);
    this.#length = this.#bytes.writeUInt32LE(value, this.#length);
  }

  fixed64(value: bigint): void {
    this.#room(SMALL_BYTES);
    this.#length = this.#bytes.writeBigUInt64LE(value, this.#length);
  }

  double(value: number): void {
    this.#room(SMALL_BYTES);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  /** With its length in front. */
  text(value: string, encoding: 'utf8' | 'hex'): void {
    this.#room(value.length * 3 + SMALL_BYTES);
    const start = this.open();
    this.#length += this.#bytes.write(value, this.#length, encoding);
    this.close(start);
  }

  /** Something whose length stands in front of it and is known only behind it. */
  open(): number {
    this.#room(SMALL_BYTES);
    return this.#length++;
  }

  /** Most lengths take the one byte that was left for them; for others what follows is moved. */
  close(start: number): void {
    const length = this.#length - start - 1;
    if (length < 0x80) {
      this.#bytes[start] = length;
      return;
    }
    const more = length < 2 ** 14 ? 1 : length < 2 ** 21 ? 2 : length < 2 ** 28 ? 3 : 4;
    this.#room(SMALL_BYTES);
    this.#bytes.copyWithin(start + 1 + more, start + 1, this.#length);
    const end = this.#length + more;
    this.#length = start;
    this.varint(length);
    this.#length = end;
  }

  #longVarint(value: bigint): void {
    let rest = value;
    while (rest >= 0x80n) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + bytes));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
