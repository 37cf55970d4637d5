/** Most that the calls of a worker may hold together while nobody knows yet whether they are kept. */
const ROOM_BYTES = 64 * 1024 ** 2;
const FIRST_BYTES = 1024;

/** Of one worker. */
export class HoldingRoom {
  #left = ROOM_BYTES;

  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#left += bytes;
  }
}

const NOTHING = Buffer.alloc(0);

/** The beginning of a body, copied as it passes, in one piece however small those are in which it comes. */
export class HeldBytes {
  /** That have passed. */
  passed = 0;
  readonly #bytesMax: number;
  readonly #room: HoldingRoom;
  #held: Buffer = NOTHING;
  #length = 0;
  #full = false;

  constructor(bytesMax: number, room: HoldingRoom) {
    this.#bytesMax = bytesMax;
    this.#room = room;
    this.#full = bytesMax === 0;
  }

  add(bytes: Buffer, start: number, end: number): void {
    this.passed += end - start;
    if (this.#full) return;
    const more = Math.min(end - start, this.#bytesMax - this.#length);
    if (this.#length + more > this.#held.length && !this.#grow(this.#length + more)) return;
    bytes.copy(this.#held, this.#length, start, start + more);
    this.#length += more;
    this.#full = this.#length === this.#bytesMax;
  }

  #grow(least: number): boolean {
    const size = Math.min(this.#bytesMax, Math.max(least, FIRST_BYTES, this.#held.length * 2));
    if (!this.#room.take(size - this.#held.length)) {
      this.#full = true;
      return false;
    }
    const grown = Buffer.allocUnsafeSlow(size);
    this.#held.copy(grown, 0, 0, this.#length);
    this.#held = grown;
    return true;
  }

  get bytes(): Buffer {
    return this.#held.subarray(0, this.#length);
  }

  get cut(): boolean {
    return this.passed > this.#length;
  }

  drop(): void {
    this.#room.give(this.#held.length);
    this.#held = NOTHING;
    this.#length = 0;
    this.#full = true;
  }
}
