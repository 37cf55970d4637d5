import { slot } from '@gatehouse/kernel';
import type { WireRecord } from '../canonical/dialect.ts';
import type { Framing } from './framing.ts';
import { brokenFraming, RecordBytes } from './record-bytes.ts';

/**
 * Objects of a JSON array that grows, or a single object without an array, which is how Gemini reports an error. Looks
 * for the ends of objects only: what is between the braces is judged by whoever parses it. What stands in front of an
 * object belongs to its `raw`; what stands behind the last one is a record without data.
 */
export class ObjectFraming implements Framing {
  readonly #onRecord: (record: WireRecord) => void;
  readonly #begun = new RecordBytes();
  #inArray = false;
  /** Open braces; 0 between objects. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Where the object begins in its record. */
  #objectAt = 0;

  constructor(onRecord: (record: WireRecord) => void) {
    this.#onRecord = onRecord;
  }

  push(bytes: Buffer, start: number, end: number): void {
    let recordStart = start;
    for (let at = start; at < end; at++) {
      const byte = slot(bytes, at);
      if (this.#inString) this.#readString(byte);
      else if (this.#depth > 0) {
        if (byte === QUOTE) this.#inString = true;
        else if (byte === BRACE_OPEN) this.#depth++;
        else if (byte === BRACE_CLOSE && --this.#depth === 0) {
          const raw = this.#begun.take(bytes, recordStart, at + 1);
          this.#emit(raw, true);
          recordStart = at + 1;
        }
      } else if (byte === BRACE_OPEN) {
        this.#depth = 1;
        this.#objectAt = this.#begun.length + at - recordStart;
      } else this.#readBetween(byte);
    }
    if (recordStart < end) this.#begun.keep(bytes, recordStart, end);
  }

  end(): void {
    const raw = this.#begun.takeRest();
    if (this.#depth > 0) this.#emit(raw, false);
    else if (raw.length > 0 || this.#inArray) {
      this.#onRecord({ raw, data: '', type: '', complete: !this.#inArray });
    }
  }

  #readString(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#inString = false;
  }

  #readBetween(byte: number): void {
    if (byte === BRACKET_OPEN && !this.#inArray) this.#inArray = true;
    else if (byte === BRACKET_CLOSE && this.#inArray) this.#inArray = false;
    else if (!BETWEEN.has(byte)) throw brokenFraming('it is no array of objects');
  }

  #emit(raw: Buffer, complete: boolean): void {
    this.#onRecord({ raw, data: raw.toString('utf8', this.#objectAt), type: '', complete });
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;
const BRACKET_OPEN = 0x5b;
const BRACKET_CLOSE = 0x5d;
/** White space, commas, and the bytes of a byte order mark. */
const BETWEEN: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0x2c, 0xef, 0xbb, 0xbf]);
