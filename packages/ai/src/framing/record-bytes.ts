import { GatehouseError } from '@gatehouse/kernel';
import { parseJson } from '../loose-json.ts';
import { SSE_EVENT_BYTES_MAX } from '../sse.ts';

/** Images arrive as base64 in one record, hence the size. */
export const RECORD_BYTES_MAX = SSE_EVENT_BYTES_MAX;

/** The begun record, when a chunk ended inside it. */
export class RecordBytes {
  #bytes: Buffer = NOTHING;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What is kept so far. */
  get view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  keep(chunk: Buffer, start: number, end: number): void {
    const needed = this.#length + end - start;
    if (needed > RECORD_BYTES_MAX) throw brokenFraming('a record is larger than 16 MiB');
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, needed, FIRST_BYTES));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    chunk.copy(this.#bytes, this.#length, start, end);
    this.#length = needed;
  }

  /** The whole record, whose last bytes are `chunk[start, end)`; not copied when it lies in the chunk. */
  take(chunk: Buffer, start: number, end: number): Buffer {
    if (this.#length === 0 && end - start <= RECORD_BYTES_MAX) return chunk.subarray(start, end);
    this.keep(chunk, start, end);
    return this.takeRest();
  }

  /** What is left when the body ends. Given away: whoever holds the record may still read it when the next one begins. */
  takeRest(): Buffer {
    const { view } = this;
    this.#bytes = NOTHING;
    this.#length = 0;
    return view;
  }
}

const NOTHING = Buffer.alloc(0);
const FIRST_BYTES = 1024;

export function brokenFraming(what: string): GatehouseError {
  return new GatehouseError('provider.unavailable', `the provider's stream is broken: ${what}`);
}

/** An object that somebody has ended before it was whole. What is none at all, as some proxies write, is no part of an answer. */
export function isTorn(data: string): boolean {
  return data.trimStart().startsWith('{') && parseJson(data) === undefined;
}

/** Several providers leave out what ends their last record; if it can be read, nothing of it is missing. */
export function isWhole(data: string): boolean {
  const text = data.trim();
  return text.startsWith('[DONE]') || (text.startsWith('{') && parseJson(text) !== undefined);
}
