import { slot } from '@gatehouse/kernel';
import { CR, LF, LineEnds, SseEvent } from './sse-event.ts';

/** One event, its blank line included. Images arrive as base64 in one event, hence the size. */
export const SSE_EVENT_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Cuts a `text/event-stream` body into events on bytes: LF, CRLF and CR end lines, a chunk may end anywhere, and the
 * raw bytes of all events joined are the body. An event that lies whole inside a chunk is not copied.
 *
 * A CR at the very end of a chunk may be half of a CRLF, so its event waits for the next byte: the cut is then the same
 * however the body was chunked. Only a stream that ends its lines with bare CR is delayed by this, and none is known.
 */
export class SseSplitter {
  readonly #onEvent: (event: SseEvent) => void;
  readonly #event = new SseEvent();
  /** The begun event, when a chunk ended inside it. */
  #carry: Buffer = NOTHING;
  #carried = 0;
  /** Lines of the begun event, the blank one left out. */
  #lines = 0;
  #inLine = false;
  /** The last chunk ended behind a CR; `blank` tells whether the line it ended was blank. */
  #afterCr: 'no' | 'text' | 'blank' = 'no';
  #tooLarge = false;

  /** `onEvent` gets the same object each time; the bytes that it takes from it live as long as the chunks' own. */
  constructor(onEvent: (event: SseEvent) => void) {
    this.#onEvent = onEvent;
  }

  /**
   * Reads `chunk[start, end)`. Of an event that it begins and does not end it keeps a copy. Answers false, then and ever
   * after, when that event is larger than `SSE_EVENT_BYTES_MAX`: nothing that follows can be told apart.
   */
  push(chunk: Buffer, start = 0, end = chunk.length): boolean {
    if (!this.#tooLarge) this.#split(chunk, start, end);
    return !this.#tooLarge;
  }

  #split(chunk: Buffer, start: number, end: number): void {
    let at = start;
    let eventStart = start;
    if (this.#afterCr !== 'no' && at < end) {
      if (slot(chunk, at) === LF) at++;
      if (this.#afterCr === 'blank') {
        this.#emit(chunk, start, at);
        eventStart = at;
      }
      this.#afterCr = 'no';
    }
    const lineEnds = new LineEnds(chunk, end);
    while (at < end) {
      const lineEnd = lineEnds.next(at);
      const blank = lineEnd === at && !this.#inLine;
      this.#inLine = lineEnd === end;
      if (this.#inLine) break;
      if (!blank) this.#lines++;
      at = lineEnd + 1;
      if (slot(chunk, lineEnd) === CR) {
        if (at === end) {
          this.#afterCr = blank ? 'blank' : 'text';
          break;
        }
        if (slot(chunk, at) === LF) at++;
      }
      if (blank) {
        this.#emit(chunk, eventStart, at);
        eventStart = at;
      }
    }
    if (eventStart < end) this.#keep(chunk, eventStart, end);
  }

  /** The body has ended: what is left is the last event, which several providers leave without its blank line. */
  end(): void {
    if (this.#carried === 0 || this.#tooLarge) return;
    if (this.#inLine) this.#lines++;
    this.#event.terminated = this.#afterCr === 'blank';
    this.#emit(this.#carry, 0, 0);
  }

  #emit(chunk: Buffer, start: number, end: number): void {
    if (this.#carried === 0) this.#event.load(chunk, { start, end, lines: this.#lines });
    else {
      this.#keep(chunk, start, end);
      if (this.#tooLarge) return;
      this.#event.load(this.#carry, { start: 0, end: this.#carried, lines: this.#lines });
      // Given away: whoever forwards the event may still be writing it when the next one is begun.
      this.#carry = NOTHING;
      this.#carried = 0;
    }
    this.#lines = 0;
    this.#onEvent(this.#event);
    this.#event.first = false;
  }

  #keep(chunk: Buffer, start: number, end: number): void {
    const needed = this.#carried + end - start;
    if (needed > SSE_EVENT_BYTES_MAX) {
      this.#tooLarge = true;
      this.#carry = NOTHING;
      return;
    }
    if (needed > this.#carry.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.#carry.length, needed, CARRY_FIRST_BYTES));
      this.#carry.copy(larger, 0, 0, this.#carried);
      this.#carry = larger;
    }
    chunk.copy(this.#carry, this.#carried, start, end);
    this.#carried = needed;
  }
}

const NOTHING = Buffer.alloc(0);
const CARRY_FIRST_BYTES = 1024;
