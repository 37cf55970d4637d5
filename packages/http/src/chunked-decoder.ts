import { Fields } from './fields.ts';
import { CR, HEX_VALUE, LF, VALUE_CHAR } from './grammar.ts';
import { tableAt } from './table-read.ts';

/** Where the body of a message goes while it is read. Bytes are valid during the call only. */
export interface BodySink {
  onData(bytes: Buffer, start: number, end: number): void;
}

const SIZE = 0;
const EXTENSION = 1;
const SIZE_LF = 2;
const DATA = 3;
const DATA_CR = 4;
const DATA_LF = 5;
const TRAILER = 6;
const DONE = 7;

/** 2^48 − 1: far above any body, far below where a double loses count. */
const SIZE_DIGITS_MAX = 12;
const EXTENSION_BYTES_MAX = 4096;
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** `;a;b=c;d="e"` (RFC 9112 §7.1.1), without the white space that parsers read differently. */
const EXTENSIONS = new RegExp(`^(?:;${TOKEN}(?:=(?:${TOKEN}|"(?:[^"\\\\]|\\\\.)*"))?)+$`);
const TRAILER_BYTES_MAX = 8192;
const TRAILER_FIELDS_MAX = 32;

/** Must never arrive as a trailer: framing, routing, authentication, identity, cookies, content (RFC 9110 §6.5.1). */
const FORBIDDEN_TRAILER =
  /^(?:transfer-encoding|content-(?:length|type|encoding|range)|host|connection|te|trailer|upgrade|authorization|proxy-.*|www-authenticate|set-cookie|cookie|cache-control|expect|max-forwards|age|date|location|vary|keep-alive|http2-settings|x-forwarded-.*|forwarded|x-real-ip|x-gatehouse-.*|via|x-request-id|traceparent|x-api-key|apikey)$/i;

export function mayTrail(name: string): boolean {
  return !FORBIDDEN_TRAILER.test(name) && !name.includes('_');
}

/**
 * Decodes the chunked coding (RFC 9112 §7.1) strictly: hex digits only, CRLF only, extensions bounded and dropped,
 * trailers bounded and filtered. Keeps no body bytes: data ranges go to the sink as they are found.
 */
export class ChunkedDecoder {
  #state = SIZE;
  #left = 0;
  #digits = 0;
  #extensionBytes = 0;
  #extensions = '';
  #trailer = '';
  /** Why the body is malformed, once `push` has returned -1. */
  problem = '';
  /** Trailer lines that may be forwarded, each with its CRLF. */
  trailers = '';

  get done(): boolean {
    return this.#state === DONE;
  }

  reset(): void {
    this.#state = SIZE;
    this.#left = 0;
    this.#digits = 0;
    this.#extensionBytes = 0;
    this.#extensions = '';
    this.#trailer = '';
    this.problem = '';
    this.trailers = '';
  }

  /** Reads from `start`; returns where it stopped (after the body, or `end`), or -1 when the body is malformed. */
  push(bytes: Buffer, range: { start: number; end: number }, sink: BodySink): number {
    const { end } = range;
    let at = range.start;
    while (at < end && this.#state !== DONE) {
      if (this.#state === DATA) {
        const stop = Math.min(end, at + this.#left);
        this.#left -= stop - at;
        if (this.#left === 0) this.#state = DATA_CR;
        sink.onData(bytes, at, stop);
        at = stop;
      } else if (!this.#step(bytes[at++] ?? 0)) {
        return -1;
      }
    }
    return at;
  }

  #step(code: number): boolean {
    switch (this.#state) {
      case SIZE:
        return this.#sizeDigit(code);
      case EXTENSION:
        return this.#extension(code);
      case SIZE_LF:
        return this.#expect(code, LF, this.#left === 0 ? TRAILER : DATA);
      case DATA_CR:
        return this.#expect(code, CR, DATA_LF);
      case DATA_LF:
        this.#digits = 0;
        return this.#expect(code, LF, SIZE);
      default:
        return this.#trailerByte(code);
    }
  }

  #expect(code: number, wanted: number, next: number): boolean {
    if (code !== wanted) return this.#fail('chunk without its CRLF');
    this.#state = next;
    return true;
  }

  #sizeDigit(code: number): boolean {
    const value = tableAt(HEX_VALUE, code);
    if (value !== 255) {
      if (++this.#digits > SIZE_DIGITS_MAX) return this.#fail('chunk size too large');
      this.#left = this.#left * 16 + value;
      return true;
    }
    if (this.#digits === 0) return this.#fail('invalid chunk size');
    if (code === CR) this.#state = SIZE_LF;
    else if (code === 59) this.#state = EXTENSION;
    else return this.#fail('invalid chunk size');
    return true;
  }

  #extension(code: number): boolean {
    if (code === CR) {
      const valid = EXTENSIONS.test(`;${this.#extensions}`);
      this.#extensions = '';
      this.#state = SIZE_LF;
      return valid || this.#fail('invalid chunk extension');
    }
    if (tableAt(VALUE_CHAR, code) === 0) return this.#fail('invalid chunk extension');
    this.#extensions += String.fromCharCode(code);
    return ++this.#extensionBytes <= EXTENSION_BYTES_MAX || this.#fail('chunk extensions too long');
  }

  #trailerByte(code: number): boolean {
    if (this.#trailer.length >= TRAILER_BYTES_MAX) return this.#fail('trailers too long');
    this.#trailer += String.fromCharCode(code);
    if (code !== LF) return true;
    if (this.#trailer === '\r\n') {
      this.#state = DONE;
      return true;
    }
    return this.#trailer.endsWith('\r\n\r\n') ? this.#readTrailers() : true;
  }

  #readTrailers(): boolean {
    const fields = new Fields(TRAILER_FIELDS_MAX);
    const problem = fields.parse(this.#trailer, 0, false);
    if (problem !== undefined) return this.#fail(`trailers: ${problem}`);
    for (let i = 0; i < fields.count; i++) {
      const name = fields.nameAt(i);
      if (/^(?:content-length|transfer-encoding)$/i.test(name)) return this.#fail(`${name} as a trailer`);
      if (mayTrail(name)) this.trailers += `${name}: ${fields.valueAt(i)}\r\n`;
    }
    this.#state = DONE;
    return true;
  }

  #fail(problem: string): boolean {
    this.problem = problem;
    return false;
  }
}
