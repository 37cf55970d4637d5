import { BLOCK_BYTES } from '../cache-memory.ts';

/** Bytes in front of what an entry holds: its length with them, its slot, and the lengths of its key and label. */
export const ENTRY_HEAD_BYTES = 16;
const FILLER = -1;

/** Where an entry stands: bytes since the ring began, never turned back. */
export type Position = number;

export interface RingEntry {
  readonly position: Position;
  /** Of the ring, with the head and up to the next block. */
  readonly bytes: number;
  /** Undefined for what only fills the end of the ring. */
  readonly slot: number | undefined;
}

/**
 * One ring of bytes in shared memory: entries are written at its head and leave at its tail, each in one piece. Whoever
 * uses it holds the lock of the shard. What is visible is moved last, so that a thread which dies in between leaves
 * nothing half done that anybody could read.
 */
export class Ring {
  readonly size: number;
  readonly #bytes: Buffer;
  readonly #cells: Float64Array;
  readonly #headCell: number;
  readonly #tailCell: number;

  constructor(bytes: Buffer, cells: Float64Array, at: { readonly head: number; readonly tail: number }) {
    this.size = bytes.length;
    this.#bytes = bytes;
    this.#cells = cells;
    this.#headCell = at.head;
    this.#tailCell = at.tail;
  }

  get #head(): number {
    return this.#cells[this.#headCell] ?? 0;
  }

  get #tail(): number {
    return this.#cells[this.#tailCell] ?? 0;
  }

  /** What must be free for an entry of so many bytes: with what the end of the ring wastes, if it does not fit there. */
  #needed(bytes: number): number {
    const left = this.size - (this.#head % this.size);
    return bytes <= left ? bytes : left + bytes;
  }

  fits(bytes: number): boolean {
    return this.size - (this.#head - this.#tail) >= this.#needed(bytes);
  }

  /** Writes where it `fits`; `parts` are the key, the label and the value. */
  append(slot: number, parts: readonly Uint8Array[]): Position {
    const bytes = entryBytes(parts);
    let head = this.#head;
    const left = this.size - (head % this.size);
    if (bytes > left) {
      this.#writeHead(head, { bytes: left, slot: FILLER, parts: [] });
      head += left;
    }
    this.#writeHead(head, { bytes, slot, parts });
    let at = (head % this.size) + ENTRY_HEAD_BYTES;
    for (const part of parts) {
      this.#bytes.set(part, at);
      at += part.length;
    }
    this.#cells[this.#headCell] = head + bytes;
    return head;
  }

  /** Writes an entry that has just been dropped at the head again, where it `fits`; nothing was written since. */
  again({ position, bytes }: RingEntry): Position {
    let head = this.#head;
    const from = position % this.size;
    const left = this.size - (head % this.size);
    const to = bytes > left ? 0 : head % this.size;
    this.#bytes.copyWithin(to, from, from + bytes);
    if (bytes > left) {
      this.#writeHead(head, { bytes: left, slot: FILLER, parts: [] });
      head += left;
    }
    this.#cells[this.#headCell] = head + bytes;
    return head;
  }

  #writeHead(
    position: Position,
    { bytes, slot, parts }: { bytes: number; slot: number; parts: readonly Uint8Array[] },
  ): void {
    const at = position % this.size;
    this.#bytes.writeInt32LE(bytes, at);
    this.#bytes.writeInt32LE(slot, at + 4);
    this.#bytes.writeInt32LE(parts[0]?.length ?? 0, at + 8);
    this.#bytes.writeInt32LE(parts[1]?.length ?? 0, at + 12);
  }

  /** The entry that leaves next. */
  oldest(): RingEntry | undefined {
    const position = this.#tail;
    if (position === this.#head) return undefined;
    const at = position % this.size;
    const slot = this.#bytes.readInt32LE(at + 4);
    return { position, bytes: this.#bytes.readInt32LE(at), slot: slot === FILLER ? undefined : slot };
  }

  drop({ bytes }: RingEntry): void {
    this.#cells[this.#tailCell] = this.#tail + bytes;
  }

  /** Views of an entry's key, label and value of so many bytes; good as long as the lock is held. */
  read(
    position: Position,
    valueBytes: number,
  ): { readonly key: Buffer; readonly label: Buffer; readonly value: Buffer } {
    const at = position % this.size;
    const keyEnd = at + ENTRY_HEAD_BYTES + this.#bytes.readInt32LE(at + 8);
    const labelEnd = keyEnd + this.#bytes.readInt32LE(at + 12);
    return {
      key: this.#bytes.subarray(at + ENTRY_HEAD_BYTES, keyEnd),
      label: this.#bytes.subarray(keyEnd, labelEnd),
      value: this.#bytes.subarray(labelEnd, labelEnd + valueBytes),
    };
  }
}

export function entryBytes(parts: readonly Uint8Array[]): number {
  const bytes = parts.reduce((sum, { length }) => sum + length, ENTRY_HEAD_BYTES);
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
}
