import { gapLine } from './record-line.ts';

export interface BatcherOptions {
  readonly worker: number;
  /** Wall clock, ms since the epoch; read only when records are lost. */
  readonly now: () => number;
  /** A batch is sent when it has grown to this size. */
  readonly batchBytesMax?: number;
  /** Sent and not acknowledged; beyond it records are dropped and counted. */
  readonly pendingBytesMax?: number;
  /** A longer line is dropped and counted. */
  readonly lineBytesMax?: number;
}

/** Takes over the buffer, which owns its memory and may be transferred. */
export type SendBatch = (
  bytes: Uint8Array<ArrayBuffer>,
  batch: { readonly count: number; readonly again: boolean },
) => void;

export interface BatcherStats {
  /** Lines taken on. */
  readonly added: number;
  readonly lost: number;
  readonly pendingBytes: number;
}

/** A batch is sent once it has reached its size, by the line that takes it over; so there is room for most lines. */
const ROOM_BYTES = 8192;

/** Of what may wait for the recorder, what lines may take that are worth less than records. */
const SPARE_SHARE = 0.5;

interface Sent {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The number of its last line. */
  readonly last: number;
  /** Number of lines. */
  readonly count: number;
  /** It was sent to a recorder before that died and may have been written by it. */
  readonly again: boolean;
}

/**
 * Gathers a worker's lines into batches for the recorder. Nothing waits for the disk: when the recorder falls too far
 * behind, records are dropped, counted, and a gap line takes their place as soon as there is room again.
 */
export class RecordBatcher {
  readonly #options: Required<BatcherOptions>;
  #send: SendBatch;
  /** The batch that grows. Lines are encoded as they come: as strings they would survive scavenge after scavenge. */
  #bytes: Buffer<ArrayBuffer>;
  #length = 0;
  #count = 0;
  #added = 0;
  #written = 0;
  #pendingBytes = 0;
  /** Sent batches, oldest first, kept until they are acknowledged. */
  #sent: Sent[] = [];
  #lost = 0;
  #gap: { lost: number; from: number; to: number } | undefined;

  constructor(send: SendBatch, options: BatcherOptions) {
    this.#send = send;
    this.#options = { batchBytesMax: 65_536, pendingBytesMax: 16_777_216, lineBytesMax: 1_048_576, ...options };
    this.#bytes = Buffer.allocUnsafeSlow(this.#options.batchBytesMax + ROOM_BYTES);
  }

  /**
   * A line that is worth less than a record: taken on while there is room for many, so that no record is lost for its
   * sake. False: it was not.
   */
  addSpare(line: string): boolean {
    const { pendingBytesMax, lineBytesMax } = this.#options;
    const room = Math.floor(pendingBytesMax * SPARE_SHARE) - this.#pendingBytes - this.#length;
    if (line.length > lineBytesMax || line.length > room || this.#gap !== undefined) return false;
    this.add(line);
    return true;
  }

  /** One line of ASCII with its newline. Answers its number; 0 for one that is dropped. */
  add(line: string): number {
    const { batchBytesMax, pendingBytesMax, lineBytesMax } = this.#options;
    if (this.#pendingBytes >= pendingBytesMax || line.length > lineBytesMax) {
      this.#lose(1);
      return 0;
    }
    if (this.#gap !== undefined) this.#closeGap();
    this.#append(line);
    const number = ++this.#added;
    if (this.#length >= batchBytesMax) this.#flush();
    return number;
  }

  /** Lines up to this number are in the file, or were given up. */
  get written(): number {
    return this.#written;
  }

  #append(line: string): void {
    if (this.#length + line.length > this.#bytes.length) this.#makeRoom(line.length);
    this.#length += this.#bytes.write(line, this.#length, 'latin1');
    this.#count++;
  }

  #makeRoom(bytes: number): void {
    if (this.#count > 0) this.#flush();
    if (bytes > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(bytes);
  }

  /** To be called every 50 ms, and once more before the worker ends. */
  tick(): void {
    if (this.#gap !== undefined && this.#pendingBytes < this.#options.pendingBytesMax) this.#closeGap();
    if (this.#count > 0) this.#flush();
  }

  /** The recorder has written this much, in the order in which it was sent. */
  acknowledge(bytes: number): void {
    let left = bytes;
    for (let oldest = this.#sent[0]; oldest !== undefined && oldest.bytes.length <= left; oldest = this.#sent[0]) {
      left -= oldest.bytes.length;
      this.#pendingBytes -= oldest.bytes.length;
      this.#written = oldest.last;
      this.#sent.shift();
    }
  }

  /**
   * Goes on with another recorder after the first one died. Its batches are sent a second time, in order and before
   * anything new; one that has outlived two recorders may be what kills them and is given up.
   */
  reconnect(send: SendBatch): void {
    const unwritten = this.#sent;
    this.#sent = [];
    this.#pendingBytes = 0;
    this.#send = send;
    for (const { bytes, last, count, again } of unwritten) {
      if (again) this.#lose(count);
      else this.#dispatch({ bytes, last, count, again: true });
    }
  }

  stats(): BatcherStats {
    return { added: this.#added, lost: this.#lost, pendingBytes: this.#pendingBytes };
  }

  #lose(count: number): void {
    const now = this.#options.now();
    this.#gap ??= { lost: 0, from: now, to: now };
    this.#gap.lost += count;
    this.#gap.to = now;
    this.#lost += count;
  }

  #closeGap(): void {
    if (this.#gap === undefined) return;
    const gap = this.#gap;
    this.#gap = undefined;
    this.#append(gapLine({ gap: true, ...gap, worker: this.#options.worker }));
  }

  #flush(): void {
    const bytes = this.#bytes.subarray(0, this.#length);
    const count = this.#count;
    this.#bytes = Buffer.allocUnsafeSlow(this.#options.batchBytesMax + ROOM_BYTES);
    this.#length = 0;
    this.#count = 0;
    this.#dispatch({ bytes, last: this.#added, count, again: false });
  }

  #dispatch(batch: Sent): void {
    this.#sent.push(batch);
    this.#pendingBytes += batch.bytes.length;
    // A copy is given away; ours stays, in case that recorder dies before it has written.
    this.#send(new Uint8Array(batch.bytes), batch);
  }
}
